import type { CivilDate } from '../../policy/program.ts';

/**
 * The dates of a recurrence rule (RFC 5545) for something that happens at most once a day. Found by walking through the
 * days, so that no rule, however hostile, takes longer than the span it is asked for.
 */

export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

export interface RecurrenceRule {
  frequency: Frequency;
  interval: number;
  count: number | null;
  /** Weekdays from 0 (Sunday), each with its place in the month or year, counted from the end where negative. */
  byDay: Array<{ weekday: number; place: number | null }>;
  byMonthDay: number[];
  byMonth: number[];
  bySetPosition: number[];
  /** First day of the week, from 0 (Sunday). */
  weekStart: number;
}

/** Days that may still be walked through; shared by all rules of one document. */
export interface WalkBudget {
  days: number;
}

/** A document asks for more days to be walked through than its budget holds. */
export class WalkTooLongError extends Error {}

interface Day {
  /** Days since 1970-01-01. */
  number: number;
  year: number;
  month: number;
  day: number;
  weekday: number;
  daysInMonth: number;
  dayOfYear: number;
  daysInYear: number;
}

const MILLIS_PER_DAY = 86_400_000;

function numberOf(date: CivilDate): number {
  return Date.parse(`${date}T00:00:00Z`) / MILLIS_PER_DAY;
}

function dateOf(number: number): CivilDate {
  return new Date(number * MILLIS_PER_DAY).toISOString().slice(0, 10);
}

function dayOf(number: number): Day {
  const date = new Date(number * MILLIS_PER_DAY);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + 1;
  const yearStart = Date.UTC(year, 0, 1) / MILLIS_PER_DAY;
  return {
    number,
    year,
    month,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
    dayOfYear: number - yearStart + 1,
    daysInYear: Date.UTC(year + 1, 0, 1) / MILLIS_PER_DAY - yearStart,
  };
}

/** The rule with the parts that it leaves to its first date (RFC 5545, 3.3.10). */
function completed(rule: RecurrenceRule, first: Day): RecurrenceRule {
  const byDay = rule.frequency === 'WEEKLY' && rule.byDay.length === 0;
  const namesDays = rule.byDay.length > 0 || rule.byMonthDay.length > 0;
  const byMonthDay = (rule.frequency === 'MONTHLY' || rule.frequency === 'YEARLY') && !namesDays;
  const byMonth = rule.frequency === 'YEARLY' && !namesDays && rule.byMonth.length === 0;
  return {
    ...rule,
    ...(byDay ? { byDay: [{ weekday: first.weekday, place: null }] } : {}),
    ...(byMonthDay ? { byMonthDay: [first.day] } : {}),
    ...(byMonth ? { byMonth: [first.month] } : {}),
  };
}

/** The number of the rule's period that holds the day. */
function periodOf(day: Day, { frequency, weekStart }: RecurrenceRule): number {
  if (frequency === 'DAILY') return day.number;
  // 1970-01-01 was a Thursday.
  if (frequency === 'WEEKLY') return Math.floor((day.number + 4 - weekStart) / 7);
  return frequency === 'MONTHLY' ? day.year * 12 + day.month : day.year;
}

function hasPlace(place: number, position: number, length: number): boolean {
  const fromStart = Math.floor((position - 1) / 7) + 1;
  const fromEnd = -(Math.floor((length - position) / 7) + 1);
  return place === fromStart || place === fromEnd;
}

function matches(day: Day, rule: RecurrenceRule): boolean {
  if (rule.byMonth.length > 0 && !rule.byMonth.includes(day.month)) return false;
  const fromEnd = day.day - day.daysInMonth - 1;
  if (rule.byMonthDay.length > 0 && !rule.byMonthDay.some((item) => item === day.day || item === fromEnd)) return false;
  if (rule.byDay.length === 0) return true;
  const inYear = rule.frequency === 'YEARLY' && rule.byMonth.length === 0;
  return rule.byDay.some(({ weekday, place }) => {
    if (weekday !== day.weekday) return false;
    if (place === null) return true;
    return inYear ? hasPlace(place, day.dayOfYear, day.daysInYear) : hasPlace(place, day.day, day.daysInMonth);
  });
}

/** Those of one period's days that BYSETPOS lets through. */
function selected(days: number[], positions: number[]): number[] {
  if (positions.length === 0) return days;
  return days.filter((_, index) => positions.includes(index + 1) || positions.includes(index - days.length));
}

/**
 * The rule's dates from `first` to `last`, both included, ascending.
 * @throws WalkTooLongError when the budget is spent
 */
export function datesOfRule(given: RecurrenceRule, first: CivilDate, last: CivilDate, budget: WalkBudget): CivilDate[] {
  const start = dayOf(numberOf(first));
  const rule = completed(given, start);
  const end = numberOf(last);
  const limit = rule.count ?? Number.POSITIVE_INFINITY;
  const dates: CivilDate[] = [];
  let period: number[] = [];
  const take = (): void => {
    const passed = selected(period, rule.bySetPosition).filter((number) => number >= start.number && number <= end);
    for (const number of passed) if (dates.length < limit) dates.push(dateOf(number));
    period = [];
  };
  const firstPeriod = periodOf(start, rule);
  let current = firstPeriod;
  // A position counts from the start of the period and from its end, also where those lie outside the span.
  const margin = rule.bySetPosition.length > 0 ? 366 : 0;
  for (let number = start.number - margin; number <= end + margin && dates.length < limit; number++) {
    if (--budget.days < 0) throw new WalkTooLongError();
    const day = dayOf(number);
    const at = periodOf(day, rule);
    if (at !== current) {
      take();
      current = at;
    }
    const inTurn = at >= firstPeriod && (at - firstPeriod) % rule.interval === 0;
    if (inTurn && matches(day, rule)) period.push(number);
  }
  take();
  return dates;
}
