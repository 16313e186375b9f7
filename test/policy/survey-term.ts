import type { EntryData, PairEvent } from '../../policy/event.ts';
import { type Partially, type Policy, withDefaults } from '../../policy/program.ts';
import type { SurveysPolicy } from '../../policy/sections/surveys.ts';
import { DAY, type Instant, instantOf } from '../../policy/time.ts';
import { PairTerm } from './pair-term.ts';
import { entry, newYork } from './support.ts';

/** A pair without a class, matched on 2026-09-01 at noon, with surveys on. */

const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup' };

export function documentWith(policy: Partially<Policy>) {
  return withDefaults({ name: 'Example', zone: newYork, staff, policy });
}

export function at(date: string, time = '12:00'): Instant {
  return instantOf(date, time, newYork);
}

export function surveyTerm(
  surveys: Partial<SurveysPolicy> | null = {},
  given: { createdOn?: string; mailbox?: PairTerm['mailbox'] } = {},
): PairTerm {
  const matchedAt = at('2026-09-01');
  const createdAt = at(given.createdOn ?? '2026-09-01');
  const document = documentWith(surveys === null ? {} : { surveys });
  const term = new PairTerm({ calendar: null, matchedAt, createdAt, policy: { version: 1, document } });
  term.mailbox = given.mailbox ?? (() => ({}));
  return term;
}

/** An answer, accepted when it was given unless told otherwise. */
export function rating(by: string, instant: Instant, data: EntryData = {}, lateDays = 0): PairEvent {
  const receivedAt = instant + lateDays * DAY;
  const history = lateDays > 7 ? { history: true } : {};
  const given = { by, instrument: 'mqs', score: 4, scale: 5, ...data };
  return entry('survey.answered', instant, given, { receivedAt, ...history });
}

export function meeting(instant: Instant, given: Partial<PairEvent> = {}): PairEvent {
  return entry('meeting.recorded', instant, { by: 'mentor', occurred: true, at: instant }, given);
}

/** Takes an earlier entry back. */
export function retraction({ type, ref }: PairEvent, instant: Instant): PairEvent {
  return entry(type, instant, { retracts: ref });
}

/** The surveys that somebody was mailed, as `MM-DDTHH:MM`. */
export function asked(term: PairTerm, personId = 'mentor_1'): string[] {
  return term
    .heard(personId)
    .filter((line) => line.includes('/survey-'))
    .map((line) => line.split(' ', 1)[0] as string);
}
