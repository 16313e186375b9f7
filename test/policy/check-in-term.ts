import type { PairEvent } from '../../policy/event.ts';
import { type CheckInRecord, checkInState } from '../../policy/pair/check-ins/state-at.ts';
import { type Partially, type Policy, withDefaults } from '../../policy/program.ts';
import type { Respondent } from '../../policy/sections/check-ins.ts';
import { RecordList } from '../../policy/simulate/records.ts';
import { DAY, type Instant, instantOf } from '../../policy/time.ts';
import { PairTerm } from './pair-term.ts';
import { entry, newYork } from './support.ts';

/** A pair of a minor with a guardian and no class, matched at noon, with check-ins on. */

export const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup' };
export const guarded = { id: 'mentee_1', leave: null, isMinor: true, guardianId: 'guardian_1' };

export function documentWith(policy: Partially<Policy>) {
  return withDefaults({ name: 'Example', zone: newYork, staff, policy });
}

export function at(date: string, time = '12:00'): Instant {
  return instantOf(date, time, newYork);
}

export function checkInTerm(
  matchedOn: string,
  given: { policy?: Partially<Policy>; createdOn?: string; mentee?: typeof guarded } = {},
): PairTerm {
  const { policy = { checkIns: {} }, createdOn = matchedOn, mentee = guarded } = given;
  const matchedAt = at(matchedOn);
  const createdAt = at(createdOn);
  return new PairTerm({
    calendar: null,
    matchedAt,
    createdAt,
    mentee,
    policy: { version: 1, document: documentWith(policy) },
  });
}

/** A contact with a respondent, recorded as it was made unless told otherwise. */
export function contact(
  respondent: Respondent,
  instant: Instant,
  given: { mode?: string; by?: string; lateDays?: number } = {},
): PairEvent {
  const { mode = 'text', by = 'coord', lateDays = 0 } = given;
  const receivedAt = instant + lateDays * DAY;
  const history = lateDays > 7 ? { history: true } : {};
  return entry('checkin.recorded', instant, { respondent, mode, by, safetyConcern: false }, { receivedAt, ...history });
}

/** The questions that somebody got, as `date time`. */
export function asked(term: PairTerm, personId = 'mentor_1'): string[] {
  return term
    .heard(personId)
    .filter((line) => /\/check-in-(mentor|mentee|guardian)$/.test(line))
    .map((line) => line.slice(0, 11));
}

/** What somebody of the staff got, as `date time step`. */
export function told(term: PairTerm, personId: string): string[] {
  return term.heard(personId).map((line) => {
    const [time, key] = line.split(' ') as [string, string];
    return `${time} ${key.split('/')[1]}`;
  });
}

/** Every check-in that the pair has recorded, as reports read it. */
export function records(term: PairTerm): CheckInRecord[] {
  const list = new RecordList();
  for (const { decision } of term.decisions) list.say('pair_17', decision.records);
  return list
    .all()
    .filter(({ kind }) => kind === 'check-in')
    .map(({ data }) => data as unknown as CheckInRecord);
}

/** How every check-in of one respondent stands now, by its due day. */
export function standing(term: PairTerm, respondent: Respondent = 'mentor'): Record<string, string> {
  const own = records(term).filter((record) => record.respondent === respondent);
  const states = own.map((record): [string, string] => [record.dueOn, checkInState(record, term.now)]);
  return Object.fromEntries(states.sort());
}

/** Staff take up a new document at once. */
export function changePolicy(term: PairTerm, policy: Partially<Policy>): void {
  term.world.policies.push({ at: term.now, document: documentWith(policy) });
  const version = term.world.policies.length;
  term.give(entry('policy.changed', term.now, { version, applyNow: true }));
}

/** Staff end a case. */
export function resolve(key: string, at: Instant): PairEvent {
  return entry('case.resolved', at, { caseId: `of ${key}`, caseKey: key, caseKind: 'check-in-overdue' });
}
