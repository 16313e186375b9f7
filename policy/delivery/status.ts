import type { Instant } from '../time.ts';
import { outcomeOf, type SendHistory, type SendOutcome, type SuppressedCategory } from './consequences.ts';
import { classOf, type Provider } from './outcomes.ts';

/**
 * What providers report of a message after its hand-over, as data (M9, M10, `sending.md`). Reports come in any order, and
 * before our own answer too: a status only moves forward, to one of a higher rank.
 */

export type StatusMeaning =
  /** The provider has it and goes on. */
  | 'under_way'
  | 'delivered'
  /** It did not arrive and will not. */
  | 'undelivered'
  /** It arrived, and the person wants no more. */
  | 'objection'
  /** The person wants again what an unsubscribe ended. */
  | 'objection_withdrawn';

export interface StatusRule {
  provider: Provider | 'any';
  statuses: readonly string[];
  rank: number;
  means: StatusMeaning;
}

export const statusRules: readonly StatusRule[] = [
  // Our own word for what was handed over.
  { provider: 'any', statuses: ['accepted'], rank: 0, means: 'under_way' },
  { provider: 'sendgrid', statuses: ['processed'], rank: 1, means: 'under_way' },
  // SendGrid itself goes on trying for 72 hours: sending again would be a second mail.
  { provider: 'sendgrid', statuses: ['deferred'], rank: 2, means: 'under_way' },
  { provider: 'sendgrid', statuses: ['delivered'], rank: 3, means: 'delivered' },
  // A server may take a mail first and return it later.
  { provider: 'sendgrid', statuses: ['bounce', 'blocked', 'dropped'], rank: 4, means: 'undelivered' },
  { provider: 'sendgrid', statuses: ['spamreport', 'unsubscribe', 'group_unsubscribe'], rank: 5, means: 'objection' },
  { provider: 'sendgrid', statuses: ['group_resubscribe'], rank: 5, means: 'objection_withdrawn' },
  { provider: 'twilio', statuses: ['scheduled'], rank: 1, means: 'under_way' },
  { provider: 'twilio', statuses: ['queued'], rank: 2, means: 'under_way' },
  { provider: 'twilio', statuses: ['sending'], rank: 3, means: 'under_way' },
  { provider: 'twilio', statuses: ['sent'], rank: 4, means: 'under_way' },
  { provider: 'twilio', statuses: ['delivered', 'read'], rank: 5, means: 'delivered' },
  { provider: 'twilio', statuses: ['undelivered', 'failed', 'canceled'], rank: 5, means: 'undelivered' },
];

export type SendState = 'claimed' | 'unknown' | 'accepted' | 'not_sent' | 'failed' | 'undelivered';

/** What is known of a send as a report about it comes. */
export interface ReportedSend {
  state: SendState;
  /** The furthest status so far; null before the first. */
  providerStatus: string | null;
  history: SendHistory;
}

export interface DeliveryReport {
  provider: Provider;
  status: string;
  /** The provider's own code of an error. */
  code: number | null;
  /** It is about another address than the recipient's: a blind copy. */
  aboutCopy: boolean;
}

export interface ReportEffect {
  /** The send was still open, and the report proves that its provider has it. */
  proves: 'accepted' | null;
  /** The status to show, where it moves forward. */
  status: string | null;
  /** What becomes of the messages of a send that did not arrive. */
  outcome: SendOutcome | null;
  /** What the address that the report names gets no more. */
  suppress: { category: SuppressedCategory; reason: string } | null;
  /** What that address gets again. */
  lift: SuppressedCategory | null;
}

const nothing: ReportEffect = { proves: null, status: null, outcome: null, suppress: null, lift: null };

/**
 * What a report changes; nothing where it is behind what is known or says nothing that is understood. A failure of the
 * recipient's own gives the messages back; one of a blind copy, and an objection to what arrived, concern the address alone.
 */
export function effectOf(report: DeliveryReport, send: ReportedSend, now: Instant): ReportEffect {
  const rule = ruleOf(report.provider, report.status);
  if (!rule) return nothing;
  const isOpen = send.state === 'claimed' || send.state === 'unknown';
  const isForward = !report.aboutCopy && rule.rank > rankOf(report.provider, send.providerStatus);
  const failure = failureOf(report, send.history, now);
  const ends = rule.means === 'undelivered' && isForward && (isOpen || send.state === 'accepted');
  const concernsAddress = rule.means === 'objection' || (rule.means === 'undelivered' && report.aboutCopy);
  return {
    proves: isOpen ? 'accepted' : null,
    status: isForward ? report.status : null,
    outcome: ends ? failure : null,
    suppress: concernsAddress && failure.kind === 'not_sent' ? (failure.suppress ?? null) : null,
    lift: rule.means === 'objection_withdrawn' ? 'optional' : null,
  };
}

/** Whether a report changed anything. */
export function changesAnything(effect: ReportEffect): boolean {
  return Object.values(effect).some((part) => part !== null);
}

/** The send as it is after a report, for the next one. */
export function afterReport(send: ReportedSend, { proves, status, outcome }: ReportEffect): ReportedSend {
  const state = outcome ? 'undelivered' : (proves ?? send.state);
  return { ...send, state, providerStatus: status ?? send.providerStatus };
}

function failureOf({ provider, status, code }: DeliveryReport, history: SendHistory, now: Instant): SendOutcome {
  const said = code === null ? { event: status } : { event: status, code };
  return outcomeOf({ class: classOf(provider, said), code: String(code ?? status) }, history, now);
}

function ruleOf(provider: Provider, status: string): StatusRule | undefined {
  return statusRules.find(
    (rule) => (rule.provider === 'any' || rule.provider === provider) && rule.statuses.includes(status),
  );
}

function rankOf(provider: Provider, status: string | null): number {
  return status === null ? -1 : (ruleOf(provider, status)?.rank ?? -1);
}
