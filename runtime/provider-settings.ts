import { createPublicKey } from 'node:crypto';
import type { Environment, ReportFault } from './settings.ts';

/** Keys of the providers that carry messages; one that is absent leaves its channel to the outbox. */
export interface ProviderSettings {
  sendgrid?: {
    apiKey: string;
    baseUrl?: string;
    /** Verifies what SendGrid calls back; base64, as SendGrid shows it. Without it such calls are refused. */
    webhookPublicKey?: string;
    /** The same for mail that comes in: SendGrid signs that with a key of its own. */
    inboundPublicKey?: string;
  };
  twilio?: { accountSid: string; authToken: string; messagingServiceSid: string; baseUrl?: string };
}

type Read = (name: string) => string | undefined;

/** Reads the keys of both providers. */
export function readProviderSettings(environment: Environment, report: ReportFault): ProviderSettings {
  const read: Read = (name) => environment[name]?.trim() || undefined;
  return { sendgrid: sendgrid(read, report), twilio: twilio(read, report) };
}

const verificationKeys = ['SENDGRID_WEBHOOK_PUBLIC_KEY', 'SENDGRID_INBOUND_PUBLIC_KEY'] as const;

function sendgrid(read: Read, report: ReportFault): ProviderSettings['sendgrid'] {
  const apiKey = read('SENDGRID_API_KEY');
  const [webhookPublicKey, inboundPublicKey] = verificationKeys.map(read);
  const baseUrl = providerUrl('SENDGRID_BASE_URL', read, report);
  for (const name of verificationKeys) {
    const key = read(name);
    if (key && !isVerificationKey(key))
      report(name, 'is not a public key', 'give it as SendGrid shows it, in base64 on one line');
  }
  if (apiKey === undefined) {
    for (const name of ['SENDGRID_BASE_URL', ...verificationKeys].filter(read)) {
      report(name, 'is set without SENDGRID_API_KEY', `set SENDGRID_API_KEY, or unset ${name}`);
    }
    return undefined;
  }
  if (!apiKey.startsWith('SG.'))
    report('SENDGRID_API_KEY', 'is not a key of SendGrid', 'give the key that begins with SG.');
  if (!read('MAIL_FROM')) {
    report('MAIL_FROM', 'is needed with SENDGRID_API_KEY', 'give the verified sender, such as Name <name@example.org>');
  }
  needsPublicUrl('SENDGRID_API_KEY', read, report);
  return { apiKey, baseUrl, webhookPublicKey, inboundPublicKey };
}

/** ECDSA on the curve P-256, in base64 of its DER form. */
function isVerificationKey(text: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  } catch {
    return false;
  }
}

const twilioVariables = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_MESSAGING_SERVICE_SID'] as const;

function twilio(read: Read, report: ReportFault): ProviderSettings['twilio'] {
  const baseUrl = providerUrl('TWILIO_BASE_URL', read, report);
  const [accountSid, authToken, messagingServiceSid] = twilioVariables.map(read);
  if (!accountSid && !authToken && !messagingServiceSid) {
    if (baseUrl)
      report('TWILIO_BASE_URL', 'is set without TWILIO_ACCOUNT_SID', 'set the keys, or unset TWILIO_BASE_URL');
    return undefined;
  }
  for (const name of twilioVariables) {
    if (!read(name)) report(name, 'is missing beside the other keys of Twilio', `set ${name}, or unset the others`);
  }
  if (accountSid && !/^AC[0-9a-zA-Z]{32}$/.test(accountSid)) {
    report('TWILIO_ACCOUNT_SID', 'is not an account SID', 'give AC and 32 characters');
  }
  if (messagingServiceSid && !/^MG[0-9a-zA-Z]{32}$/.test(messagingServiceSid)) {
    report('TWILIO_MESSAGING_SERVICE_SID', 'is not the SID of a messaging service', 'give MG and 32 characters');
  }
  if (!accountSid || !authToken || !messagingServiceSid) return undefined;
  needsPublicUrl('TWILIO_ACCOUNT_SID', read, report);
  return { accountSid, authToken, messagingServiceSid, baseUrl };
}

/** What goes out to people carries links to this installation, and providers call back: both need its public address. */
function needsPublicUrl(given: string, read: Read, report: ReportFault): void {
  const base = read(given.startsWith('SENDGRID') ? 'SENDGRID_BASE_URL' : 'TWILIO_BASE_URL');
  if (read('PUBLIC_URL') || (base && isLocal(base))) return;
  report('PUBLIC_URL', `is needed with ${given}`, 'give the https address at which people and providers reach the API');
}

function isLocal(text: string): boolean {
  return URL.canParse(text) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(text).hostname);
}

function providerUrl(name: string, read: Read, report: ReportFault): string | undefined {
  const text = read(name);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    report(name, 'is not a web address', 'give https://host, without query or user');
  } else if (url.protocol === 'http:' && !isLocal(text)) {
    report(name, 'uses http outside the local machine', 'give its https address: keys travel over it');
  }
  return text.replace(/\/+$/, '');
}
