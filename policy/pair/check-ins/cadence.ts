import type { CivilDate } from '../../program.ts';
import type { CheckInsPolicy } from '../../sections/check-ins.ts';
import { nextListAt } from '../../staff-mail.ts';
import { addDays, addMonths, dateOf, type Instant, instantOf } from '../../time.ts';
import { type PairContext, type PolicyInForce, zoneOf } from '../context.ts';

/** The question goes out so many civil days before the due day, at this time. */
const askedDaysBefore = 2;
const askedAt = '09:00';

/** When staff learn of what was not done: judged at `from`, and told with the list that goes at `at` (M4). */
export interface Told {
  from: Instant;
  at: Instant;
}

/** Staff are told that nobody has made a check-in, so many days after its due day (K3); the first is number 1. */
export interface Alert extends Told {
  number: number;
  days: number;
}

/** A day on which each respondent is due, under the version in force when they are asked (V7). */
export interface DueDay {
  dueOn: CivilDate;
  askAt: Instant;
  /** First and last civil day on which a contact satisfies it (K3). */
  opensOn: CivilDate;
  closesOn: CivilDate;
  /** The same as instants of the pair's zone; each end is the first instant that is past. */
  opensAt: Instant;
  dueAt: Instant;
  dueEnds: Instant;
  closesAt: Instant;
  /** Holds aside. */
  alerts: Alert[];
  section: CheckInsPolicy;
  version: number;
}

interface Zones {
  pair: string;
  program: string;
}

/** What a match and its zones make of a list of policies; a memory only, nothing depends on it. */
interface Computed {
  key: string;
  until: CivilDate;
  days: DueDay[];
}

const known = new WeakMap<PolicyInForce[], Computed>();

/** So many months of due days are worked out ahead of what is asked for. */
const monthsAhead = 24;

/**
 * The due days of a match from `from` to `until`, oldest first: so many days after the match, then on its day of the month,
 * clamped to the month's end and counted from the match each time, so that it never drifts (K1). Those before the pair
 * was known here are none of its own (V9), nor are those asked for before `onSince` (V7), or after the match has ended.
 */
export function dueDays(from: CivilDate, until: CivilDate, onSince: Instant, ctx: PairContext): DueDay[] {
  const { closed } = ctx;
  const days = computed(until, ctx);
  const [first, end] = [positionOf(from, days), positionOf(until, days)];
  const last = days[end]?.dueOn === until ? end + 1 : end;
  return days.slice(first, last).filter(({ askAt, dueEnds }) => askAt >= onSince && (!closed || dueEnds <= closed.at));
}

/** How many of these days lie before a date. */
function positionOf(date: CivilDate, days: DueDay[]): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] as DueDay).dueOn < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

function computed(until: CivilDate, ctx: PairContext): DueDay[] {
  const { policies, matchedAt, createdAt, programZone } = ctx;
  const zones = { pair: zoneOf(ctx), program: programZone };
  const key = `${matchedAt} ${createdAt} ${zones.pair} ${zones.program}`;
  const before = known.get(policies);
  if (before?.key === key && until <= before.until) return before.days;
  const knownOn = dateOf(Math.max(createdAt, matchedAt), zones.pair);
  const next = { key, until: addMonths(until, monthsAhead) };
  const all = compute(dateOf(matchedAt, zones.pair), next.until, zones, policies);
  const days = all.filter(({ dueOn }) => dueOn >= knownOn);
  known.set(policies, { ...next, days });
  return days;
}

function compute(matchedOn: CivilDate, until: CivilDate, zones: Zones, policies: PolicyInForce[]): DueDay[] {
  const days = new Map<CivilDate, DueDay>();
  policies.forEach(({ policy, since, version }, index) => {
    const section = policy.checkIns;
    if (!section) return;
    // The first that is still known stands for those before it.
    const from = index === 0 ? Number.NEGATIVE_INFINITY : since;
    const before = policies[index + 1]?.since ?? Number.POSITIVE_INFINITY;
    for (const dueOn of datesOf(matchedOn, until, section)) {
      const day = dueDay(dueOn, section, version, zones);
      if (day.askAt >= from && day.askAt < before) days.set(dueOn, day);
    }
  });
  return [...days.values()].sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1));
}

function datesOf(matchedOn: CivilDate, until: CivilDate, section: CheckInsPolicy): CivilDate[] {
  const { firstMonthDays, everyMonths } = section;
  const dates = firstMonthDays.map((days) => addDays(matchedOn, days));
  for (let months = everyMonths; ; months += everyMonths) {
    const date = addMonths(matchedOn, months);
    if (date > until) return dates;
    dates.push(date);
  }
}

function dueDay(dueOn: CivilDate, section: CheckInsPolicy, version: number, zones: Zones): DueDay {
  const { windowDays, overdueDays } = section;
  const startOf = (date: CivilDate): Instant => instantOf(date, '00:00', zones.pair);
  const [opensOn, closesOn] = [addDays(dueOn, -windowDays), addDays(dueOn, windowDays)];
  return {
    dueOn,
    askAt: instantOf(addDays(dueOn, -askedDaysBefore), askedAt, zones.pair),
    opensOn,
    closesOn,
    opensAt: startOf(opensOn),
    dueAt: startOf(dueOn),
    dueEnds: startOf(addDays(dueOn, 1)),
    closesAt: startOf(addDays(closesOn, 1)),
    alerts: overdueDays.map((days, index) => {
      const from = startOf(addDays(dueOn, days));
      return { number: index + 1, days, from, at: nextListAt(from, zones.program) };
    }),
    section,
    version,
  };
}
