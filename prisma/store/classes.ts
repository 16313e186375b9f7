import type { ClassCalendar, ClassSession } from '../../policy/calendar.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import { noteToPairs, noteToProgram } from './notes.ts';

/** A class with its current calendar. */
export interface ClassRecord {
  programId: string;
  calendar: ClassCalendar;
}

/** What a version of a calendar consists of. */
export type CalendarContent = Omit<ClassCalendar, 'classId' | 'version'>;

export interface PutClass {
  id: string;
  programId: string;
  /** Makes the new content from the calendar that stands, if there is one; called while the class is locked. */
  contentAfter(current: ClassCalendar | null): CalendarContent;
  now: Instant;
}

export type PutClassResult =
  | { outcome: 'stored'; created: boolean; noted: number; record: ClassRecord }
  /** The class belongs to that other program; nothing was changed. */
  | { outcome: 'elsewhere'; programId: string };

interface ClassRow {
  programId: string;
  classId: string;
  version: number;
  zone: string;
  endsOn: string | null;
  sessions: ClassSession[];
}

const current = `
  select classes.program_id as "programId", classes.id as "classId", classes.version,
    stored.zone, stored.ends_on as "endsOn", stored.sessions
  from classes
  join class_versions stored on stored.class_id = classes.id and stored.version = classes.version
  where classes.id = $1`;

/** A class and its current calendar; null where there is none. */
export async function readClass(on: Queryable, id: string): Promise<ClassRecord | null> {
  const [row] = await queryRows<ClassRow>(on, current, id);
  if (!row) return null;
  const { programId, ...calendar } = row;
  return { programId, calendar };
}

/**
 * Stores the next version of a calendar, unless nothing changes, and writes one entry for each pair of the class. One
 * transaction; the class's row is locked. The program has to exist.
 */
export function putClass(database: Database, input: PutClass): Promise<PutClassResult> {
  return database.$transaction(async (on) => {
    const create = `insert into classes (id, program_id, version, created_at) values ($1, $2, 0, $3::timestamptz) on conflict do nothing`;
    await execute(on, create, input.id, input.programId, new Date(input.now));
    const lock = `select program_id as "programId" from classes where id = $1 for update`;
    const [owner] = await queryRows<{ programId: string }>(on, lock, input.id);
    if (owner && owner.programId !== input.programId) return { outcome: 'elsewhere', programId: owner.programId };
    const before = (await readClass(on, input.id))?.calendar ?? null;
    const content = input.contentAfter(before);
    if (before && isSame(before, content)) {
      const record = { programId: input.programId, calendar: before };
      return { outcome: 'stored', created: false, noted: 0, record };
    }
    return storeNext(on, input, before, content);
  });
}

function isSame(before: ClassCalendar, content: CalendarContent): boolean {
  const flat = ({ zone, endsOn, sessions }: CalendarContent): string =>
    JSON.stringify([zone, endsOn, sessions.map(({ id, date, start, state }) => [id, date, start, state])]);
  return flat(before) === flat(content);
}

async function storeNext(
  on: Transaction,
  { id, programId, now }: PutClass,
  before: ClassCalendar | null,
  content: CalendarContent,
): Promise<PutClassResult> {
  const version = (before?.version ?? 0) + 1;
  await execute(on, 'update classes set version = $2 where id = $1', id, version);
  const insert = `
    insert into class_versions (class_id, version, zone, ends_on, sessions, created_at)
    values ($1, $2, $3, $4, $5::jsonb, $6::timestamptz)`;
  const sessions = JSON.stringify(content.sessions);
  await execute(on, insert, id, version, content.zone, content.endsOn, sessions, new Date(now));
  const data = { classId: id, version };
  await noteToProgram(on, { programId, what: 'calendar', subjectId: id, version, now });
  const noted = 1 + (await noteToPairs(on, 'class', { type: 'calendar.changed', subjectId: id, version, data, now }));
  const calendar = { classId: id, version, ...content };
  return { outcome: 'stored', created: before === null, noted, record: { programId, calendar } };
}
