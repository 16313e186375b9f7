import type { EntryData } from '../../policy/event.ts';
import type { DoneBy } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Transaction } from '../database.ts';
import { type CaseRecord, type CaseView, readCase } from './cases.ts';
import { leave } from './effects/leave.ts';
import { inTransaction } from './in-transaction.ts';
import { writePairEntry } from './own-entries.ts';
import { readPair } from './pairs.ts';
import { cannotTake, tellClimber } from './safety-cases.ts';
import { confirmRemoval } from './sweeps/quiet.ts';

/** What staff do to cases that are open: acknowledging, noting, resolving. Each is one transaction. */

/**
 * `ended`: the case is resolved or withdrawn, and takes nothing more. `concerned`, `unknown_person`: whoever does it cannot
 * take a safety case off the hands of staff (K6).
 */
export type CaseChanging = { outcome: 'changed' | 'same' | 'hidden' | 'ended' | 'concerned' | 'unknown_person' };

export interface CaseCaller extends CaseView {
  now: Instant;
}

/** Somebody has seen the case, and one that is done by that has ended (S7); a second time changes nothing. */
export function acknowledgeCase(database: Database, id: string, by: string, caller: CaseCaller): Promise<CaseChanging> {
  return change(
    database,
    id,
    caller,
    async (on, found) => {
      const refused = await refusalOf(on, found, by);
      if (refused) return refused;
      if (found.state !== 'open') return 'same';
      const sql = `
      update cases set state = 'acknowledged', acknowledged_at = $2,
        assignee = case when kind = 'safety' then $3 else assignee end
      where id = $1`;
      await execute(on, sql, id, new Date(caller.now), by);
      await addEntry(on, id, { by, code: 'acknowledged', text: null }, caller.now);
      // Everybody may have been called again since somebody answered: then it is another answer.
      const before = found.entries.filter(({ code }) => code === 'acknowledged').length;
      const name = before === 0 ? id : `${id}:${before + 1}`;
      if (found.kind === 'safety') await noteSafety(on, found, 'case.acknowledged', { name, by }, caller.now);
      if (isDoneByAcknowledging(found)) await end(on, id, 'resolved', caller.now);
      return 'changed';
    },
    (found) => isOpen(found) || (found.state === 'resolved' && isDoneByAcknowledging(found)),
  );
}

function isOpen({ state }: CaseRecord): boolean {
  return state === 'open' || state === 'acknowledged';
}

function isDoneByAcknowledging({ details }: CaseRecord): boolean {
  return details.doneBy === ('acknowledging' satisfies DoneBy);
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
    const refused = await refusalOf(on, found, by);
    if (refused) return refused;
    await end(on, id, outcome, caller.now);
    await addEntry(on, id, { by, code: 'resolved', text: note }, caller.now);
    const data = { outcome, by, ...(personId !== null && { personId }) };
    if (found.kind === 'safety') {
      await noteSafety(on, found, 'case.resolved', { name: id, ...data }, caller.now);
      await lookAgain(on, found);
    } else if (found.pairId !== null) await notePair(on, found, data, caller.now);
    if (found.reason === confirmRemoval && outcome === 'removed') await removePerson(on, found, caller.now);
    return 'changed';
  });
}

async function end(on: Transaction, id: string, outcome: string, now: Instant): Promise<void> {
  const sql = `update cases set state = 'resolved', outcome = $2, ended_at = $3 where id = $1`;
  await execute(on, sql, id, outcome, new Date(now));
}

/** Tells who climbs the ladder of a safety case what became of it (K6). */
async function noteSafety(
  on: Transaction,
  { id, key, kind, programId, pairId }: CaseRecord,
  type: 'case.acknowledged' | 'case.resolved',
  { name, ...data }: EntryData & { name: string },
  now: Instant,
): Promise<void> {
  const pair = pairId === null ? null : await readPair(on, pairId, null);
  const about = { caseId: id, caseKey: key, caseKind: kind, ...data };
  await tellClimber(on, { programId, pair }, { type, ref: `${type}:${name}`, data: about, now });
}

/** Tells the pair that one of its cases has ended. */
async function notePair(
  on: Transaction,
  { id, key, kind, pairId }: CaseRecord,
  data: EntryData,
  now: Instant,
): Promise<void> {
  const pair = await readPair(on, pairId as string, null);
  if (!pair) return;
  const about = { caseId: id, caseKey: key, caseKind: kind, ...data };
  await writePairEntry(on, { type: 'case.resolved', ref: `case.resolved:${id}`, pair, data: about, now });
}

/** Staff confirm that somebody of whom nothing was heard has left (S8). */
async function removePerson(on: Transaction, { personId, owner }: CaseRecord, now: Instant): Promise<void> {
  if (personId === null) return;
  await execute(on, 'select from people where id = $1 for update', personId);
  await leave(on, { personId }, { owner, at: now });
}

async function refusalOf(on: Transaction, found: CaseRecord, by: string) {
  return found.kind === 'safety' ? cannotTake(on, found, by) : null;
}

/** Does something to an open case while its row is locked. */
function change(
  database: Database,
  id: string,
  caller: CaseCaller,
  work: (on: Transaction, found: CaseRecord) => Promise<CaseChanging['outcome']>,
  takes: (found: CaseRecord) => boolean = isOpen,
): Promise<CaseChanging> {
  return inTransaction(database, async (on) => {
    await execute(on, 'select from cases where id = $1 for update', id);
    const found = await readCase(on, id, caller);
    if (!found) return { outcome: 'hidden' };
    if (!takes(found)) return { outcome: 'ended' };
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

/** The dispatcher looks anew at what the case held (M1): of its pair, or of all pairs of a person or their wards. */
async function lookAgain(on: Transaction, { pairId, personId }: CaseRecord): Promise<void> {
  const sql = `
    with held as (
      select id from messages
      where state = 'waiting' and (person_id = $2 or pair_ids && case when $1::text is not null then array[$1::text] else array(
        select p.id from pairs p join people mentee on mentee.id = p.mentee_id
        where p.mentor_id = $2 or p.mentee_id = $2 or mentee.guardian_id = $2) end)
      order by id for update
    )
    update messages m set look_at = null from held where m.id = held.id`;
  await execute(on, sql, pairId, personId);
}
