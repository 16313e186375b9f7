import type { ProgramDocument } from '../../policy/program.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, queryRows, type Transaction } from '../database.ts';
import { type CaseRecord, type CaseView, readCase } from './cases.ts';
import { writePairEntry } from './own-entries.ts';
import { type PairRecord, readPair } from './pairs.ts';
import type { ProgramLimit } from './people.ts';

/** What staff do to cases: opening, acknowledging, noting, resolving. Each is one transaction. */

export interface NewCase {
  id: string;
  kind: string;
  pairId: string | null;
  personId: string | null;
  /** Only for a case of a person; a pair knows its own. */
  programId: string | null;
  reason: string;
  by: string;
  pauseReminders: boolean;
}

export type CaseOpening =
  | { outcome: 'opened'; noted: boolean }
  /** This field names what does not exist for the caller, or does not belong together. */
  | { outcome: 'unknown'; field: 'pairId' | 'personId' | 'programId' }
  | { outcome: 'pair_closed' };

/** Opens a case in staff's name; a pair learns of its own by a journal entry. */
export function openCase(
  database: Database,
  given: NewCase,
  caller: { programIds: ProgramLimit; now: Instant },
): Promise<CaseOpening> {
  return database.$transaction(async (on) => {
    const pair = given.pairId === null ? null : await readPair(on, given.pairId, caller.programIds);
    if (given.pairId !== null && !pair) return { outcome: 'unknown', field: 'pairId' };
    if (pair?.state === 'closed' && given.kind === 'escalation') return { outcome: 'pair_closed' };
    if (pair && given.programId !== null && given.programId !== pair.programId) {
      return { outcome: 'unknown', field: 'programId' };
    }
    const programId = pair?.programId ?? (given.programId as string);
    const staff = await staffOf(on, programId, caller.programIds);
    if (!staff) return { outcome: 'unknown', field: 'programId' };
    if (given.personId !== null && !(await isKnown(on, given.personId, caller.programIds))) {
      return { outcome: 'unknown', field: 'personId' };
    }
    await insertCase(on, given, programId, assigneeOf(given.kind, pair, staff), caller.now);
    if (pair) await notePair(on, pair, given, caller.now);
    return { outcome: 'opened', noted: pair !== null };
  });
}

async function staffOf(
  on: Transaction,
  programId: string,
  programIds: ProgramLimit,
): Promise<ProgramDocument['staff'] | null> {
  if (programIds !== null && !programIds.includes(programId)) return null;
  const sql = `
    select v.document->'staff' as staff from programs p
    join program_versions v on v.program_id = p.id and v.version = p.version where p.id = $1`;
  const [program] = await queryRows<{ staff: ProgramDocument['staff'] }>(on, sql, programId);
  return program?.staff ?? null;
}

/** Whether a person exists for the caller; a limited key sees the people of its programs only. */
async function isKnown(on: Transaction, personId: string, programIds: ProgramLimit): Promise<boolean> {
  const sql = `
    select 1 from people where id = $1 and erased_at is null and ($2::text[] is null or exists (
      select from enrolments e where e.person_id = people.id and e.program_id = any($2::text[])))`;
  return (await queryRows(on, sql, personId, programIds)).length > 0;
}

/** Safety goes to the first of the ladder (K6), everything else to the coordinator. */
function assigneeOf(kind: string, pair: PairRecord | null, program: ProgramDocument['staff']) {
  const coordinator = pair ? pair.coordinatorId : (program.coordinator ?? null);
  const supervisor = pair ? pair.supervisorId : (program.supervisor ?? null);
  const ladder = pair?.staff.safety ?? program.safety;
  return { assignee: kind === 'safety' ? (ladder?.[0] ?? coordinator) : coordinator, supervisor };
}

async function insertCase(
  on: Transaction,
  given: NewCase,
  programId: string,
  { assignee, supervisor }: { assignee: string | null; supervisor: string | null },
  now: Instant,
): Promise<void> {
  const sql = `
    insert into cases (id, key, owner, opened_by, kind, program_id, pair_id, person_id, state, assignee, supervisor, reason,
      facts, details, opened_at)
    values ($1, null, 'staff', $2, $3, $4, $5, $6, 'open', $7, $8, $9, '{}', $10::jsonb, $11)`;
  const { id, by, kind, pairId, personId, reason, pauseReminders } = given;
  const details = JSON.stringify(pauseReminders ? { pauseReminders } : {});
  await execute(
    on,
    sql,
    id,
    by,
    kind,
    programId,
    pairId,
    personId,
    assignee,
    supervisor,
    reason,
    details,
    new Date(now),
  );
}

async function notePair(on: Transaction, pair: PairRecord, given: NewCase, now: Instant): Promise<void> {
  const { id: caseId, kind: caseKind, pauseReminders, by } = given;
  const data = { caseId, caseKind, pauseReminders, by };
  const urgent = caseKind === 'safety';
  await writePairEntry(on, { type: 'case.opened', ref: `case.opened:${caseId}`, pair, data, now, urgent });
}

/** `ended`: the case is resolved or withdrawn, and takes nothing more. */
export type CaseChanging = { outcome: 'changed' | 'same' | 'hidden' | 'ended' };

export interface CaseCaller extends CaseView {
  now: Instant;
}

/** Somebody has seen the case; a second time changes nothing. */
export function acknowledgeCase(database: Database, id: string, by: string, caller: CaseCaller): Promise<CaseChanging> {
  return change(database, id, caller, async (on, found) => {
    if (found.state === 'acknowledged') return 'same';
    await execute(on, `update cases set state = 'acknowledged' where id = $1`, id);
    await addEntry(on, id, { by, code: 'acknowledged', text: null }, caller.now);
    return 'changed';
  });
}

export function noteOnCase(
  database: Database,
  id: string,
  note: { by: string; text: string },
  caller: CaseCaller,
): Promise<CaseChanging> {
  return change(database, id, caller, async (on) => {
    await addEntry(on, id, { ...note, code: 'note' }, caller.now);
    return 'changed';
  });
}

export interface Resolution {
  by: string;
  outcome: string;
  /** The party whom the outcome is about. */
  personId: string | null;
  note: string | null;
}

/** Ends a case; its pair learns of it by a journal entry, and what a safety case held is looked at again. */
export function resolveCase(
  database: Database,
  id: string,
  resolution: Resolution,
  caller: CaseCaller,
): Promise<CaseChanging> {
  const { by, outcome, personId, note } = resolution;
  return change(database, id, caller, async (on, found) => {
    const sql = `update cases set state = 'resolved', outcome = $2, ended_at = $3 where id = $1`;
    await execute(on, sql, id, outcome, new Date(caller.now));
    await addEntry(on, id, { by, code: 'resolved', text: note }, caller.now);
    const pair = found.pairId === null ? null : await readPair(on, found.pairId, null);
    if (pair) {
      const about = { caseId: id, caseKey: found.key, caseKind: found.kind, outcome, by };
      const data = personId === null ? about : { ...about, personId };
      await writePairEntry(on, { type: 'case.resolved', ref: `case.resolved:${id}`, pair, data, now: caller.now });
    }
    if (found.kind === 'safety') await lookAgain(on, found);
    return 'changed';
  });
}

/** Does something to an open case while its row is locked. */
function change(
  database: Database,
  id: string,
  caller: CaseCaller,
  work: (on: Transaction, found: CaseRecord) => Promise<'changed' | 'same'>,
): Promise<CaseChanging> {
  return database.$transaction(async (on) => {
    await execute(on, 'select from cases where id = $1 for update', id);
    const found = await readCase(on, id, caller);
    if (!found) return { outcome: 'hidden' };
    if (found.state !== 'open' && found.state !== 'acknowledged') return { outcome: 'ended' };
    return { outcome: await work(on, found) };
  });
}

async function addEntry(
  on: Transaction,
  caseId: string,
  { by, code, text }: { by: string; code: string; text: string | null },
  now: Instant,
): Promise<void> {
  const sql = `insert into case_entries (case_id, at, by, code, text) values ($1, $2, $3, $4, $5)`;
  await execute(on, sql, caseId, new Date(now), by, code, text);
}

/** The dispatcher looks anew at what the case held (M1). */
async function lookAgain(on: Transaction, { pairId, personId }: CaseRecord): Promise<void> {
  const sql = `
    with held as (
      select id from messages where state = 'waiting' and (pair_ids @> array[$1::text] or person_id = $2)
      order by id for update
    )
    update messages m set look_at = null from held where m.id = held.id`;
  await execute(on, sql, pairId, personId);
}
