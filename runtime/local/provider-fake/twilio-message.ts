import { SegmentedMessage } from 'sms-segments-calculator';
import { type Answer, jsonAnswer, twilioError } from './answers.ts';
import type { Entry, Submission } from './journal.ts';
import { latestReport } from './reports.ts';

/** What the fake sends from when a messaging service chooses the number. */
const SERVICE_NUMBER = '+15005550006';
const MAX_CHARACTERS = 1600;
const MAX_VALIDITY_SECONDS = 36_000;

/** Reads the form that creates a message, whatever is wrong with it. */
export function readForm(form: URLSearchParams): Submission {
  const service = form.get('MessagingServiceSid');
  const validity = form.get('ValidityPeriod');
  const statusCallback = form.get('StatusCallback');
  return {
    provider: 'twilio',
    from: form.get('From') ?? (service === null ? null : SERVICE_NUMBER),
    to: form.getAll('To').slice(0, 1),
    cc: [],
    bcc: [],
    subject: null,
    body: form.get('Body') ?? '',
    html: null,
    headers: {},
    sendId: statusCallback === null ? null : sendIdOf(statusCallback),
    customArgs: {},
    statusCallback,
    messagingServiceSid: service,
    validityPeriodSeconds: validity === null ? null : Number(validity),
  };
}

function sendIdOf(statusCallback: string): string | null {
  if (!URL.canParse(statusCallback)) return null;
  const { pathname, searchParams } = new URL(statusCallback);
  const segment = searchParams.get('send') ?? pathname.split('/').findLast((part) => part !== '') ?? '';
  return segment === '' ? null : segment;
}

/** What Twilio has against a message; null when it takes it. */
export function refusalOf(message: Submission): Answer | null {
  const { to, from, body, statusCallback, messagingServiceSid: service, validityPeriodSeconds: validity } = message;
  if (!to[0]) return twilioError(21604);
  if (!/^\+[1-9]\d{6,14}$/.test(to[0])) return twilioError(21211, { to: to[0] });
  if (from === null) return twilioError(21603);
  if (service !== null && !/^MG[0-9a-f]{32}$/.test(service)) return twilioError(21703);
  if (body === '') return twilioError(21602);
  if ([...body].length > MAX_CHARACTERS) return twilioError(21617);
  if (statusCallback !== null && !/^https?:\/\/[^/]/.test(statusCallback)) return twilioError(21609);
  if (validity === null) return null;
  const inRange = Number.isInteger(validity) && validity >= 1 && validity <= MAX_VALIDITY_SECONDS;
  return inRange ? null : twilioError(90007);
}

/** A message as it is read back: its status as of `now` (epoch milliseconds), and no trace of the status callback. */
export function messageOf(entry: Entry, accountSid: string, now: number): Record<string, unknown> {
  const latest = latestReport(entry.reports, entry.to[0] ?? '', now);
  const sent = entry.reports.find(({ status, at }) => status === 'sent' && Date.parse(at) <= now);
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${entry.id}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: entry.body,
    date_created: rfc2822(entry.at),
    date_sent: rfc2822(sent?.at ?? entry.at),
    date_updated: rfc2822(latest?.at ?? entry.at),
    direction: 'outbound-api',
    error_code: latest?.errorCode ?? null,
    error_message: null,
    from: entry.from,
    messaging_service_sid: entry.messagingServiceSid,
    num_media: '0',
    num_segments: String(new SegmentedMessage(entry.body).segmentsCount),
    price: null,
    price_unit: 'USD',
    sid: entry.id,
    status: latest?.status ?? (entry.messagingServiceSid === null ? 'queued' : 'accepted'),
    subresource_uris: { media: `${uri}/Media.json` },
    to: entry.to[0],
    uri: `${uri}.json`,
  };
}

/** The answer to the request that created a message, before anything became of it. */
export function createdAnswer(message: Submission, id: string, accountSid: string, at: number): Answer {
  const instant = new Date(at).toISOString();
  const entry = {
    ...message,
    at: instant,
    arrivedAt: instant,
    id,
    accepted: true,
    status: 201,
    fault: null,
    reports: [],
  };
  return jsonAnswer(201, { ...messageOf(entry, accountSid, at), date_sent: null });
}

function rfc2822(instant: string): string {
  return new Date(instant).toUTCString().replace('GMT', '+0000');
}
