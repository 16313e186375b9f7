import type { ClassCalendar, ClassSession } from '../../policy/calendar.ts';
import type { PairContext } from '../../policy/pair/context.ts';
import {
  type PairDocuments,
  type PersonDocument,
  type PolicyDocument,
  unknownPerson,
} from '../../policy/pair/documents.ts';
import type { PairState, WantedDocuments } from '../../policy/pair/state.ts';
import type { ReadDocuments } from '../../policy/pair/take-up.ts';
import type { ProgramContext } from '../../policy/program/concern.ts';
import type { ProgramDocument, StaffIds } from '../../policy/program.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, queryRows } from '../database.ts';
import { lifecycleSince } from './lifecycle-since.ts';
import { readRequestsIn } from './requests-in-program.ts';
import { readSafetyCasesIn } from './safety-in-program.ts';
import { readSentimentIn } from './sentiment-in-program.ts';

/** The documents that workflows rest on, read by id and version. */

interface OpeningRow {
  program_id: string;
  mentor_id: string;
  mentee_id: string;
  class_id: string | null;
  matched_at: Date;
  created_at: Date;
  staff: StaffIds;
  history: PairContext['history'];
  projection: { state: PairState; ctx: PairContext } | null;
}

async function readPolicy(database: Database, programId: string, version?: number): Promise<PolicyDocument> {
  const rows = await queryRows<{ version: number; document: ProgramDocument }>(
    database,
    `select v.version, v.document from program_versions v join programs p on p.id = v.program_id
     where p.id = $1 and v.version = coalesce($2::int, p.version)`,
    programId,
    version ?? null,
  );
  if (!rows[0]) throw new Error('policy version not found');
  return rows[0];
}

async function readCalendar(database: Database, classId: string, version?: number): Promise<ClassCalendar | null> {
  const rows = await queryRows<{ version: number; zone: string; ends_on: string | null; sessions: ClassSession[] }>(
    database,
    `select v.version, v.zone, v.ends_on, v.sessions from class_versions v join classes c on c.id = v.class_id
     where c.id = $1 and v.version = coalesce($2::int, c.version)`,
    classId,
    version ?? null,
  );
  const row = rows[0];
  return row ? { classId, version: row.version, zone: row.zone, endsOn: row.ends_on, sessions: row.sessions } : null;
}

interface PersonRow {
  id: string;
  leave_from: Date | null;
  leave_until: Date | null;
  available: boolean;
  is_minor: boolean;
  guardian_id: string | null;
}

async function readPeople(database: Database, ids: string[]): Promise<PersonDocument[]> {
  const rows = await queryRows<PersonRow>(
    database,
    'select id, leave_from, leave_until, available, is_minor, guardian_id from people where id = any($1::text[])',
    ids,
  );
  return rows.map((row) => ({
    id: row.id,
    isMinor: row.is_minor,
    guardianId: row.guardian_id,
    // Only a dated leave makes weeks neutral (W14); being unavailable concerns new requests alone.
    leave:
      !row.available && row.leave_from && row.leave_until
        ? { from: row.leave_from.getTime(), until: row.leave_until.getTime() }
        : null,
  }));
}

/** A pair that has ended hears of no change, and those who are called about it are the staff of today (K6). */
function withStaffOfToday<T extends { ctx: PairContext }>(archive: T, { staff, policy, mentee }: PairDocuments): T {
  const { guardianId } = mentee;
  return { ...archive, ctx: { ...archive.ctx, pairStaff: staff, programStaff: policy.document.staff, guardianId } };
}

/** What a pair's first run needs, or the state that its last run left. */
export async function readOpening(
  database: Database,
  pairId: string,
  lead: PairDocuments['lead'],
): Promise<{ documents: PairDocuments; archive: { state: PairState; ctx: PairContext } | null } | null> {
  const rows = await queryRows<OpeningRow>(
    database,
    `select program_id, mentor_id, mentee_id, class_id, matched_at, created_at, staff, history, projection
     from pairs where id = $1`,
    pairId,
  );
  const row = rows[0];
  if (!row) return null;
  const [policy, calendar, people] = await Promise.all([
    readPolicy(database, row.program_id),
    row.class_id === null ? null : readCalendar(database, row.class_id),
    readPeople(database, [row.mentor_id, row.mentee_id]),
  ]);
  const documents: PairDocuments = {
    programId: row.program_id,
    pairId,
    mentorId: row.mentor_id,
    menteeId: row.mentee_id,
    matchedAt: row.matched_at.getTime(),
    createdAt: row.created_at.getTime(),
    history: row.history,
    staff: row.staff,
    policy,
    calendar,
    mentor: people.find(({ id }) => id === row.mentor_id) ?? unknownPerson(row.mentor_id),
    mentee: people.find(({ id }) => id === row.mentee_id) ?? unknownPerson(row.mentee_id),
    lead,
  };
  return { documents, archive: row.projection && withStaffOfToday(row.projection, documents) };
}

/** The documents that journal entries have named, and the current policy where a class window opens. */
export async function readWanted(
  database: Database,
  input: { programId: string; pairId: string; wanted: WantedDocuments; currentPolicy: boolean },
): Promise<ReadDocuments> {
  const { wanted } = input;
  const read: ReadDocuments = {};
  if (input.currentPolicy) read.policy = await readPolicy(database, input.programId);
  else if (wanted.policyVersion)
    read.policy = await readPolicy(database, input.programId, wanted.policyVersion.version);
  if (wanted.classId) {
    read.calendar = wanted.classId.id === null ? null : await readCalendar(database, wanted.classId.id);
  } else if (wanted.calendarVersion !== undefined) {
    const rows = await queryRows<{ class_id: string | null }>(
      database,
      'select class_id from pairs where id = $1',
      input.pairId,
    );
    const classId = rows[0]?.class_id;
    if (classId) read.calendar = await readCalendar(database, classId);
  }
  if (wanted.personIds) read.people = await readPeople(database, wanted.personIds);
  return read;
}

/**
 * What a program's decisions rest on: its document, the last held session of each class (all that they look at: this read
 * is repeated every week and stays in the history of the run), who is on the Focus List, how its requests stand, and how it
 * feels.
 */
export async function readProgramContext(
  database: Database,
  programId: string,
  now: Instant,
): Promise<{ version: number; context: ProgramContext } | null> {
  const programs = await queryRows<{ created_at: Date; document: ProgramDocument; version: number }>(
    database,
    `select p.created_at, v.document, v.version from programs p
     join program_versions v on v.program_id = p.id and v.version = p.version where p.id = $1`,
    programId,
  );
  const program = programs[0];
  if (!program) return null;
  const classes = await queryRows<{
    class_id: string;
    version: number;
    zone: string;
    ends_on: string | null;
    sessions: ClassSession[];
  }>(
    database,
    `select v.class_id, v.version, v.zone, v.ends_on, array_remove(array[last.session], null) as sessions from classes c
     join class_versions v on v.class_id = c.id and v.version = c.version
     left join lateral (
       select session from jsonb_array_elements(v.sessions) session where session->>'state' = 'held'
       order by session->>'date' desc limit 1
     ) last on true
     where c.program_id = $1 order by c.id`,
    programId,
  );
  const focus = await queryRows<{ coordinator: string | null; supervisor: string | null }>(
    database,
    `select distinct assignee as coordinator, supervisor from cases
     where program_id = $1 and kind = 'escalation' and state in ('open', 'acknowledged')`,
    programId,
  );
  const { requests, sentiment, lifecycle } = program.document.policy;
  const since = lifecycle ? await lifecycleSince(database, programId) : null;
  const safetyCases = await readSafetyCasesIn(database, programId, now);
  const context: ProgramContext = {
    programId,
    ...(safetyCases.length > 0 ? { safetyCases } : {}),
    ...(sentiment ? { sentiment: await readSentimentIn(database, programId, program.document, now) } : {}),
    ...(requests ? { requests: await readRequestsIn(database, programId, program.document.zone, requests, now) } : {}),
    ...(since ? { lifecycleSince: since.getTime() } : {}),
    document: program.document,
    createdAt: program.created_at.getTime(),
    classes: classes.map(({ class_id, version, zone, ends_on, sessions }) => ({
      classId: class_id,
      version,
      zone,
      endsOn: ends_on,
      sessions,
    })),
    focus,
  };
  return { version: program.version, context };
}
