import type { EffectStep, MessageStep } from '../../step.ts';
import { DAY, earliestAfter, type Instant } from '../../time.ts';
import { type CaseOutcome, effectsNamedFor, effectsOfOutcome, endOfOutcomes } from '../case-outcomes.ts';
import { type PairContext, policyNow } from '../context.ts';
import { bothOf } from '../facts.ts';
import { type ParticipantMail, participantMail } from '../participant-mail.ts';
import { contactPerson } from './contact-person.ts';
import { isEnding, stronger } from './episodes.ts';
import { type ContactState, isRetracted, reportPrefix, type TroubleReport } from './facts.ts';

/** How reports of trouble, and what staff make of them, end a match and act beyond it (T5, T6, T7). */

function outcomesOf(state: ContactState): CaseOutcome[] {
  return state.resolutions.flatMap(({ outcome }) => outcome ?? []);
}

/** Reports that end the match, without those of somebody who had asked for as much before: the stronger one acts (T8). */
function endingReports(state: ContactState): TroubleReport[] {
  const strongest = new Map<string, TroubleReport>();
  return state.troubles.filter((report) => {
    if (!isEnding(report) || isRetracted(state, report)) return false;
    const before = strongest.get(report.partyId);
    if (before && stronger(before, report) === before) return false;
    strongest.set(report.partyId, report);
    return true;
  });
}

const reasons: Partial<Record<TroubleReport['option'], string>> = {
  rematch_me: 'rematch',
  unmatch_no_rematch: 'no_rematch',
  remove_me: 'removed',
};

/** When and why the match has ended here; null while it lasts. */
export function endOf(state: ContactState): PairContext['closed'] {
  const first = endingReports(state)[0];
  const byReport = first ? { at: first.receivedAt, reason: reasons[first.option] ?? first.option } : null;
  const byStaff = endOfOutcomes(outcomesOf(state));
  if (!byReport || !byStaff) return byReport ?? byStaff;
  return byStaff.at < byReport.at ? byStaff : byReport;
}

/** What each ending option brings about beyond the pair, for the party that it is about. */
function effectOf(report: TroubleReport, ctx: PairContext): EffectStep {
  const { partyId: personId, receivedAt: at, ref, option, rematchAfter } = report;
  const prefix = reportPrefix(ref, ctx);
  const about = { kind: 'effect', personId, at } as const;
  if (option === 'remove_me') return { ...about, key: `${prefix}/leave`, effect: 'leave', details: {} };
  if (option === 'rematch_me')
    return { ...about, key: `${prefix}/rematch`, effect: 'rematch', details: { rematchAfter } };
  return { ...about, key: `${prefix}/unavailable`, effect: 'unavailable', details: { reason: 'no_rematch' } };
}

/** Everything that is brought about beyond the pair; named as long as a say of it may still be on its way. */
export function dueEffects(state: ContactState, now: Instant, ctx: PairContext): EffectStep[] {
  const recent = endingReports(state).filter(({ receivedAt }) => now < receivedAt + effectsNamedFor);
  return [
    ...recent.map((report) => effectOf(report, ctx)),
    ...outcomesOf(state).flatMap((outcome) => effectsOfOutcome(outcome, now, ctx)),
  ];
}

/** When the last of them is named no more. */
export function effectsNamedUntil(state: ContactState, now: Instant): Instant | null {
  const reported = [...endingReports(state), ...outcomesOf(state)].map(
    ({ receivedAt }) => receivedAt + effectsNamedFor,
  );
  return earliestAfter(now, reported);
}

/** Who has left altogether: they hear nothing any more (T7). */
function leaversOf(state: ContactState): Set<string | null> {
  const reported = endingReports(state).filter(({ option }) => option === 'remove_me');
  const removed = outcomesOf(state).filter(({ outcome }) => outcome === 'removed');
  return new Set([
    ...state.left,
    ...reported.map(({ partyId }) => partyId),
    ...removed.map(({ personId }) => personId),
  ]);
}

/** The end of a match is news for a week. */
const newsFor = 7 * DAY;

/** Both hear that the match has ended, and neither who asked nor why (T4). */
export function duePairClosed(state: ContactState, now: Instant, ctx: PairContext): MessageStep[] {
  const { closed } = ctx;
  if (!closed || !policyNow(ctx).policy.contact || now >= closed.at + newsFor) return [];
  const left = leaversOf(state);
  const mail: ParticipantMail = {
    stepKey: `${ctx.pairId}/closed/pair-closed`,
    template: 'pair-closed',
    planned: false,
    slot: closed.at,
    expiresAt: closed.at + newsFor,
    fields: { contactId: contactPerson(ctx)?.personId ?? null },
    heldBy: [],
    because: { rule: 'T4', facts: [] },
  };
  const present = bothOf(ctx).filter(({ personId }) => !left.has(personId));
  return present.map((party) => participantMail(party, mail, ctx));
}
