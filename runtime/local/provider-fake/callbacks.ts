import { randomBytes } from 'node:crypto';
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
