import type { InboundMail } from '../../policy/delivery/inbound-mail.ts';
import { type PostedMail, readPostedMail } from './inbound-mail-form.ts';
import { addressesIn, isAutomatic, type MailHeaders, readHeaders, signsPlainDomains } from './inbound-mail-headers.ts';

/** A mail as SendGrid posted it: the facts that decide, and the words, which go to the database alone. */
export interface ReadMail {
  mail: InboundMail;
  messageId: string | null;
  subject: string | null;
  body: string | null;
}

const wanted = ['headers', 'envelope', 'SPF', 'dkim', 'charsets', 'subject', 'text', 'html'];

/** Characters of a mail's words that are kept. */
const longestSubject = 1000;
const longestBody = 64 * 1024;

/** Reads what SendGrid's Inbound Parse posts of one mail, not the raw message; never throws, whatever it holds. */
export async function readInboundMail(contentType: string | undefined, bytes: Buffer): Promise<ReadMail> {
  const posted = await readPostedMail(contentType, bytes, wanted);
  const charsets = objectIn(textOf(posted, 'charsets'));
  const word = (name: string): string | null => textOf(posted, name, charsets[name]);
  const headers = readHeaders(textOf(posted, 'headers') ?? '');
  return {
    mail: factsOf(posted, headers),
    messageId: headers.all('Message-ID')[0] ?? null,
    subject: cut(word('subject'), longestSubject),
    body: cut(word('text') ?? word('html'), longestBody),
  };
}

function factsOf(posted: PostedMail, headers: MailHeaders): InboundMail {
  const fromFields = headers.all('From').map(addressesIn);
  const toFields = [...headers.all('To'), ...headers.all('Cc')].map(addressesIn);
  return {
    whole: posted.whole,
    envelope: envelopeIn(textOf(posted, 'envelope')),
    from: fromFields.includes(null) ? null : fromFields.flatMap((addresses) => addresses ?? []),
    to: toFields.includes(null) ? null : toFields.flatMap((addresses) => addresses ?? []),
    spf: textOf(posted, 'SPF')?.trim().toLowerCase() ?? null,
    dkim: signsPlainDomains(headers) ? signaturesIn(textOf(posted, 'dkim') ?? '') : [],
    automatic: isAutomatic(headers),
  };
}

/** A part as text without NUL, in UTF-8 unless told; an unknown character set is read as UTF-8 too. */
function textOf(posted: PostedMail, name: string, charset: unknown = 'utf-8'): string | null {
  const part = posted.part(name);
  return part === undefined ? null : decoderOf(charset).decode(part).replaceAll('\0', '');
}

/** The beginning of a text, without half of a character at its end. */
function cut(text: string | null, length: number): string | null {
  return text?.slice(0, length).replace(/\p{Surrogate}/gu, '') ?? null;
}

function decoderOf(charset: unknown): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(String(charset));
  } catch {
    return new TextDecoder();
  }
}

function objectIn(json: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Sender and recipients; null unless it has both as text. */
function envelopeIn(json: string | null): InboundMail['envelope'] {
  const { from, to } = objectIn(json);
  if (typeof from !== 'string' || !Array.isArray(to) || !to.every((each) => typeof each === 'string')) return null;
  return { from, to };
}

/** Outcomes such as `{@example.org : pass}`; none of a list that holds anything else. */
function signaturesIn(list: string): InboundMail['dkim'] {
  if (list.length > 10_000 || !/^\s*\{[^{}]*\}\s*$/.test(list)) return [];
  const outcomes = list
    .trim()
    .slice(1, -1)
    .split(',')
    .map((each) => /^\s*@([A-Za-z0-9.-]+)\s*:\s*([a-z]+)\s*$/.exec(each));
  if (outcomes.includes(null)) return [];
  return outcomes.map((found) => ({ domain: found?.[1] ?? '', result: found?.[2] ?? '' }));
}
