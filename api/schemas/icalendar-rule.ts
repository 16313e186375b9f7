import type ICAL from 'ical.js';
import { CalendarFault } from './icalendar-fault.ts';
import type { Frequency, RecurrenceRule } from './recurrence.ts';

/** The recurrence rule of an iCalendar event, as far as it can be that of a class. */

/** The rule, and its UNTIL as it is written; both null where the event has no rule. */
export interface ReadRule {
  rule: RecurrenceRule | null;
  until: string | null;
}

const frequencies: readonly string[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] satisfies Frequency[];
const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const supported = ['freq', 'interval', 'count', 'until', 'wkst', 'byday', 'bymonthday', 'bymonth', 'bysetpos'];
const LONGEST_INTERVAL = 366;

/** @throws CalendarFault */
export function readRule(component: ICAL.Component, eventPointer: string): ReadRule {
  const pointer = `${eventPointer}/RRULE`;
  const fault = (detail: string): CalendarFault => new CalendarFault([{ pointer, detail }]);
  const properties = component.getAllProperties('rrule');
  if (component.hasProperty('exrule')) throw fault('EXRULE is not supported: name the dates with EXDATE');
  if (properties.length === 0) return { rule: null, until: null };
  if (properties.length > 1) throw fault('an event may have one rule');
  const parts = properties[0]?.jCal[3] as Record<string, unknown>;
  const unknown = Object.keys(parts).find((part) => !supported.includes(part.toLowerCase()));
  if (unknown) throw fault(`${unknown.toUpperCase().slice(0, 20)} is not supported in the rule of a class`);
  const frequency = String(parts.freq);
  if (!frequencies.includes(frequency)) throw fault(`FREQ must be one of ${frequencies.join(', ')}`);
  const rule: RecurrenceRule = {
    frequency: frequency as Frequency,
    interval: integer(parts.interval ?? 1, 1, LONGEST_INTERVAL, fault),
    count: parts.count === undefined ? null : integer(parts.count, 1, Number.MAX_SAFE_INTEGER, fault),
    byDay: listOf(parts.byday).map((item) => weekdayOf(String(item), frequency, fault)),
    byMonthDay: listOf(parts.bymonthday).map((item) => integer(item, -31, 31, fault)),
    byMonth: listOf(parts.bymonth).map((item) => integer(item, 1, 12, fault)),
    bySetPosition: listOf(parts.bysetpos).map((item) => integer(item, -366, 366, fault)),
    weekStart: weekStartOf(parts.wkst, fault),
  };
  if (frequency === 'WEEKLY' && rule.byMonthDay.length > 0) throw fault('BYMONTHDAY does not go with FREQ=WEEKLY');
  return { rule, until: parts.until === undefined ? null : String(parts.until) };
}

type Fault = (detail: string) => CalendarFault;

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function integer(value: unknown, least: number, most: number, fault: Fault): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw fault(`a number from ${least} to ${most} was expected`);
  }
  return number;
}

function weekdayOf(value: string, frequency: string, fault: Fault): RecurrenceRule['byDay'][number] {
  const [, place, name] = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(value) ?? [];
  if (name === undefined) throw fault('BYDAY names something that is not a weekday');
  if (place === undefined) return { weekday: weekdays.indexOf(name), place: null };
  if (frequency !== 'MONTHLY' && frequency !== 'YEARLY')
    throw fault(`BYDAY with a number does not go with ${frequency}`);
  return { weekday: weekdays.indexOf(name), place: Number(place) };
}

/** ical.js gives the weekday as a number from 1 (Sunday), or as its name. */
function weekStartOf(value: unknown, fault: Fault): number {
  if (value === undefined) return 1;
  const weekday = typeof value === 'number' ? value - 1 : weekdays.indexOf(String(value));
  if (weekday < 0 || weekday > 6) throw fault('WKST is not a weekday');
  return weekday;
}
