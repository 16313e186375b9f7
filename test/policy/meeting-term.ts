import type { EntryData, PairEvent } from '../../policy/event.ts';
import { type Partially, type Policy, withDefaults } from '../../policy/program.ts';
import type { MeetingPromise, MeetingsPolicy } from '../../policy/sections/meetings.ts';
import { DAY, type Instant, instantOf } from '../../policy/time.ts';
import { PairTerm } from './pair-term.ts';
import { entry, newYork, type Setup } from './support.ts';

/** A pair without a class, matched on Monday, 2026-10-05 at 10:00, in a program that looks at meetings. */

const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup' };

export function documentWith(policy: Partially<Policy>) {
  return withDefaults({ name: 'Example', zone: newYork, staff, policy });
}

export function at(date: string, time = '12:00'): Instant {
  return instantOf(date, time, newYork);
}

export const weekly: MeetingPromise = { kind: 'count', meetings: 1, per: 'week' };

export function termOf(policy: Partially<Policy>, given: Setup & { matchedOn?: string } = {}): PairTerm {
  const { matchedOn = '2026-10-05', ...setup } = given;
  const matchedAt = at(matchedOn, '10:00');
  return new PairTerm({ calendar: null, matchedAt, policyDocument: documentWith(policy), ...setup });
}

/** A term of a program that looks at meetings, and promises none unless told. */
export function meetingTerm(
  meetings: Partial<MeetingsPolicy> = {},
  given: Setup & { matchedOn?: string } = {},
): PairTerm {
  return termOf({ meetings: { promise: null, ...meetings } } as Partially<Policy>, given);
}

/** A report of a meeting that was held then, in full; accepted two hours later unless told otherwise. */
export function met(by: string, instant: Instant, data: EntryData = {}, given: Partial<PairEvent> = {}): PairEvent {
  const full = { present: ['mentor_1', 'mentee_1'], given: ['activity', 'place'], mood: 4 };
  const receivedAt = instant + 2 * 3_600_000;
  return entry(
    'meeting.recorded',
    instant,
    { by, occurred: true, at: instant, ...full, ...data },
    { receivedAt, ...given },
  );
}

/** A report that leaves out everything that may be left out. */
export function barely(by: string, instant: Instant, data: EntryData = {}, given: Partial<PairEvent> = {}): PairEvent {
  const { present: _present, given: _given, mood: _mood, ...rest } = met(by, instant).data;
  return met(by, instant, { present: undefined, given: undefined, mood: undefined, ...rest, ...data }, given);
}

/** One that came so many days after the meeting; beyond a week it is history (E2). */
export function lateBy(days: number, instant: Instant): Partial<PairEvent> {
  return { receivedAt: instant + days * DAY, ...(days > 7 ? { history: true } : {}) };
}

/** Takes an earlier entry back. */
export function retraction({ type, ref }: PairEvent, instant: Instant, given: Partial<PairEvent> = {}): PairEvent {
  return entry(type, instant, { retracts: ref }, given);
}

/** The keys of what somebody heard, with the minute. */
export function heard(term: PairTerm, personId: string, step: string): string[] {
  return term.heard(personId).filter((line) => line.includes(step));
}

/** The days on which somebody heard of something. */
export function days(term: PairTerm, personId: string, step: string): string[] {
  return heard(term, personId, step).map((line) => line.slice(0, 11));
}
