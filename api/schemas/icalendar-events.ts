import ICAL from 'ical.js';
import type { CivilDate, TimeOfDay } from '../../policy/program.ts';
import { isCivilDate } from '../../policy/time.ts';
import { CalendarFault } from './icalendar-fault.ts';
import { readRule } from './icalendar-rule.ts';
import { ianaZoneOf } from './icalendar-zone.ts';
import type { RecurrenceRule } from './recurrence.ts';

/** The events of an iCalendar document as plain values, each of them checked. */

/** A civil time; `time` is null for a date, `zone` is `UTC`, an IANA zone, or null for a floating time. */
export interface WallTime {
  date: CivilDate;
  time: TimeOfDay | null;
  zone: string | null;
}

export interface CalendarEvent {
  pointer: string;
  uid: string;
  start: WallTime;
  /** The date and time that the series gave it (RECURRENCE-ID); null for a series or a single event. */
  recurrence: WallTime | null;
  rule: RecurrenceRule | null;
  until: WallTime | null;
  added: WallTime[];
  excluded: WallTime[];
  cancelled: boolean;
}

export interface CalendarEvents {
  events: CalendarEvent[];
  /** X-WR-TIMEZONE, where it is an IANA zone. */
  calendarZone: string | null;
  /** METHOD:CANCEL. */
  cancelsOnly: boolean;
}

const LONGEST_TEXT = 512 * 1024;
const MOST_EVENTS = 2000;
const MOST_DATES_PER_EVENT = 2000;
const LONGEST_UID = 1000;
const EARLIEST_YEAR = '2000';
const LATEST_YEAR = '2199';

type Zones = ReadonlyMap<string, string>;

function fault(pointer: string, detail: string): CalendarFault {
  return new CalendarFault([{ pointer, detail }]);
}

/** @throws CalendarFault */
export function readEvents(text: string): CalendarEvents {
  const calendar = parse(text);
  const locations = locationsOf(calendar);
  const components = calendar.getAllSubcomponents('vevent');
  if (components.length === 0) throw fault('', 'holds no VEVENT');
  if (components.length > MOST_EVENTS) throw fault('', `holds more than ${MOST_EVENTS} events`);
  const cancelsOnly = textOf(calendar, 'method')?.toUpperCase() === 'CANCEL';
  const named = textOf(calendar, 'x-wr-timezone');
  return {
    events: components.map((component, index) => readEvent(component, `/VEVENT/${index}`, locations)),
    calendarZone: named === null ? null : ianaZoneOf(named, locations),
    cancelsOnly,
  };
}

function parse(text: string): ICAL.Component {
  if (text.length > LONGEST_TEXT) throw fault('', `is longer than ${LONGEST_TEXT / 1024} KiB`);
  try {
    const parsed = ICAL.parse(text.replace(/^\uFEFF/, '').trim());
    if (parsed[0] === 'vcalendar') return new ICAL.Component(parsed);
  } catch {
    throw fault('', 'is not an iCalendar document (RFC 5545) that can be read');
  }
  throw fault('', 'is not one VCALENDAR');
}

/** X-LIC-LOCATION by TZID. */
function locationsOf(calendar: ICAL.Component): Zones {
  const zones = new Map<string, string>();
  for (const component of calendar.getAllSubcomponents('vtimezone')) {
    const tzid = textOf(component, 'tzid');
    const location = textOf(component, 'x-lic-location');
    if (tzid !== null && location !== null) zones.set(tzid, location);
  }
  return zones;
}

function textOf(component: ICAL.Component, name: string): string | null {
  const value: unknown = component.getFirstProperty(name)?.jCal[3];
  return typeof value === 'string' ? value : null;
}

function readEvent(component: ICAL.Component, pointer: string, locations: Zones): CalendarEvent {
  const uid = textOf(component, 'uid');
  if (!uid) throw fault(`${pointer}/UID`, 'is missing');
  if (uid.length > LONGEST_UID) throw fault(`${pointer}/UID`, `is longer than ${LONGEST_UID} characters`);
  const dates = (name: string): WallTime[] => readDates(component, name, pointer, locations);
  const recurrence = dates('recurrence-id')[0] ?? null;
  const start = dates('dtstart')[0];
  if (!start) throw fault(`${pointer}/DTSTART`, 'is missing');
  if (start.time === null) {
    const example = `DTSTART;TZID=America/New_York:${start.date.replaceAll('-', '')}T090000`;
    throw fault(`${pointer}/DTSTART`, `an all-day event has no start time: give it one, such as ${example}`);
  }
  refuseFollowing(component, pointer);
  const { rule, until } = readRule(component, pointer);
  return {
    pointer,
    uid,
    start,
    recurrence,
    rule,
    until: until === null ? null : wallTime(until, start.zone, `${pointer}/RRULE`),
    added: dates('rdate'),
    excluded: dates('exdate'),
    cancelled: textOf(component, 'status')?.toUpperCase() === 'CANCELLED',
  };
}

function refuseFollowing(component: ICAL.Component, pointer: string): void {
  if (component.getFirstProperty('recurrence-id')?.getFirstParameter('range') === undefined) return;
  throw fault(`${pointer}/RECURRENCE-ID`, 'RANGE is not supported: end the series and begin another one');
}

function readDates(component: ICAL.Component, name: string, pointer: string, locations: Zones): WallTime[] {
  const at = `${pointer}/${name.toUpperCase()}`;
  const values = component.getAllProperties(name).flatMap((property) => {
    const zone = zoneOf(property, at, locations);
    return property.jCal.slice(3).map((value: unknown) => wallTime(Array.isArray(value) ? value[0] : value, zone, at));
  });
  if (values.length > MOST_DATES_PER_EVENT) throw fault(at, `more than ${MOST_DATES_PER_EVENT} dates`);
  return values;
}

function zoneOf(property: ICAL.Property, pointer: string, locations: Zones): string | null {
  const tzid = property.getFirstParameter('tzid');
  if (tzid === undefined) return null;
  const zone = ianaZoneOf(tzid, locations);
  if (zone === null) throw fault(pointer, 'TZID is not an IANA zone: name one, such as America/New_York');
  return zone;
}

/** Reads `2026-11-18` or `2026-11-18T09:00:00`, the latter with `Z` for UTC. Seconds are dropped. */
function wallTime(value: unknown, zone: string | null, pointer: string): WallTime {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:T([01]\d|2[0-3]):([0-5]\d):(?:[0-5]\d|60)(Z?))?$/.exec(String(value));
  const date = parts?.[1] ?? '';
  if (!parts || !isCivilDate(date)) throw fault(pointer, 'is not a date, or a date and time, of the calendar');
  if (date < EARLIEST_YEAR || date.slice(0, 4) > LATEST_YEAR) {
    throw fault(pointer, `must be from ${EARLIEST_YEAR} to ${LATEST_YEAR}`);
  }
  const time = parts[2] === undefined ? null : `${parts[2]}:${parts[3]}`;
  return { date, time, zone: parts[4] === 'Z' ? 'UTC' : zone };
}
