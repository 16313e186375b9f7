import type { ProgramDocument } from '../../policy/program.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, queryRows, type Transaction } from '../database.ts';
import { inTransaction } from './in-transaction.ts';
import { writePairEntry } from './own-entries.ts';
import { type PairRecord, readPair } from './pairs.ts';
import type { ProgramLimit } from './people.ts';
import { calledAbout, programStaff, tellClimber } from './safety-cases.ts';

/** Cases that staff open, each in one transaction. */

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
  | { outcome: 'pair_closed' }
  /** An intervention is open for the pair, and one is enough (S3). */
  | { outcome: 'already_open'; caseId: string };

/** Opens a case in staff's name; a pair learns of its own by a journal entry. */
export function openCase(
  database: Database,
  given: NewCase,
  caller: { programIds: ProgramLimit; now: Instant },
): Promise<CaseOpening> {
  return inTransaction(database, async (on) => {
    // The same request once more, whose answer was lost.
    if (await isOpened(on, given.id)) return { outcome: 'opened', noted: false };
    const pair = given.pairId === null ? null : await readPair(on, given.pairId, caller.programIds);
    if (given.pairId !== null && !pair) return { outcome: 'unknown', field: 'pairId' };
    if (pair?.state === 'closed' && given.kind === 'escalation') return { outcome: 'pair_closed' };
    if (pair && given.programId !== null && given.programId !== pair.programId) {
      return { outcome: 'unknown', field: 'programId' };
    }
    const programId = pair?.programId ?? (given.programId as string);
    const inLimit = caller.programIds?.includes(programId) ?? true;
    const staff = inLimit ? await programStaff(on, programId) : null;
    if (!staff) return { outcome: 'unknown', field: 'programId' };
    if (given.personId !== null && !(await isKnown(on, given.personId, caller.programIds))) {
      return { outcome: 'unknown', field: 'personId' };
    }
    const open = pair && given.kind === 'intervention' ? await openIntervention(on, pair.id) : null;
    if (open !== null) return { outcome: 'already_open', caseId: open };
    const safety = given.kind === 'safety';
    const ladder = safety ? await calledAbout(on, pair, given.personId, staff) : [];
    await insertCase(on, given, programId, looksAfter(given, ladder, pair, staff), caller.now);
    if (pair || safety) await noteOpening(on, { programId, pair }, given, caller.now);
    return { outcome: 'opened', noted: pair !== null || safety };
  });
}

async function isOpened(on: Transaction, id: string): Promise<boolean> {
  return (await queryRows(on, 'select 1 from cases where id = $1', id)).length > 0;
}

/** The intervention that is open for a pair, which is locked: two of staff open one after the other. */
async function openIntervention(on: Transaction, pairId: string): Promise<string | null> {
  await execute(on, 'select from pairs where id = $1 for update', pairId);
  const sql = `
    select id from cases where pair_id = $1 and kind = 'intervention' and state in ('open', 'acknowledged')`;
  const [open] = await queryRows<{ id: string }>(on, sql, pairId);
  return open?.id ?? null;
}

/** Whether a person exists for the caller; a limited key sees the people of its programs only. */
async function isKnown(on: Transaction, personId: string, programIds: ProgramLimit): Promise<boolean> {
  const sql = `
    select 1 from people where id = $1 and erased_at is null and ($2::text[] is null or exists (
      select from enrolments e where e.person_id = people.id and e.program_id = any($2::text[])))`;
  return (await queryRows(on, sql, personId, programIds)).length > 0;
}

interface LooksAfter {
  assignee: string | null;
  supervisor: string | null;
  /** Whoever is on the ladder and opens a safety case has seen it (K6). */
  seen: boolean;
}

/** Safety goes to who opens it or to the first of the ladder (K6), everything else to the coordinator. */
function looksAfter(
  { by }: NewCase,
  ladder: string[],
  pair: PairRecord | null,
  program: ProgramDocument['staff'],
): LooksAfter {
  const coordinator = pair ? pair.coordinatorId : (program.coordinator ?? null);
  const supervisor = pair ? pair.supervisorId : (program.supervisor ?? null);
  const seen = ladder.includes(by);
  return { assignee: seen ? by : (ladder[0] ?? coordinator), supervisor, seen };
}

async function insertCase(
  on: Transaction,
  given: NewCase,
  programId: string,
  { assignee, supervisor, seen }: LooksAfter,
  now: Instant,
): Promise<void> {
  const sql = `
    insert into cases (id, key, owner, opened_by, kind, program_id, pair_id, person_id, state, assignee, supervisor, reason,
      facts, details, opened_at, acknowledged_at)
    values ($1, null, 'staff', $2, $3, $4, $5, $6, case when $12::boolean then 'acknowledged' else 'open' end, $7, $8, $9,
      '{}', $10::jsonb, $11::timestamptz, case when $12::boolean then $11::timestamptz end)`;
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
    seen,
  );
}

/** Tells the pair; of a safety case about nobody's pair the program, which then climbs the ladder (K6). */
async function noteOpening(
  on: Transaction,
  { programId, pair }: { programId: string; pair: PairRecord | null },
  { id: caseId, kind: caseKind, personId, pauseReminders, by }: NewCase,
  now: Instant,
): Promise<void> {
  const data = { caseId, caseKind, pauseReminders, by, ...(personId !== null && { personId }) };
  const entry = { type: 'case.opened', ref: `case.opened:${caseId}`, data, now } as const;
  if (caseKind === 'safety') await tellClimber(on, { programId, pair }, entry);
  else if (pair) await writePairEntry(on, { ...entry, pair });
}
