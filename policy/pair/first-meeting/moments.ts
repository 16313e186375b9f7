import type { FirstMeetingPolicy } from '../../sections/first-meeting.ts';
import { nextListAt } from '../../staff-mail.ts';
import { addCivilDays, addDays, DAY, dateOf, type Instant, instantOf } from '../../time.ts';
import { type PairContext, policyAt, zoneOf } from '../context.ts';
import { type FirstMeetingState, takenBackAt } from './facts.ts';

/** When the two are nudged, and when staff are told that they have not met (S1). */

const nudgedAt = '09:00';
/** A meeting that is planned holds both back until it has passed by so many days. */
const waitsAfterPlanned = 3;

/** When the nudge goes, in the pair's zone; null where there is no need, or nobody asks for it. */
export function nudgeAt(state: FirstMeetingState, ctx: PairContext): Instant | null {
  const zone = zoneOf(ctx);
  const on = (date: string): Instant => instantOf(date, nudgedAt, zone);
  return moment(({ nudgeDays }) => nudgeDays, on, state, ctx);
}

/** When staff are told, with the list of a working day in the program's zone; null as above. */
export function alertAt(state: FirstMeetingState, ctx: PairContext): Instant | null {
  const zone = zoneOf(ctx);
  const on = (date: string): Instant => nextListAt(instantOf(date, '00:00', zone), ctx.programZone);
  return moment(({ alertDays }) => alertDays, on, state, ctx);
}

function moment(
  daysOf: (section: FirstMeetingPolicy) => number,
  on: (date: string) => Instant,
  state: FirstMeetingState,
  ctx: PairContext,
): Instant | null {
  const { meetings = 0, firstMeetingAt } = ctx.history;
  if (state.met || meetings > 0 || firstMeetingAt !== undefined) return null;
  const matchedOn = dateOf(ctx.matchedAt, zoneOf(ctx));
  for (const { policy, version } of ctx.policies) {
    if (!policy.firstMeeting) continue;
    const date = addDays(matchedOn, daysOf(policy.firstMeeting));
    const at = on(date);
    // Each version names its own day; the one that is in force on it decides (V7), and none before the pair was known (V9).
    if (policyAt(at, ctx).version === version && at >= ctx.createdAt) return afterWaits(date, on, state, ctx);
  }
  return null;
}

/** Something that holds nudge and alert back, from when it is known. */
interface Wait {
  from: Instant;
  until: Instant;
  /** Days that are not counted at all: those of a pause (S11). */
  uncounted: number;
}

/** A meeting that is planned is waited for; one that was held needs neither, unless it is taken back. Days of a pause do not count. */
function waitsOf(state: FirstMeetingState, ctx: PairContext): Wait[] {
  const zone = zoneOf(ctx);
  const forever = Number.POSITIVE_INFINITY;
  const planned = state.scheduled
    .filter(({ history }) => !history)
    .map((fact) => ({ fact, until: addCivilDays(fact.at, waitsAfterPlanned, zone) }));
  const held = state.held.map((fact) => ({ fact, until: forever }));
  const meetings = [...planned, ...held].map(({ fact, until }): Wait => {
    return { from: fact.receivedAt, until: Math.min(until, takenBackAt(fact, state) ?? forever), uncounted: 0 };
  });
  const pauses = ctx.pauses.map(({ from, until }): Wait => {
    const paused = until === null ? 0 : Math.max(0, until - Math.max(from, ctx.matchedAt));
    return { from, until: until ?? forever, uncounted: Math.round(paused / DAY) };
  });
  return [...meetings, ...pauses].sort((a, b) => a.from - b.from || a.until - b.until);
}

/** The first such time of day after all waits that are known before it; null where one of them has no end. */
function afterWaits(
  date: string,
  on: (date: string) => Instant,
  state: FirstMeetingState,
  ctx: PairContext,
): Instant | null {
  const zone = zoneOf(ctx);
  let [day, moved] = [date, on(date)];
  const moveTo = (next: string): void => {
    [day, moved] = [next, on(next)];
  };
  for (const { from, until, uncounted } of waitsOf(state, ctx)) {
    if (from >= moved) continue;
    if (uncounted > 0) moveTo(addDays(day, uncounted));
    if (until <= moved) continue;
    if (until === Number.POSITIVE_INFINITY) return null;
    moveTo(dateOf(until, zone));
    if (moved < until) moveTo(addDays(day, 1));
  }
  return policyAt(moved, ctx).policy.firstMeeting ? moved : null;
}
