import { Temporal } from 'temporal-polyfill';
import type { CivilDate, TimeOfDay, Weekday } from './program.ts';

/**
 * Civil time and instants. The only door to the civil-time library. Offsets are remembered per zone and span between
 * two transitions, so that a school year of a thousand pairs asks the library a handful of times.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

interface OffsetSpan {
  from: Instant;
  to: Instant;
  offset: number;
}

const spansOfZone = new Map<string, OffsetSpan[]>();

function readSpan(zone: string, at: Instant): OffsetSpan {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const previous = local.add({ seconds: 1 }).getTimeZoneTransition('previous');
  const next = local.getTimeZoneTransition('next');
  return {
    from: previous?.epochMilliseconds ?? -8.64e15,
    to: next?.epochMilliseconds ?? 8.64e15,
    offset: local.offsetNanoseconds / 1e6,
  };
}

function spanAt(zone: string, at: Instant): OffsetSpan {
  const spans = spansOfZone.get(zone);
  for (const span of spans ?? []) if (at >= span.from && at < span.to) return span;
  const span = readSpan(zone, at);
  if (spans) spans.push(span);
  else spansOfZone.set(zone, [span]);
  return span;
}

/** Whether `zone` is an IANA zone that this machine knows (an offset such as `+02:00` is none). */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    spanAt(zone, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether `date` is a date of the calendar, `YYYY-MM-DD`. */
export function isCivilDate(date: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return false;
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
}

/** A century of days; documents may name others, and what is remembered is to have an end. */
const daysRemembered = 40_000;
const dateOfDay = new Map<number, CivilDate>();
const dayOfDate = new Map<CivilDate, number>();

/** The date of a day counted from 1970-01-01. Remembered, as writing a date out costs more than most decisions. */
function dateFrom(day: number): CivilDate {
  let date = dateOfDay.get(day);
  if (date === undefined) {
    date = new Date(day * DAY).toISOString().slice(0, 10);
    if (dateOfDay.size >= daysRemembered) dateOfDay.clear();
    dateOfDay.set(day, date);
  }
  return date;
}

/** The number of a date's day, counted from 1970-01-01; remembered like `dateFrom`. */
function dayFrom(date: CivilDate): number {
  let day = dayOfDate.get(date);
  if (day === undefined) {
    day = Date.parse(`${date}T00:00:00Z`) / DAY;
    if (dayOfDate.size >= daysRemembered) dayOfDate.clear();
    dayOfDate.set(date, day);
  }
  return day;
}

function localMillis(date: CivilDate, time: TimeOfDay): number {
  return dayFrom(date) * DAY + minutesOf(time) * MINUTE;
}

/**
 * The instant of a civil time. A local time that does not exist is the first instant after the gap; one that occurs
 * twice is the first (V8).
 */
export function instantOf(date: CivilDate, time: TimeOfDay, zone: string): Instant {
  const local = localMillis(date, time);
  let span = spanAt(zone, local - 15 * HOUR);
  for (;;) {
    const at = local - span.offset;
    if (at < span.from) return span.from;
    if (at < span.to) return at;
    span = spanAt(zone, span.to);
  }
}

/** Minutes since local midnight. */
export function minuteOfDay(at: Instant, zone: string): number {
  const local = at + spanAt(zone, at).offset;
  return Math.floor((((local % DAY) + DAY) % DAY) / MINUTE);
}

/** The local day of an instant, counted from 1970-01-01: a number to compare days by. */
export function dayOf(at: Instant, zone: string): number {
  return Math.floor((at + spanAt(zone, at).offset) / DAY);
}

/** The local date of an instant. */
export function dateOf(at: Instant, zone: string): CivilDate {
  return dateFrom(dayOf(at, zone));
}

/** The local minute of an instant, `YYYY-MM-DDTHH:MM`. */
export function localMinute(at: Instant, zone: string): string {
  return `${dateOf(at, zone)}T${timeOfDay(minuteOfDay(at, zone))}`;
}

/** The date so many days later (or, with a negative number, earlier). */
export function addDays(date: CivilDate, days: number): CivilDate {
  return dateFrom(dayFrom(date) + days);
}

/** The same day of the month so many months later, clamped to that month's end. */
export function addMonths(date: CivilDate, months: number): CivilDate {
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1 + months, Number(date.slice(8))];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(day, last))).toISOString().slice(0, 10);
}

/** The same local time so many civil days later in `zone`. */
export function addCivilDays(at: Instant, days: number, zone: string): Instant {
  const minute = localMinute(at, zone);
  return instantOf(addDays(minute.slice(0, 10), days), minute.slice(11), zone);
}

const weekdays: Weekday[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

export function weekdayOf(date: CivilDate): Weekday {
  // 1970-01-01 was a Thursday.
  return weekdays[(((dayFrom(date) + 4) % 7) + 7) % 7] as Weekday;
}

/** Minutes since midnight of `HH:MM`. */
export function minutesOf(time: TimeOfDay): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** `HH:MM` of minutes since midnight. */
export function timeOfDay(minutes: number): TimeOfDay {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The first of several instants, those that nobody knows aside; null where there is none. */
export function earliest(instants: Array<Instant | null>): Instant | null {
  let first: Instant | null = null;
  for (const instant of instants) if (instant !== null && (first === null || instant < first)) first = instant;
  return first;
}

/** The first of several instants that lies after `now`; null where none does. */
export function earliestAfter(now: Instant, instants: Array<Instant | null>): Instant | null {
  return earliest(instants.filter((at) => at !== null && at > now));
}

/** RFC 3339 in UTC. */
export function toRfc3339(at: Instant): string {
  return new Date(at).toISOString();
}
