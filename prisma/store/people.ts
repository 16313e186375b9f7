import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import { heardOf } from './activity.ts';
import { noteToPairs } from './notes.ts';
import { withdrawTold } from './sweeps/told.ts';

/** Programs that a caller is limited to; null means all. People enrolled in none of them do not exist for it. */
export type ProgramLimit = readonly string[] | null;

export interface EnrolmentInput {
  programId: string;
  role: string;
  /** Null: as it stands, or now for a new one. */
  joinedAt: Instant | null;
  profileComplete: boolean;
}

/** What a platform says of a person; null where there is nothing to say. */
export interface PersonProfile {
  name: string;
  zone: string | null;
  locale: string | null;
  email: string | null;
  phone: string | null;
  isMinor: boolean;
  guardianId: string | null;
  /** Pairs as a mentor; null for any number. */
  capacityMentor: number | null;
  capacityMentee: number | null;
}

export interface Absence {
  available: boolean;
  leaveFrom: Date | null;
  leaveUntil: Date | null;
  unavailableReason: string | null;
}

/** Why a mentor is unavailable who is not to be matched again (T6): it stands until somebody says that they are available. */
export const notToBeMatched = 'no_rematch';

export interface PersonRecord extends PersonProfile, Absence {
  id: string;
  version: number;
  enrolments: Array<{ programId: string; role: string; state: string; joinedAt: Date; profileComplete: boolean }>;
}

/** `hidden`: the person exists, but not for this caller. */
export type PersonChange =
  | { outcome: 'stored'; version: number; created: boolean; noted: number }
  | { outcome: 'hidden' };

export interface PutPerson {
  id: string;
  profile: PersonProfile;
  /** Take the place of all enrolments in `programIds`; those elsewhere stay untouched. */
  enrolments: EnrolmentInput[];
  programIds: ProgramLimit;
  now: Instant;
}

/** A person with the enrolments inside the limit; null where there is none for the caller. */
export async function readPerson(on: Queryable, id: string, programIds: ProgramLimit): Promise<PersonRecord | null> {
  const inside = programIds === null ? {} : { programId: { in: [...programIds] } };
  const person = await on.person.findUnique({
    where: { id, erasedAt: null },
    include: { enrolments: { where: inside, orderBy: [{ programId: 'asc' }, { role: 'asc' }] } },
  });
  if (!person || (programIds !== null && person.enrolments.length === 0)) return null;
  return person;
}

/** Locks a person's row until the transaction ends, and reads it as `readPerson` does. */
export async function lockPerson(on: Transaction, id: string, programIds: ProgramLimit): Promise<PersonRecord | null> {
  await execute(on, 'select from people where id = $1 for update', id);
  return readPerson(on, id, programIds);
}

/**
 * Makes a person or replaces what is said of one. The version grows when anything changes; pairs get an entry each when
 * guardian or age does. One transaction.
 */
export function putPerson(database: Database, input: PutPerson): Promise<PersonChange> {
  return database.$transaction(async (on) => {
    const created = (await insertPerson(on, input)) === 1;
    const current = await lockPerson(on, input.id, created ? null : input.programIds);
    if (!current) return { outcome: 'hidden' };
    const enrolmentsChanged = await replaceEnrolments(on, current, input);
    const profileChanged = !isSame(current, input.profile);
    if (!created && !enrolmentsChanged && !profileChanged) {
      return { outcome: 'stored', version: current.version, created, noted: 0 };
    }
    const version = current.version + 1;
    await on.person.update({
      where: { id: input.id },
      data: { ...input.profile, version, updatedAt: new Date(input.now) },
    });
    const concernsPairs = current.isMinor !== input.profile.isMinor || current.guardianId !== input.profile.guardianId;
    const noted = concernsPairs ? await notePairs(on, input.id, version, input.now) : 0;
    return { outcome: 'stored', version, created, noted };
  });
}

/** How many mentors of these programs have an incomplete profile; programs without any are left out. */
export async function incompleteMentors(
  on: Queryable,
  programIds: string[],
): Promise<Array<{ programId: string; count: number }>> {
  if (programIds.length === 0) return [];
  const sql = `
    select program_id as "programId", count(*)::int as count from enrolments
    where program_id = any($1::text[]) and role = 'mentor' and state = 'active' and not profile_complete
    group by program_id order by program_id`;
  return queryRows(on, sql, programIds);
}

/**
 * Marks a person available or not, and tells their pairs. One transaction. A leave of somebody who is not to be matched again
 * counts for the pairs that they have, and leaves that as it is (T6).
 */
export function putAvailability(
  database: Database,
  input: { id: string; absence: Absence; programIds: ProgramLimit; now: Instant },
): Promise<PersonChange> {
  const { id, programIds, now } = input;
  return database.$transaction(async (on) => {
    const current = await lockPerson(on, id, programIds);
    if (!current) return { outcome: 'hidden' };
    const absence = withStandingMark(input.absence, current);
    if (isSame(current, absence)) return { outcome: 'stored', version: current.version, created: false, noted: 0 };
    const version = await raiseVersion(on, current, now);
    await on.person.update({ where: { id }, data: absence });
    // Who is back is not taken for quiet at once.
    if (absence.available) await heardOf(on, [id], now);
    return { outcome: 'stored', version, created: false, noted: await notePairs(on, id, version, now) };
  });
}

function withStandingMark(absence: Absence, current: Absence): Absence {
  const stands = !absence.available && !current.available && current.unavailableReason === notToBeMatched;
  return stands ? { ...absence, unavailableReason: notToBeMatched } : absence;
}

/** Counts a change of the locked person; answers the new version. */
export async function raiseVersion(on: Transaction, current: PersonRecord, now: Instant): Promise<number> {
  const version = current.version + 1;
  await on.person.update({ where: { id: current.id }, data: { version, updatedAt: new Date(now) } });
  return version;
}

function insertPerson(on: Transaction, { id, profile, now }: PutPerson): Promise<number> {
  const sql = `
    insert into people (id, version, name, is_minor, available, created_at, updated_at)
    values ($1, 0, $2, $3, true, $4::timestamptz, $4::timestamptz) on conflict do nothing`;
  return execute(on, sql, id, profile.name, profile.isMinor, new Date(now));
}

function notePairs(on: Transaction, id: string, version: number, now: Instant): Promise<number> {
  const data = { personId: id, version };
  return noteToPairs(on, 'person', { type: 'person.changed', subjectId: id, version, data, now });
}

/** Whether the person says already what is to be said. */
function isSame(current: PersonRecord, change: PersonProfile | Absence): boolean {
  return Object.entries(change).every(([name, value]) => {
    const stands = current[name as keyof PersonRecord];
    return value instanceof Date && stands instanceof Date ? value.getTime() === stands.getTime() : stands === value;
  });
}

/** Answers whether anything changed. */
async function replaceEnrolments(on: Transaction, current: PersonRecord, input: PutPerson): Promise<boolean> {
  const inside = current.enrolments.filter(({ programId }) => input.programIds?.includes(programId) ?? true);
  const keyOf = ({ programId, role }: { programId: string; role: string }): string => `${programId}/${role}`;
  const wanted = new Set(input.enrolments.map(keyOf));
  const standing = new Map(inside.map((enrolment) => [keyOf(enrolment), enrolment]));
  const gone = inside.filter((enrolment) => !wanted.has(keyOf(enrolment)));
  const changed = input.enrolments.filter((enrolment) => {
    const stands = standing.get(keyOf(enrolment));
    const sameStart = enrolment.joinedAt === null || enrolment.joinedAt === stands?.joinedAt.getTime();
    return !stands || !sameStart || enrolment.profileComplete !== stands.profileComplete;
  });
  for (const enrolment of gone) await endEnrolment(on, input, enrolment);
  for (const enrolment of changed) await putEnrolment(on, input, enrolment);
  return gone.length > 0 || changed.length > 0;
}

/** What the program still meant to ask of somebody who is not enrolled any more is not asked. */
async function endEnrolment(
  on: Transaction,
  { id: personId, now }: PutPerson,
  { programId, role }: Pick<EnrolmentInput, 'programId' | 'role'>,
): Promise<void> {
  const where = { personId_programId_role: { personId, programId, role } };
  await on.enrolment.update({ where, data: { stateAt: new Date(now) } });
  await on.enrolment.delete({ where });
  const told = { programId, personIds: [personId] };
  for (const template of ['cohort-opt-out', 'inactivity-notice']) await withdrawTold(on, { ...told, template }, now);
}

async function putEnrolment(on: Transaction, { id, now }: PutPerson, enrolment: EnrolmentInput): Promise<void> {
  const { programId, role, joinedAt, profileComplete } = enrolment;
  const start = joinedAt === null ? {} : { joinedAt: new Date(joinedAt) };
  await on.enrolment.upsert({
    where: { personId_programId_role: { personId: id, programId, role } },
    create: {
      personId: id,
      programId,
      role,
      state: 'active',
      joinedAt: new Date(now),
      stateAt: new Date(now),
      profileComplete,
      ...start,
    },
    update: { profileComplete, ...start },
  });
}
