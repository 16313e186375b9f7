import { SegmentedMessage } from 'sms-segments-calculator';
import { z } from 'zod';
import { type Credentials, sid } from './credentials.ts';
import type { SignedPosts } from './signed-posts.ts';
import type { Webhooks } from './webhooks.ts';

const line = z.string().regex(/^[^\r\n]*$/, 'One line');

/** A mail that somebody sends to the program. */
export const inboundMailSchema = z.strictObject({
  /** The `From` header, an address or `Name <address>`. */
  from: line.min(3).max(998),
  /** The `To` header; left out where all recipients are blind copies. */
  to: line.max(998).default(''),
  cc: line.max(998).optional(),
  subject: line.max(998).default(''),
  text: z.string().optional(),
  html: z.string().optional(),
  /** Who sent and who receives it by the envelope, blind copies included. */
  envelope: z.strictObject({ from: z.string(), to: z.array(z.string()).min(1) }),
  /** Further headers, in order. */
  headers: z.array(z.tuple([line.min(1), line])).default([]),
  spf: z.enum(['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror']).default('pass'),
  /** Results by signing domain; left out, the sender's domain passes. */
  dkim: z.record(z.string(), z.enum(['pass', 'fail'])).optional(),
  spamScore: z.number().default(0),
});
export type InboundMail = z.input<typeof inboundMailSchema>;

/** A text that somebody sends to the program. */
export const inboundTextSchema = z.strictObject({
  from: z.string().regex(/^\+[1-9]\d{6,14}$/, 'A number in E.164, such as +15005550009'),
  to: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'A number in E.164, such as +15005550006')
    .default('+15005550006'),
  body: z.string().max(1600),
  /** What Twilio adds when its own opt-out handling understood the text. */
  optOutType: z.enum(['STOP', 'START', 'HELP']).optional(),
  /** The message's id, to send the same one twice. */
  messageSid: z
    .string()
    .regex(/^SM[0-9a-f]{32}$/, 'SM and 32 hexadecimal digits')
    .optional(),
});
export type InboundText = z.input<typeof inboundTextSchema>;

/** Hands a mail over as SendGrid's Inbound Parse does: a signed multipart form. Returns whether it was taken. */
export async function handOverMail(given: InboundMail, webhooks: Webhooks, posts: SignedPosts): Promise<boolean> {
  const mail = inboundMailSchema.parse(given);
  const form = new FormData();
  const charsets = { to: 'UTF-8', from: 'UTF-8', subject: 'UTF-8', text: 'UTF-8', html: 'UTF-8' };
  const fields: [string, string | undefined][] = [
    ['headers', headersOf(mail)],
    ['dkim', dkimOf(mail)],
    ['to', mail.to],
    ['cc', mail.cc],
    ['from', mail.from],
    ['subject', mail.subject],
    ['text', mail.text],
    ['html', mail.html],
    ['envelope', JSON.stringify({ to: mail.envelope.to, from: mail.envelope.from })],
    ['sender_ip', '127.0.0.1'],
    ['SPF', mail.spf],
    ['spam_score', String(mail.spamScore)],
    ['spam_report', ''],
    ['attachments', '0'],
    ['charsets', JSON.stringify(charsets)],
  ];
  for (const [name, value] of fields) if (value !== undefined) form.set(name, value);
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  const url = webhooks.publicUrl + webhooks.paths.sendgridInbound;
  return posts.postSigned(url, body, encoded.headers.get('Content-Type') ?? '');
}

function headersOf(mail: z.output<typeof inboundMailSchema>): string {
  const own: [string, string][] = [
    ['From', mail.from],
    ['To', mail.to],
    ['Subject', mail.subject],
  ];
  if (mail.cc !== undefined) own.push(['Cc', mail.cc]);
  return [...own, ...mail.headers].map(([name, value]) => `${name}: ${value}\n`).join('');
}

function dkimOf({ dkim, envelope }: z.output<typeof inboundMailSchema>): string {
  const domain = envelope.from.split('@').at(-1) ?? '';
  const results = Object.entries(dkim ?? { [domain]: 'pass' }).map(([name, result]) => `@${name} : ${result}`);
  return results.length === 0 ? 'none' : `{${results.join(', ')}}`;
}

/** Hands a text over as Twilio does: a signed form. Returns whether it was taken. */
export function handOverText(
  given: InboundText,
  webhooks: Webhooks,
  posts: SignedPosts,
  credentials: Credentials,
): Promise<boolean> {
  const { from, to, body, optOutType, messageSid } = inboundTextSchema.parse(given);
  const id = messageSid ?? sid('SM');
  const form = new URLSearchParams({
    AccountSid: credentials.twilioAccountSid,
    ApiVersion: '2010-04-01',
    Body: body,
    From: from,
    MessageSid: id,
    MessagingServiceSid: credentials.twilioMessagingServiceSid,
    NumMedia: '0',
    NumSegments: String(new SegmentedMessage(body).segmentsCount),
    SmsMessageSid: id,
    SmsSid: id,
    SmsStatus: 'received',
    To: to,
  });
  if (optOutType !== undefined) form.set('OptOutType', optOutType);
  return posts.postForm(webhooks.publicUrl + webhooks.paths.twilioInbound, form);
}
