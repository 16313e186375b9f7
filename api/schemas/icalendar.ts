import { createHash } from 'node:crypto';
import type { ClassSession } from '../../policy/calendar.ts';
import type { CivilDate } from '../../policy/program.ts';
import { addDays, dateOf, type Instant, instantOf, minuteOfDay, timeOfDay } from '../../policy/time.ts';
import { type CalendarEvent, readEvents, type WallTime } from './icalendar-events.ts';
import { CalendarFault } from './icalendar-fault.ts';
import { datesOfRule, type WalkBudget, WalkTooLongError } from './recurrence.ts';

/** An iCalendar document (RFC 5545) as the sessions of a class. */

/** The most sessions that a class may have. */
export const sessionLimit = 1000;
/** Rules without an end are followed this far beyond today or their first date, whichever is later. */
const HORIZON_DAYS = 731;
/** Days that all rules of one document may walk through together. */
const WALK_DAYS = 100_000;

export interface CalendarOptions {
  /** The class's zone where the caller names it; else the first event's, else the calendar's, else `fallbackZone`. */
  zone: string | null;
  /** The program's zone. */
  fallbackZone: string;
  /** Last day of the term; nothing after it is read. */
  endsOn: CivilDate | null;
  now: Instant;
}

export interface CalendarDocument {
  zone: string;
  sessions: ClassSession[];
  /** METHOD:CANCEL: only what it names is cancelled, everything else stands. */
  cancelsOnly: boolean;
  /** What the ids of the sessions of a series begin with that is cancelled as a whole. */
  cancelledSeries: string[];
}

interface Occurrence {
  id: string;
  wall: WallTime;
  state: ClassSession['state'];
  pointer: string;
}

/**
 * Reads a calendar: recurrences are followed until `endsOn` or for two years, times come in the class's zone, a date
 * that an EXDATE names is a cancelled session. A session's id is made of the UID and the date that the series gives it,
 * so that a moved one keeps its id.
 * @throws CalendarFault with a pointer such as `/VEVENT/0/DTSTART` to each fault
 */
export function readCalendar(text: string, options: CalendarOptions): CalendarDocument {
  const { events, calendarZone, cancelsOnly } = readEvents(text);
  const zone =
    options.zone ?? events.find((event) => namedZone(event))?.start.zone ?? calendarZone ?? options.fallbackZone;
  const horizon = options.endsOn ?? horizonOf(events, zone, options.now);
  const budget = { days: WALK_DAYS };
  const occurrences = [...seriesOf(events).values()]
    .flatMap((series) => occurrencesOf(series, zone, horizon, budget))
    .map((item) => ({ session: sessionOf(item, zone, cancelsOnly), pointer: item.pointer }))
    .filter(({ session }) => session.date <= horizon);
  if (occurrences.length > sessionLimit) throw tooMany();
  const cancelledSeries = cancelsOnly ? events.filter(isWholeSeries).map((event) => seriesId(event.uid)) : [];
  return { zone, sessions: onePerDate(occurrences), cancelsOnly, cancelledSeries };
}

function namedZone(event: CalendarEvent): boolean {
  return event.start.zone !== null && event.start.zone !== 'UTC';
}

function isWholeSeries(event: CalendarEvent): boolean {
  return event.recurrence === null;
}

function tooMany(): CalendarFault {
  const detail = `more than ${sessionLimit} sessions: end the rule with UNTIL or COUNT, or give endsOn`;
  return new CalendarFault([{ pointer: '', detail }]);
}

function horizonOf(events: CalendarEvent[], zone: string, now: Instant): CivilDate {
  const first = events.map((event) => event.start.date).sort()[0] as CivilDate;
  const [, later] = [first, dateOf(now, zone)].sort();
  return addDays(later as CivilDate, HORIZON_DAYS);
}

interface Series {
  master: CalendarEvent | null;
  overrides: CalendarEvent[];
}

function seriesOf(events: CalendarEvent[]): Map<string, Series> {
  const series = new Map<string, Series>();
  for (const event of events) {
    const entry = series.get(event.uid) ?? { master: null, overrides: [] };
    series.set(event.uid, entry);
    if (event.recurrence !== null) entry.overrides.push(event);
    else if (entry.master === null) entry.master = event;
    else throw new CalendarFault([{ pointer: `${event.pointer}/UID`, detail: 'is also the UID of an earlier event' }]);
  }
  return series;
}

function seriesId(uid: string): string {
  return createHash('sha256').update(uid).digest('base64url').slice(0, 22);
}

function idOf(uid: string, date: CivilDate): string {
  return `${seriesId(uid)}_${date.replaceAll('-', '')}`;
}

/** A series by the dates that its own rule gives, each as its override says where it has one. */
function occurrencesOf(
  { master, overrides }: Series,
  zone: string,
  horizon: CivilDate,
  budget: WalkBudget,
): Occurrence[] {
  const byDate = new Map<CivilDate, Occurrence>();
  if (master) for (const item of masterOccurrences(master, zone, horizon, budget)) byDate.set(item.wall.date, item);
  for (const override of overrides) {
    const date = inZone(
      override.recurrence as WallTime,
      master?.start.zone ?? override.recurrence?.zone ?? zone,
      zone,
    ).date;
    const state = override.cancelled || master?.cancelled ? 'cancelled' : 'held';
    byDate.set(date, { id: idOf(override.uid, date), wall: override.start, state, pointer: override.pointer });
  }
  return [...byDate.values()];
}

function masterOccurrences(event: CalendarEvent, zone: string, horizon: CivilDate, budget: WalkBudget): Occurrence[] {
  const { uid, start, pointer } = event;
  const state = event.cancelled ? 'cancelled' : 'held';
  if (!event.rule && event.added.length === 0) return [{ id: seriesId(uid), wall: start, state, pointer }];
  const own = start.zone ?? zone;
  const excluded = new Set(event.excluded.map((wall) => inZone(wall, own, zone).date));
  const dates = event.rule ? ruleDates(event, own, zone, horizon, budget) : [start.date];
  const walls = [
    ...dates.map((date) => ({ ...start, date })),
    ...event.added.map((wall) => (wall.time === null ? { ...start, date: wall.date } : inZone(wall, own, zone))),
  ];
  return walls.map((wall) => ({
    id: idOf(uid, wall.date),
    wall,
    state: excluded.has(wall.date) ? 'cancelled' : state,
    pointer,
  }));
}

function ruleDates(
  event: CalendarEvent,
  own: string,
  zone: string,
  horizon: CivilDate,
  budget: WalkBudget,
): CivilDate[] {
  const { rule, until, start } = event;
  if (!rule) return [];
  const end = until ? inZone(until, own, zone) : null;
  const last = end && end.date < horizon ? end.date : horizon;
  try {
    const dates = datesOfRule(rule, start.date, last, budget);
    const onLastDay = end?.time != null && (start.time as string) > end.time;
    return onLastDay ? dates.filter((date) => date !== end.date) : dates;
  } catch (error) {
    if (error instanceof WalkTooLongError) throw tooMany();
    throw error;
  }
}

/** A wall time in another zone; one without a zone of its own is in `classZone`, a date stays what it is. */
function inZone(wall: WallTime, zone: string, classZone: string): WallTime {
  const from = wall.zone ?? classZone;
  if (wall.time === null || from === zone) return { ...wall, zone };
  const at = instantOf(wall.date, wall.time, from);
  return { date: dateOf(at, zone), time: timeOfDay(minuteOfDay(at, zone)), zone };
}

function sessionOf({ id, wall, state }: Occurrence, zone: string, cancelsOnly: boolean): ClassSession {
  const { date, time } = inZone(wall, zone, zone);
  return { id, date, start: time as string, state: cancelsOnly ? 'cancelled' : state };
}

/** Sorted by date; of one date the session that is held, and never two that are. */
function onePerDate(items: Array<{ session: ClassSession; pointer: string }>): ClassSession[] {
  const byDate = new Map<CivilDate, ClassSession>();
  for (const { session, pointer } of items) {
    const other = byDate.get(session.date);
    if (other?.state === 'held' && session.state === 'held') {
      const detail = `a second session on ${session.date}: a class has one session per date`;
      throw new CalendarFault([{ pointer: `${pointer}/DTSTART`, detail }]);
    }
    if (!other || other.state === 'cancelled') byDate.set(session.date, session);
  }
  return [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}
