import type { PairEvent } from '../event.ts';
import { contact } from '../sections/contact.ts';
import type { EffectStep } from '../step.ts';
import { addCivilDays, DAY, type Instant } from '../time.ts';
import { type PairContext, policyNow, zoneOf } from './context.ts';
import { personOf, roleOf } from './facts.ts';

/** What becomes of a pair and its people when staff end a case with more than "resolved" (S4). */

const actingOutcomes = ['rematch', 'unavailable', 'removed'] as const;

/** An outcome that acts, as staff gave it. */
export interface CaseOutcome {
  caseId: string;
  receivedAt: Instant;
  outcome: (typeof actingOutcomes)[number];
  /** Mentor or mentee, whom it is about; null: nobody was named. */
  personId: string | null;
  /** From when a re-match may be made. */
  rematchAfter: Instant;
}

/** The outcome of a `case.resolved` entry; null where it does nothing beyond the case. */
export function outcomeOf(event: PairEvent, ctx: PairContext): CaseOutcome | null {
  const { caseId, outcome, personId } = event.data;
  const acting = actingOutcomes.find((known) => known === outcome);
  if (event.type !== 'case.resolved' || caseId === undefined || acting === undefined) return null;
  const role = roleOf(personId, ctx);
  const party = role === 'mentor' || role === 'mentee' ? personOf(role, ctx) : null;
  const about = { personId: party, rematchAfter: rematchAfter(event.receivedAt, ctx) };
  return { caseId, receivedAt: event.receivedAt, outcome: acting, ...about };
}

/** From when somebody who asks for it at `at` may be matched again (T5): civil days in the pair's zone. */
export function rematchAfter(at: Instant, ctx: PairContext): Instant {
  const { rematchCooldownDays } = policyNow(ctx).policy.contact ?? contact.defaults;
  return addCivilDays(at, rematchCooldownDays, zoneOf(ctx));
}

/** For so long a pair names what it has brought about, so that a say that comes late does not forget it. */
export const effectsNamedFor = 30 * DAY;

/**
 * What an outcome brings about beyond the pair: both are queued for a re-match where nobody is named; being marked
 * unavailable or removed concerns only whoever is named.
 */
export function effectsOfOutcome(fact: CaseOutcome, now: Instant, ctx: PairContext): EffectStep[] {
  if (now >= fact.receivedAt + effectsNamedFor) return [];
  const pair = fact.outcome === 'rematch' ? [ctx.mentorId, ctx.menteeId] : [];
  const people = fact.personId === null ? pair : [fact.personId];
  const effect = { rematch: 'rematch', unavailable: 'unavailable', removed: 'leave' }[fact.outcome];
  const details = {
    rematch: { rematchAfter: fact.rematchAfter },
    unavailable: { reason: 'marked_by_staff' },
    removed: {},
  }[fact.outcome];
  return people.map((personId) => ({
    kind: 'effect',
    key: `${ctx.pairId}/${fact.caseId}/${effect}/${personId}`,
    effect,
    personId,
    at: fact.receivedAt,
    details,
  }));
}

/** When and why outcomes have ended the match: a re-match and the removal of somebody do, being unavailable does not. */
export function endOfOutcomes(facts: CaseOutcome[]): PairContext['closed'] {
  const ending = facts.filter(({ outcome, personId }) => outcome === 'rematch' || (outcome === 'removed' && personId));
  const first = ending.reduce<CaseOutcome | null>(
    (earliest, fact) => (earliest === null || fact.receivedAt < earliest.receivedAt ? fact : earliest),
    null,
  );
  return first && { at: first.receivedAt, reason: first.outcome };
}
