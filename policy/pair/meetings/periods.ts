import type { CivilDate } from '../../program.ts';
import type { MeetingPromise, MeetingsPolicy } from '../../sections/meetings.ts';
import { nextListAt } from '../../staff-mail.ts';
import type { Hold } from '../../step.ts';
import { addDays, addMonths, DAY, dateOf, type Instant, instantOf, weekdayOf } from '../../time.ts';
import { type PairContext, policyAt, type Span, zoneOf } from '../context.ts';

/** A week from Monday to Sunday, or a calendar month, for which a pair is promised something (K9). */
export interface Period {
  /** First and last civil day in the pair's zone that are the pair's. */
  from: CivilDate;
  to: CivilDate;
  /** First day of the next one. */
  next: CivilDate;
  startsAt: Instant;
  endsAt: Instant;
  /** How many days the whole week or month has. */
  days: number;
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

function daysBetween(from: CivilDate, until: CivilDate): number {
  return (Date.parse(until) - Date.parse(from)) / DAY;
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
    days: daysBetween(first, next),
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
    const section = sectionAt(Math.max(at, ctx.createdAt), ctx);
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

/** The period that a day up to `now` lies in; null where nothing is promised for it. */
export function periodOn(day: CivilDate, now: Instant, ctx: PairContext): Period | null {
  return periodsFrom(firstDay(ctx), now, ctx).find(({ from, to }) => from <= day && day <= to) ?? null;
}

/** The section in force at an instant; none before the first version that the pair still knows. */
function sectionAt(at: Instant, ctx: PairContext): MeetingsPolicy | undefined {
  const inForce = policyAt(at, ctx);
  return inForce.since <= at ? inForce.policy.meetings : undefined;
}

/** The day from which a pair's periods count: its match, or its becoming known here (V9). */
export function firstDay(ctx: PairContext): CivilDate {
  return dateOf(Math.max(ctx.matchedAt, ctx.createdAt), zoneOf(ctx));
}

/**
 * What is promised for a period, in meetings or hours: by its days on which the match lasted and of which no part is excused
 * by a pause, the mentor's leave, or a case of trouble or safety. Counts are rounded down; hours to the minute.
 */
export function promisedIn(period: Period, ctx: PairContext, holds: Hold[]): number {
  const { promise, days } = period;
  const counted = countedDays(period, [...ctx.mentorLeaves, ...holds.filter(({ kind }) => kind !== 'reminders')], ctx);
  if (promise.kind === 'count') return Math.floor((counted * promise.meetings) / days);
  return Math.floor((counted * Math.round(promise.hours * 60)) / days) / 60;
}

function countedDays({ from, to, startsAt, endsAt }: Period, excused: Span[], ctx: PairContext): number {
  const zone = zoneOf(ctx);
  const matchEnds = ctx.closed ? dateOf(ctx.closed.at, zone) : to;
  const last = matchEnds < to ? matchEnds : to;
  const inside = excused
    .filter(({ from: start, until }) => start < endsAt && (until === null || until > Math.max(start, startsAt)))
    .map((span) => [dateOf(span.from, zone), span.until === null ? last : dateOf(span.until - 1, zone)] as const);
  if (inside.length === 0) return daysBetween(from, last) + 1;
  let counted = 0;
  for (let day = from; day <= last; day = addDays(day, 1)) {
    if (!inside.some(([first, end]) => first <= day && day <= end)) counted++;
  }
  return counted;
}
