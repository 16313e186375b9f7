import type { FirstMeetingPolicy } from '../../sections/first-meeting.ts';
import { nextListAt } from '../../staff-mail.ts';
import { addCivilDays, addDays, dateOf, type Instant, instantOf } from '../../time.ts';
import { type PairContext, policyAt, zoneOf } from '../context.ts';
import type { FirstMeetingState } from './facts.ts';

/** When the two are nudged, and when staff are told that they have not met (S1). */

const nudgedAt = '09:00';
/** A meeting that is planned holds both back until it has passed by so many days. */
const waitsAfterPlanned = 3;

/** When the nudge goes; null where the program, or the time at which the pair became known here, asks for none. */
export function nudgeAt(state: FirstMeetingState, ctx: PairContext): Instant | null {
  return moment(
    state,
    ctx,
    ({ nudgeDays }) => nudgeDays,
    (date) => instantOf(date, nudgedAt, zoneOf(ctx)),
  );
}

/** When staff are told, with the list of a working day. */
export function alertAt(state: FirstMeetingState, ctx: PairContext): Instant | null {
  return moment(
    state,
    ctx,
    ({ alertDays }) => alertDays,
    (date) => nextListAt(instantOf(date, '00:00', zoneOf(ctx)), ctx.programZone),
  );
}

function moment(
  state: FirstMeetingState,
  ctx: PairContext,
  daysOf: (section: FirstMeetingPolicy) => number,
  on: (date: string) => Instant,
): Instant | null {
  const zone = zoneOf(ctx);
  const matchedOn = dateOf(ctx.matchedAt, zone);
  for (const { policy, version } of ctx.policies) {
    if (!policy.firstMeeting) continue;
    const at = on(addDays(matchedOn, daysOf(policy.firstMeeting)));
    // Each version names its own day; the one that is in force on it decides (V7), and none before the pair was known (V9).
    if (policyAt(at, ctx).version !== version || at < ctx.createdAt) continue;
    return afterPlanned(at, state, ctx, on);
  }
  return null;
}

/** Not before the meetings that were planned by then have passed. */
function afterPlanned(at: Instant, state: FirstMeetingState, ctx: PairContext, on: (date: string) => Instant): Instant {
  const zone = zoneOf(ctx);
  let moved = at;
  for (const { ref, at: meeting, receivedAt } of state.scheduled) {
    if (state.retracted.includes(ref) || receivedAt > moved) continue;
    const passed = addCivilDays(meeting, waitsAfterPlanned, zone);
    if (passed <= moved) continue;
    const sameDay = on(dateOf(passed, zone));
    moved = sameDay >= passed ? sameDay : on(addDays(dateOf(passed, zone), 1));
  }
  return moved;
}
