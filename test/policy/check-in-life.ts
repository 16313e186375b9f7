import fc from 'fast-check';
import type { PairEvent } from '../../policy/event.ts';
import type { Partially } from '../../policy/program.ts';
import type { CheckInsPolicy, Respondent } from '../../policy/sections/check-ins.ts';
import { DAY, HOUR, type Instant } from '../../policy/time.ts';
import { checkInTerm, documentWith, guarded } from './check-in-term.ts';
import type { PairTerm } from './pair-term.ts';

/** Whatever may happen to the check-ins of a pair in fourteen months. */

const lastDay = 420;

export const matchDays = fc
  .integer({ min: 0, max: 729 })
  .map((days) => new Date(Date.UTC(2027, 0, 1) + days * DAY).toISOString().slice(0, 10));

/** The last day of a month, by the calendar alone. */
function lengthOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] as number;
}

/** The match's day of the month so many months later, worked out by counting and not by dates. */
export function monthly(matchedOn: string, months: number): string {
  const [year, month, day] = matchedOn.split('-').map(Number) as [number, number, number];
  const index = year * 12 + (month - 1) + months;
  const [y, m] = [Math.floor(index / 12), (index % 12) + 1];
  return `${y}-${String(m).padStart(2, '0')}-${String(Math.min(day, lengthOf(y, m))).padStart(2, '0')}`;
}

export interface Life {
  contacts: Array<{ respondent: Respondent; mode: string; hours: number; lateDays: number; takenBack: boolean }>;
  pauses: Array<{ hours: number; days: number }>;
  resolutions: Array<{ respondent: Respondent; topic: string; hours: number }>;
  policies: Array<{ hours: number; checkIns: Partially<CheckInsPolicy> | null }>;
  /** All of it but the policies, in the order in which it is received. */
  events(start: Instant): PairEvent[];
}

const hours = fc.integer({ min: 1, max: lastDay * 24 - 1 });
const anyRespondent = fc.constantFrom<Respondent>('mentor', 'mentee', 'guardian');

export const lives: fc.Arbitrary<Life> = fc
  .record({
    contacts: fc.array(
      fc.record({
        respondent: anyRespondent,
        mode: fc.constantFrom('text', 'form', 'phone', 'video'),
        hours,
        lateDays: fc.constantFrom(0, 0, 0, 2, 9),
        takenBack: fc.constantFrom(false, false, false, true),
      }),
      { maxLength: 20 },
    ),
    pauses: fc.array(fc.record({ hours, days: fc.integer({ min: 1, max: 60 }) }), { maxLength: 2 }),
    resolutions: fc.array(
      fc.record({ respondent: anyRespondent, topic: fc.constantFrom('check-in-overdue', 'live-contact'), hours }),
      { maxLength: 3 },
    ),
    policies: fc.array(
      fc.record({
        hours,
        checkIns: fc.constantFrom<Partially<CheckInsPolicy> | null>(
          {},
          { windowDays: 2, overdueDays: [1, 4] },
          { everyMonths: 2, livePerQuarter: 2 },
          { firstMonthDays: [5, 15, 25], respondents: ['mentor', 'mentee'] },
          null,
        ),
      }),
      { maxLength: 3 },
    ),
  })
  .map((life) => ({
    ...life,
    policies: [...life.policies].sort((a, b) => a.hours - b.hours),
    events: (start) => eventsOf(life, start),
  }));

/** Journal entries with refs of their own, so that the same life twice is the same journal. */
function eventsOf(life: Omit<Life, 'events'>, start: Instant): PairEvent[] {
  const given = (type: PairEvent['type'], ref: string, at: Instant, data: PairEvent['data']): PairEvent => ({
    ...{ seq: 0, ref, type, at, receivedAt: at, data },
  });
  const contacts = life.contacts.flatMap(({ respondent, mode, hours: made, lateDays, takenBack }, index) => {
    const at = start + made * HOUR;
    const receivedAt = at + lateDays * DAY;
    const data = { respondent, mode, by: 'sup', safetyConcern: false };
    const recorded = { ...given('checkin.recorded', `evt_${index}~s`, at, data), receivedAt };
    const event = lateDays > 7 ? { ...recorded, history: true } : recorded;
    const back = given('checkin.recorded', `back_${index}~s`, receivedAt + 3 * DAY, { retracts: event.ref });
    return takenBack ? [event, back] : [event];
  });
  const pauses = life.pauses.map(({ hours: begun, days }, index) => {
    const from = start + begun * HOUR;
    return given('pair.paused', `pause_${index}`, from, { reason: 'away', until: from + days * DAY });
  });
  const resolutions = life.resolutions.map(({ respondent, topic, hours: ended }, index) => {
    const caseKey = `pair_17/2027-01-01/${topic}/${respondent}`;
    const about = { caseId: `case_${index}`, caseKey, caseKind: 'check-in-overdue' };
    return given('case.resolved', `resolved_${index}`, start + ended * HOUR, about);
  });
  return [...contacts, ...pauses, ...resolutions]
    .sort((a, b) => a.receivedAt - b.receivedAt || (a.ref < b.ref ? -1 : 1))
    .map((event, seq) => ({ ...event, seq }));
}

interface Options {
  /** More that happens to the same pair. */
  more?: PairEvent[];
  /** Called after each entry. */
  between?: (term: PairTerm, event: PairEvent) => void;
}

/** The pair after the whole of it. */
export function lived(matchedOn: string, life: Life, { more = [], between }: Options = {}): PairTerm {
  const term = checkInTerm(matchedOn, { mentee: guarded });
  const start = term.now;
  const changes = life.policies.map(({ hours: changed, checkIns }, index): PairEvent => {
    const at = start + changed * HOUR;
    term.world.policies.push({ at, document: documentWith(checkIns === null ? { contact: {} } : { checkIns }) });
    const data = { version: index + 2, applyNow: true };
    return { seq: 0, ref: `policy_${index}`, type: 'policy.changed', at, receivedAt: at, data };
  });
  const events = [...life.events(start), ...changes, ...more].sort((a, b) => a.receivedAt - b.receivedAt);
  for (const event of events) {
    term.give(event);
    between?.(term, event);
  }
  return term.run(start + lastDay * DAY);
}
