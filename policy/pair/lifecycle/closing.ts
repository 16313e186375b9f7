import type { MessageStep } from '../../step.ts';
import { addDays, DAY, dateOf, earliestAfter, type Instant, instantOf } from '../../time.ts';
import { decideAt, type PairContext, policyAt, zoneOf } from '../context.ts';
import { bothOf } from '../facts.ts';
import { type ParticipantMail, participantMail } from '../participant-mail.ts';
import { hasAnswered, type LifecycleState } from './facts.ts';

/** What mentor and mentee hear once their match has ended: how they may meet from now on, and an exit survey (S11). */

/** The survey follows on the next civil day, at this time of the pair's zone. */
const surveyAt = '09:00';
/** How long either is of use. */
const standsFor = 7 * DAY;
/** A pair that staff end so soon after it was made here was made by mistake. */
const mistakeWithin = DAY;
/** Reasons of ends that one of the two brought about, by a report or an answer (T5, T6, T7, S4). */
const byOneOfThem = ['rematch', 'no_rematch', 'removed'];
/** Reasons of staff who put records in order; nobody has met who would have to be told how to part. */
const recordKeeping = ['import', 'mistake', 'duplicate'];

/** When the exit survey goes out. */
export function exitSurveyAt(closedAt: Instant, ctx: PairContext): Instant {
  const zone = zoneOf(ctx);
  return instantOf(addDays(dateOf(closedAt, zone), 1), surveyAt, zone);
}

/** When a match ended that both are to hear more of, by the policy then in force (V7); null of any other. */
export function partedAt(ctx: PairContext): Instant | null {
  const { closed, createdAt } = ctx;
  if (!closed || recordKeeping.includes(closed.reason)) return null;
  if (closed.at < createdAt + mistakeWithin && !byOneOfThem.includes(closed.reason)) return null;
  return policyAt(closed.at, ctx).policy.lifecycle ? closed.at : null;
}

/** Every message that stands at `now` after the match has ended. */
export function dueAfterClosing(state: LifecycleState, now: Instant, ctx: PairContext): MessageStep[] {
  const at = partedAt(ctx);
  if (at === null) return [];
  const survey = exitSurveyAt(at, ctx);
  return [
    ...(now < at + standsFor ? toBoth('closure-rule', { slot: at, planned: false }, ctx) : []),
    ...(now >= decideAt(survey, ctx) && now < survey + standsFor ? exitSurveys(state, survey, ctx) : []),
  ];
}

/** The exit surveys of those who have not answered one. */
export function exitSurveys(state: LifecycleState, slot: Instant, ctx: PairContext): MessageStep[] {
  return toBoth('exit-survey', { slot, planned: true }, ctx).filter(
    ({ role }) => !hasAnswered(state, role as 'mentor' | 'mentee'),
  );
}

function toBoth(
  template: 'closure-rule' | 'exit-survey',
  { slot, planned }: { slot: Instant; planned: boolean },
  ctx: PairContext,
): MessageStep[] {
  const mail: ParticipantMail = {
    stepKey: `${ctx.pairId}/closed/${template}`,
    template,
    planned,
    slot,
    expiresAt: slot + standsFor,
    // The match is over: neither a pause nor trouble holds back what is said of that.
    heldBy: [],
    because: { rule: 'S11', facts: [] },
  };
  return bothOf(ctx).map((party) => participantMail(party, mail, ctx));
}

/** The first instant after `now` at which something else stands; null when nothing more comes. */
export function nextAfterClosing(now: Instant, ctx: PairContext): Instant | null {
  const at = partedAt(ctx);
  if (at === null) return null;
  const survey = exitSurveyAt(at, ctx);
  return earliestAfter(now, [decideAt(survey, ctx), at + standsFor, survey + standsFor]);
}
