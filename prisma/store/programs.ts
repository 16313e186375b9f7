import type { ProgramDocument } from '../../policy/program.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import { noteToLists, noteToPairs, noteToProgram } from './notes.ts';

/** One version of a program. */
export interface ProgramVersionRecord {
  id: string;
  version: number;
  document: ProgramDocument;
  applyNow: boolean;
  createdAt: Date;
}

export interface PutProgram {
  id: string;
  document: ProgramDocument;
  /** Whether pairs take the version at once instead of at their next class window (V7). */
  applyNow: boolean;
  now: Instant;
}

export interface PutProgramResult {
  version: number;
  created: boolean;
  /** When pairs take the version up; null when nothing was stored. */
  applies: 'now' | 'next_window' | null;
  /** Journal entries written. */
  noted: number;
}

interface CurrentVersion {
  version: number;
  same: boolean | null;
  /** Whether it was stored to be applied at once. */
  applyNow: boolean | null;
  /** Whether `staff` or `links` differ, which apply at once whatever the policy says (V7). */
  appliesAtOnce: boolean | null;
}

/**
 * Stores the document as the program's next version, unless it is the current one; the current one is stored again where
 * it is to be applied now and was not. Pairs get an entry each where the version is to be applied now, or where `staff` or
 * `links` changed (V7). One transaction; the program's row is locked.
 */
export function putProgram(database: Database, input: PutProgram): Promise<PutProgramResult> {
  return database.$transaction(async (on) => {
    const current = await lockCurrent(on, input);
    if (current.same && (current.applyNow || !input.applyNow)) {
      return { version: current.version, created: false, applies: null, noted: 0 };
    }
    const version = current.version + 1;
    await execute(on, 'update programs set version = $2 where id = $1', input.id, version);
    await on.programVersion.create({
      data: {
        programId: input.id,
        version,
        document: JSON.parse(JSON.stringify(input.document)),
        applyNow: input.applyNow,
        createdAt: new Date(input.now),
      },
    });
    await noteToProgram(on, { programId: input.id, what: 'document', subjectId: input.id, version, now: input.now });
    const noted = input.applyNow || current.appliesAtOnce ? await notePairs(on, input, version) : 0;
    if (current.appliesAtOnce) await noteToLists(on, { programId: input.id, version, now: input.now });
    return { version, created: version === 1, applies: input.applyNow ? 'now' : 'next_window', noted: noted + 1 };
  });
}

/** The current version, its row locked; version 0 of a program that is being made. */
async function lockCurrent(on: Transaction, { id, document, now }: PutProgram): Promise<CurrentVersion> {
  const create = `insert into programs (id, version, created_at) values ($1, 0, $2::timestamptz) on conflict do nothing`;
  await execute(on, create, id, new Date(now));
  await execute(on, 'select from programs where id = $1 for update', id);
  const compare = `
    select programs.version, stored.document = $2::jsonb as same, stored.apply_now as "applyNow",
      (stored.document->'staff' <> $2::jsonb->'staff' or stored.document->'links' <> $2::jsonb->'links') as "appliesAtOnce"
    from programs
    left join program_versions stored on stored.program_id = programs.id and stored.version = programs.version
    where programs.id = $1`;
  const [current] = await queryRows<CurrentVersion>(on, compare, id, JSON.stringify(document));
  return current as CurrentVersion;
}

function notePairs(on: Transaction, { id, applyNow, now }: PutProgram, version: number): Promise<number> {
  const data = { version, applyNow };
  return noteToPairs(on, 'program', { type: 'policy.changed', subjectId: id, version, data, now });
}

const versionColumns = `program_id as id, version, document, apply_now as "applyNow", created_at as "createdAt"`;

/** The current version of a program; null where there is no such program. */
export async function readProgram(on: Queryable, id: string): Promise<ProgramVersionRecord | null> {
  const sql = `
    select ${versionColumns} from program_versions
    where program_id = $1 order by version desc limit 1`;
  const [current] = await queryRows<ProgramVersionRecord>(on, sql, id);
  return current ?? null;
}

/**
 * Versions of a program, newest first.
 * @param before only versions lower than this one; null for the newest
 */
export function listProgramVersions(
  on: Queryable,
  id: string,
  { before, limit }: { before: number | null; limit: number },
): Promise<ProgramVersionRecord[]> {
  const sql = `
    select ${versionColumns} from program_versions
    where program_id = $1 and ($2::int is null or version < $2::int)
    order by version desc limit $3::int`;
  return queryRows(on, sql, id, before, limit);
}

/** These versions of programs, in one statement. */
export function readVersions(
  on: Queryable,
  wanted: Array<{ id: string; version: number }>,
): Promise<ProgramVersionRecord[]> {
  const sql = `
    select ${versionColumns} from program_versions
    where (program_id, version) in (select * from unnest($1::text[], $2::int[]))`;
  const [ids, versions] = [wanted.map(({ id }) => id), wanted.map(({ version }) => version)];
  return queryRows(on, sql, ids, versions);
}
