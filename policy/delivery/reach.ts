import { classOf, type OutcomeClass, type Provider } from './outcomes.ts';

/**
 * Whether a reminder reached the mentor, and why not (W20, W21): what the flag and the Focus List tell staff. Pure, over the
 * ledger's row and its last send.
 */

export interface ReminderFact {
  channel: string;
  /** RFC 3339. */
  plannedFor: string;
  state: string;
  reason: string | null;
  /** The gate that stopped it last. */
  gate: string | null;
  /** Why the address gets no more, where it does not. */
  suppressedBecause: string | null;
  /** Its last hand-over; null before the first. */
  send: { provider: string; state: string; status: string | null; outcome: string | null } | null;
}

export interface Reach {
  /** `unknown` where it was handed over and nobody can tell. */
  reached: 'yes' | 'no' | 'unknown';
  /** Code of why not, or why it is not known. */
  why: string | null;
}

const lostStatuses = ['bounce', 'blocked', 'dropped', 'undelivered', 'failed', 'canceled'];

/** What became of one reminder. */
export function reachOf(fact: ReminderFact): Reach {
  const { state, reason, send } = fact;
  if (state === 'sending' || state === 'unknown') return { reached: 'unknown', why: 'outcome_unknown' };
  if (send && (send.state === 'undelivered' || lostStatuses.includes(send.status ?? '')))
    return { reached: 'no', why: lostBecause(fact, send) };
  if (state !== 'sent' && reason !== 'merged') return { reached: 'no', why: stoppedBecause(fact) };
  return send?.status === 'deferred' ? { reached: 'unknown', why: 'deferred' } : { reached: 'yes', why: null };
}

/** Whether any of some reminders is known to have arrived, and why the latest did not where none is. */
export function reachOfAll(facts: readonly ReminderFact[]): Reach {
  const all = [...facts].sort((a, b) => Date.parse(a.plannedFor) - Date.parse(b.plannedFor)).map(reachOf);
  if (all.some(({ reached }) => reached === 'yes')) return { reached: 'yes', why: null };
  const reached = all.some((each) => each.reached === 'unknown') ? 'unknown' : 'no';
  return { reached, why: all.findLast(({ why }) => why !== null)?.why ?? null };
}

const lostWords: Partial<Record<OutcomeClass, string>> = {
  bad_address: 'bounced',
  opted_out: 'opted_out',
  unsubscribed: 'unsubscribed',
  filtered: 'filtered',
};

/** A provider's own code says more than the status that it came with. */
function lostBecause(
  { channel }: ReminderFact,
  { provider, status, outcome }: NonNullable<ReminderFact['send']>,
): string {
  const code = outcome !== null && /^\d+$/.test(outcome) ? Number(outcome) : undefined;
  const lost = classOf(provider as Provider, {
    code,
    event: code === undefined ? (outcome ?? status ?? '') : undefined,
  });
  if (lost === 'bad_address' && channel === 'sms') return 'number_unreachable';
  return lostWords[lost] ?? 'undelivered';
}

const gateWords: Record<string, string> = {
  address: 'no_address',
  consent: 'no_consent',
  guardian_consent: 'no_consent',
};

/** Of what no channel could carry the gate says why; of a suppressed address what it was suppressed for. */
function stoppedBecause({ state, reason, gate, suppressedBecause }: ReminderFact): string {
  const suppressed = reason === 'suppressed' || (reason === 'unreachable' && gate === 'suppressed');
  if (suppressed) return suppressedBecause ?? 'suppressed';
  if (reason === 'unreachable') return gateWords[gate ?? ''] ?? reason;
  return reason ?? state;
}
