import { createHmac, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Credentials } from './credentials.ts';
import type { Entry, Report } from './journal.ts';

/** Twilio's form about the status of a message. */
export function twilioStatusForm(entry: Entry, report: Report, { twilioAccountSid }: Credentials): URLSearchParams {
  const form = new URLSearchParams({
    AccountSid: twilioAccountSid,
    ApiVersion: '2010-04-01',
    From: entry.from ?? '',
    MessageSid: entry.id ?? '',
    MessageStatus: report.status,
    SmsSid: entry.id ?? '',
    SmsStatus: report.status,
    To: report.recipient,
  });
  if (entry.messagingServiceSid !== null) form.set('MessagingServiceSid', entry.messagingServiceSid);
  if (report.errorCode !== null) form.set('ErrorCode', String(report.errorCode));
  return form;
}

/** One event of SendGrid's webhook, with the custom arguments at its top level; each telling has an id of its own. */
export function sendgridEvent(entry: Entry, report: Report): Record<string, unknown> {
  return {
    ...entry.customArgs,
    email: report.recipient,
    timestamp: Math.floor(Date.parse(report.at) / 1000),
    'smtp-id': `<${entry.id}@ismtpd.provider-fake>`,
    event: report.status,
    sg_event_id: randomBytes(16).toString('base64url'),
    sg_message_id: sendgridMessageId(entry),
    ...detailsOf(report),
  };
}

/** The id of a mail as SendGrid's events and look-ups show it: it begins with the one that the request was answered with. */
export function sendgridMessageId({ id }: Entry): string {
  return `${id}.recvd-provider-fake-0`;
}

function detailsOf({ status, reason }: Report): Record<string, unknown> {
  switch (status) {
    case 'delivered':
      return { response: reason ?? '250 OK' };
    case 'deferred':
      return { response: reason ?? '451 try again later', attempt: '1' };
    case 'bounce':
      return { reason: reason ?? '550 no such mailbox', status: '5.1.1', type: 'bounce' };
    case 'dropped':
      return { reason: reason ?? 'Bounced Address', status: '5.0.0' };
    case 'group_unsubscribe':
      return { asm_group_id: 1 };
    default:
      return {};
  }
}

/**
 * Twilio's signature of a form that it posts: HMAC-SHA1, base64, over the address as it was configured and each field's
 * name and value, sorted by name.
 */
export function twilioSignature(authToken: string, url: string, form: URLSearchParams): string {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : 1));
  const signed = url + fields.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken).update(signed).digest('base64');
}

/** SendGrid's signature headers: ECDSA P-256, SHA-256, DER in base64, over the timestamp and the body's bytes. */
export function sendgridSignature(privateKey: KeyObject, body: Buffer, epochSeconds: number): Record<string, string> {
  const timestamp = String(epochSeconds);
  const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), body]), privateKey);
  return {
    'X-Twilio-Email-Event-Webhook-Signature': signature.toString('base64'),
    'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
  };
}
