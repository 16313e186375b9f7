/**
 * What the answers of providers mean, as data: one row for each answer that is known (M10, `sending.md`). A new code is a row
 * more, with its test.
 */

export type Provider = 'sendgrid' | 'twilio';

/** What became of a message, whoever said it. */
export type OutcomeClass =
  /** The provider has it. */
  | 'accepted'
  /** It never left: no connection was made. */
  | 'not_sent'
  /** Refused for now, because of the rate; it counts as no attempt. */
  | 'limited'
  /** It may have left, or not. */
  | 'ambiguous'
  /** The account tests only: nothing leaves. */
  | 'sandbox'
  /** The account, the key or the sender is not accepted. */
  | 'channel_broken'
  /** The request was wrong. */
  | 'our_fault'
  /** Nobody can be reached there. */
  | 'bad_address'
  /** The person does not want it. */
  | 'opted_out'
  /** The person does not want what is not needed; transactional mail still goes (M8). */
  | 'unsubscribed'
  /** It may work a little later. */
  | 'passing'
  /** Carriers refused these words. */
  | 'filtered'
  /** Not allowed for this country. */
  | 'region'
  /** A refusal that nobody has classed yet. */
  | 'unrecognized';

export interface OutcomeRule {
  provider: Provider | 'any';
  /** Where the value is found: a failed connection, the status of the answer, the provider's own code, or its event. */
  on: 'connection' | 'status' | 'code' | 'event';
  values: readonly (string | number)[];
  class: OutcomeClass;
}

export const outcomeRules: readonly OutcomeRule[] = [
  {
    provider: 'any',
    on: 'connection',
    values: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
    class: 'not_sent',
  },
  {
    provider: 'any',
    on: 'connection',
    values: [
      'EPROTO',
      'CERT_HAS_EXPIRED',
      'CERT_NOT_YET_VALID',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    class: 'not_sent',
  },
  { provider: 'sendgrid', on: 'status', values: [202], class: 'accepted' },
  { provider: 'twilio', on: 'status', values: [201], class: 'accepted' },
  { provider: 'any', on: 'status', values: [429], class: 'limited' },
  { provider: 'twilio', on: 'code', values: [20429], class: 'limited' },
  { provider: 'sendgrid', on: 'status', values: [200], class: 'sandbox' },
  { provider: 'any', on: 'status', values: [401, 403], class: 'channel_broken' },
  { provider: 'twilio', on: 'code', values: [20003, 21606, 30034, 30032, 30002], class: 'channel_broken' },
  { provider: 'sendgrid', on: 'status', values: [400, 404, 413, 415], class: 'our_fault' },
  { provider: 'twilio', on: 'code', values: [21602, 21617], class: 'our_fault' },
  { provider: 'twilio', on: 'code', values: [21211, 21614, 21635, 21217, 30005, 30006], class: 'bad_address' },
  { provider: 'sendgrid', on: 'event', values: ['bounce'], class: 'bad_address' },
  { provider: 'twilio', on: 'code', values: [21610, 30004], class: 'opted_out' },
  { provider: 'sendgrid', on: 'event', values: ['dropped', 'spamreport'], class: 'opted_out' },
  { provider: 'sendgrid', on: 'event', values: ['unsubscribe', 'group_unsubscribe'], class: 'unsubscribed' },
  { provider: 'twilio', on: 'code', values: [30003, 30008, 30001, 21611], class: 'passing' },
  // Its validity ended in Twilio's queue: the mailbox decides whether it is still in time.
  { provider: 'twilio', on: 'code', values: [30036], class: 'passing' },
  { provider: 'sendgrid', on: 'event', values: ['blocked'], class: 'passing' },
  { provider: 'twilio', on: 'code', values: [30007], class: 'filtered' },
  { provider: 'twilio', on: 'code', values: [21408, 21612], class: 'region' },
];

/** What a provider or the way to it said. */
export interface ProviderSaid {
  /** Code of a connection that failed, such as `ECONNRESET`. */
  connection?: string;
  /** HTTP status of the answer. */
  status?: number;
  /** The provider's own code of an error. */
  code?: number;
  /** A report after acceptance. */
  event?: string;
}

function ruled(provider: Provider, on: OutcomeRule['on'], value: string | number | undefined): OutcomeClass | null {
  if (value === undefined) return null;
  const rule = outcomeRules.find(
    (row) => (row.provider === 'any' || row.provider === provider) && row.on === on && row.values.includes(value),
  );
  return rule?.class ?? null;
}

/**
 * What became of a message, by what its provider said: its own code first, then its event, the status of the answer and
 * the connection. What no row names is ambiguous, unless it is a plain refusal (4xx) or a report of its own.
 */
export function classOf(provider: Provider, said: ProviderSaid): OutcomeClass {
  const known =
    ruled(provider, 'code', said.code) ??
    ruled(provider, 'event', said.event) ??
    // A status without its own code is trusted where it is a refusal; what looks like success must be the expected one.
    ruled(provider, 'status', said.status) ??
    ruled(provider, 'connection', said.connection);
  if (known) return known;
  const refused = said.status !== undefined && said.status >= 400 && said.status < 500;
  const reported = said.status === undefined && said.connection === undefined;
  return refused || reported ? 'unrecognized' : 'ambiguous';
}
