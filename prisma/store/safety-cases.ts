import type { EntryData } from '../../policy/event.ts';
import { respondents } from '../../policy/pair/check-ins/check-ins.ts';
import { idOf } from '../../policy/pair/context.ts';
import type { ProgramDocument } from '../../policy/program.ts';
import { answeredFor, ladderOf } from '../../policy/safety/ladder.ts';
import type { Instant } from '../../policy/time.ts';
import { programWorkflowId } from '../../workflows/ids.ts';
import { execute, queryRows, type Transaction } from '../database.ts';
import { writeEntry } from './own-entries.ts';
import { type PairRecord, readPair } from './pairs.ts';

/** Safety cases with a row of their own, and how those who climb the ladder learn of them (K6). */

/** Words of a person in which a safety keyword was found, outside what a platform tells of a pair. */
export interface Concern {
  programId: string;
  /** Who wrote them; null where several people share the number that they came from. */
  personId: string | null;
  pairId: string | null;
  /** What the keyword stands for. */
  code: string;
  /** Id of what was written: one case for each. */
  ref: string;
  /** The words, where nothing else keeps them. */
  text: string | null;
  now: Instant;
}

type Staff = ProgramDocument['staff'];

/** Who is called about a pair, or about a person who has none, in order. */
export async function calledAbout(
  on: Transaction,
  pair: PairRecord | null,
  personId: string | null,
  program: Staff,
): Promise<string[]> {
  if (!pair) return ladderOf({}, program, [personId]);
  const sql = 'select guardian_id as "guardianId" from people where id = $1';
  const [mentee] = await queryRows<{ guardianId: string | null }>(on, sql, pair.menteeId);
  return ladderOf(pair.staff, program, [pair.mentorId, pair.menteeId, mentee?.guardianId ?? null]);
}

/** The staff of a program, by its newest version; null where there is no such program. */
export async function programStaff(on: Transaction, programId: string): Promise<Staff | null> {
  const sql = `
    select v.document->'staff' as staff from programs p
    join program_versions v on v.program_id = p.id and v.version = p.version where p.id = $1`;
  const [program] = await queryRows<{ staff: Staff }>(on, sql, programId);
  return program?.staff ?? null;
}

/**
 * Why somebody cannot take a safety case off the hands of those who are called (K6): they are one of those whom it is about,
 * by id or by their part in the pair, or nobody knows them, who would then be called instead. Null where they can.
 */
export async function cannotTake(
  on: Transaction,
  { programId, pairId, personId }: { programId: string; pairId: string | null; personId: string | null },
  by: string,
): Promise<'concerned' | 'unknown_person' | null> {
  const pair = pairId === null ? null : await readPair(on, pairId, null);
  const sql = `
    select id, guardian_id as "guardianId" from people where id = any($1::text[]) and erased_at is null`;
  const known = await queryRows<{ id: string; guardianId: string | null }>(on, sql, [by, pair?.menteeId ?? by]);
  const guardianId = known.find(({ id }) => id === pair?.menteeId)?.guardianId;
  const about = [personId, pair?.mentorId, pair?.menteeId, guardianId, ...(pair ? respondents : [])];
  if (about.includes(by)) return 'concerned';
  if (known.some(({ id }) => id === by)) return null;
  const ladder = await calledAbout(on, pair, personId, (await programStaff(on, programId)) ?? {});
  return ladder.includes(by) ? null : 'unknown_person';
}

/** Tells who climbs the ladder of a case: its pair, or else its program; before everything else. */
export async function tellClimber(
  on: Transaction,
  { programId, pair }: { programId: string; pair: PairRecord | null },
  entry: { type: 'case.opened' | 'case.acknowledged' | 'case.resolved'; ref: string; data: EntryData; now: Instant },
): Promise<void> {
  const program = { id: programId, owner: programWorkflowId(programId), programId };
  await writeEntry(on, { ...entry, subject: pair ?? program, pairId: pair?.id ?? null, urgent: true });
}

/** The one open pair of a person in a program, a guardian's being that of their ward; null where there are none or several. */
export async function onePairOf(on: Transaction, personId: string, programId: string): Promise<string | null> {
  const sql = `
    select p.id from pairs p join people mentee on mentee.id = p.mentee_id
    where p.program_id = $2 and p.state <> 'closed' and (p.mentor_id = $1 or p.mentee_id = $1 or mentee.guardian_id = $1)
    limit 2`;
  const pairs = await queryRows<{ id: string }>(on, sql, personId, programId);
  return pairs.length === 1 ? (pairs[0] as { id: string }).id : null;
}

/**
 * Opens a case for somebody's words in the transaction that takes them, so that what it holds is held from then on; one that
 * is open for words of the same person takes them in. The same words again change nothing. Answers whether they were new.
 */
export async function openConcern(on: Transaction, concern: Concern): Promise<boolean> {
  const { programId, personId, pairId, code, ref, now } = concern;
  const pair = pairId === null ? null : await readPair(on, pairId, null);
  const open = await openCaseFor(on, concern);
  if (open !== null && !(await addLine(on, open, 'concern_again', concern))) return false;
  if (open !== null) await callAgain(on, open, now);
  const caseId = open ?? (await insertCase(on, concern, pair));
  if (caseId === null) return false;
  if (open === null) await addLine(on, caseId, 'written_in', concern);
  const about = { caseId, caseKey: null, caseKind: 'safety', keyword: code };
  const data = personId === null ? about : { ...about, personId };
  await tellClimber(on, { programId, pair }, { type: 'case.opened', ref: `case.opened:${caseId}:${ref}`, data, now });
  return true;
}

/** The case that is open for earlier words of the same person about the same pair, locked; null where there is none. */
async function openCaseFor(on: Transaction, { programId, personId, pairId }: Concern): Promise<string | null> {
  const sql = `
    select id from cases
    where kind = 'safety' and owner = 'intake' and state in ('open', 'acknowledged') and program_id = $1
      and person_id is not distinct from $2 and pair_id is not distinct from $3
    order by opened_at desc limit 1 for update`;
  const [open] = await queryRows<{ id: string }>(on, sql, programId, personId, pairId);
  return open?.id ?? null;
}

/** Everybody is called again where somebody answered long ago, as the pair decides of the same words. */
async function callAgain(on: Transaction, caseId: string, now: Instant): Promise<void> {
  const sql = `
    update cases set state = 'open', acknowledged_at = null, details = details || jsonb_build_object('callingSince', $2::int8)
    where id = $1 and state = 'acknowledged' and acknowledged_at <= $3`;
  await execute(on, sql, caseId, now, new Date(now - answeredFor));
}

/** Id of the new case; null when there is one for these words already. */
async function insertCase(on: Transaction, concern: Concern, pair: PairRecord | null): Promise<string | null> {
  const { programId, personId, code, ref, now } = concern;
  const staff = (await programStaff(on, programId)) ?? {};
  const ladder = await calledAbout(on, pair, personId, staff);
  const key = `${programId}/${ref}/${personId ?? pair?.id ?? ''}/safety`;
  const insertSql = `
    insert into cases (id, key, owner, kind, program_id, pair_id, person_id, state, assignee, supervisor, reason, facts,
      details, opened_at)
    values ($1, $2, 'intake', 'safety', $3, $4, $5, 'open', $6, $7, 'keyword', '{}', $8::jsonb, $9)
    on conflict (key) do nothing`;
  const assignee = ladder[0] ?? pair?.coordinatorId ?? staff.coordinator ?? null;
  const supervisor = pair ? pair.supervisorId : (staff.supervisor ?? null);
  const whom = [programId, pair?.id ?? null, personId, assignee, supervisor];
  const details = JSON.stringify({ keyword: code });
  const id = idOf('case', key);
  return (await execute(on, insertSql, id, key, ...whom, details, new Date(now))) > 0 ? id : null;
}

/** Says in the case where the words are to be found, or keeps them; answers whether that was new. */
async function addLine(
  on: Transaction,
  caseId: string,
  code: 'written_in' | 'concern_again',
  { ref, personId, text, now }: Concern,
): Promise<boolean> {
  const sql = `
    insert into case_entries (case_id, at, by, code, text) select $1, $2, $3, $4, $5
    where not exists (select from case_entries where case_id = $1 and code in ('written_in:' || $6, 'concern_again:' || $6))`;
  const by = text === null ? 'tandem' : (personId ?? 'tandem');
  return (await execute(on, sql, caseId, new Date(now), by, `${code}:${ref}`, text, ref)) > 0;
}
