import type { CivilDate } from '../../program.ts';
import type { MeetingPromise, MeetingsPolicy } from '../../sections/meetings.ts';
import { nextListAt } from '../../staff-mail.ts';
import type { Hold } from '../../step.ts';
import { addDays, addMonths, dateOf, type Instant, instantOf, weekdayOf } from '../../time.ts';
import { type PairContext, policyAt, type Span, zoneOf } from '../context.ts';

/** A week or a month for which a pair was promised something (K9). */
export interface Period {
  /** First and last civil day in the pair's zone that are the pair's. */
  from: CivilDate;
  to: CivilDate;
  /** First day of the next one. */
  next: CivilDate;
  startsAt: Instant;
  endsAt: Instant;
  /** Start and end of the whole week or month. */
  whole: [Instant, Instant];
  promise: MeetingPromise;
  judgedAt: Instant;
}

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function wholePeriod(date: CivilDate, per: 'week' | 'month'): [first: CivilDate, next: CivilDate] {
  if (per === 'month') {
    const first = `${date.slice(0, 7)}-01`;
    return [first, addMonths(first, 1)];
  }
  const first = addDays(date, -weekdays.indexOf(weekdayOf(date)));
  return [first, addDays(first, 7)];
}

const known = new WeakMap<MeetingsPolicy, Map<string, Period>>();

/** The period that begins on `from`, under the version in force then (V7); worked out once. */
function periodFrom(from: CivilDate, section: MeetingsPolicy, promise: MeetingPromise, ctx: PairContext): Period {
  const zone = zoneOf(ctx);
  const name = `${from} ${zone} ${ctx.programZone}`;
  const periods = known.get(section) ?? new Map<string, Period>();
  known.set(section, periods);
  const before = periods.get(name);
  if (before) return before;
  const [first, next] = wholePeriod(from, promise.per);
  const midnight = (date: CivilDate): Instant => instantOf(date, '00:00', zone);
  const period = {
    from,
    to: addDays(next, -1),
    next,
    startsAt: midnight(from),
    endsAt: midnight(next),
    whole: [midnight(first), midnight(next)] as [Instant, Instant],
    promise,
    judgedAt: nextListAt(midnight(addDays(next, section.graceDays)), ctx.programZone),
  };
  periods.set(name, period);
  return period;
}

/**
 * The periods from `from` on, oldest first, up to the one that holds `until`. They lie side by side: where a version promises
 * nothing, the next begins with the version that does.
 */
export function periodsFrom(from: CivilDate, until: Instant, ctx: PairContext): Period[] {
  const zone = zoneOf(ctx);
  const periods: Period[] = [];
  let at = instantOf(from, '00:00', zone);
  let date = from;
  while (at <= until && (!ctx.closed || at < ctx.closed.at)) {
    const section = policyAt(Math.max(at, ctx.createdAt), ctx).policy.meetings;
    if (section?.promise) {
      const period = periodFrom(date, section, section.promise, ctx);
      periods.push(period);
      at = period.endsAt;
      date = period.next;
      continue;
    }
    const later = ctx.policies.find((inForce) => inForce.since > at && inForce.policy.meetings?.promise);
    if (!later) break;
    date = addDays(dateOf(later.since, zone), 1);
    at = instantOf(date, '00:00', zone);
  }
  return periods;
}

/** The day from which a pair's periods count: its match, or its becoming known here (V9). */
export function firstDay(ctx: PairContext): CivilDate {
  return dateOf(Math.max(ctx.matchedAt, ctx.createdAt), zoneOf(ctx));
}

/**
 * What is promised for a period, in meetings or hours: the share of it in which the pair was matched and nothing excused it.
 * Counts are rounded down; hours to the minute.
 */
export function promisedIn({ promise, startsAt, endsAt, whole }: Period, ctx: PairContext, holds: Hold[]): number {
  const from = Math.max(startsAt, ctx.matchedAt, ctx.createdAt);
  const until = Math.min(endsAt, ctx.closed?.at ?? endsAt);
  const excused = [...ctx.mentorLeaves, ...holds.filter(({ kind }) => kind !== 'reminders')];
  const share = (until - from - covered(excused, from, until)) / (whole[1] - whole[0]);
  const step = 1e-9;
  if (promise.kind === 'count') return Math.max(0, Math.floor(share * promise.meetings + step));
  return Math.max(0, Math.floor(share * promise.hours * 60 + step) / 60);
}

/** How much of a span others cover, overlapping ones counted once. */
function covered(spans: Span[], from: Instant, until: Instant): number {
  let total = 0;
  let reached = from;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const start = Math.max(span.from, reached);
    const end = Math.min(span.until ?? until, until);
    if (end <= start) continue;
    total += end - start;
    reached = end;
  }
  return total;
}
