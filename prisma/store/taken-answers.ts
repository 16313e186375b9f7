import type { CodedAnswer } from '../../policy/coded-answer.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, type Queryable, queryRows, type Transaction } from '../database.ts';
import { inTransaction } from './in-transaction.ts';
import { type NewEntry, type Recorded, recordEntries } from './journal.ts';
import { type Concern, openConcern } from './safety-cases.ts';

/** Answers that Tandem itself takes, on the journal as if the platform had sent them. */

export interface TakenAnswer {
  pairId: string;
  /** How it came, which with `key` makes it one: the same again is no other answer. */
  by: 'form' | 'text' | 'staff';
  key: string;
  /** Digest of the content: another one under the same key is a conflict. */
  digest: string;
  occurredAt: Instant;
  receivedAt: Instant;
  history: boolean;
  answer: CodedAnswer;
}

/** The entry of an answer. Its identity for others, `ref`, is an id like those that platforms give. */
export function takenEntry({ pairId, by, key, answer, ...rest }: TakenAnswer): NewEntry {
  const identity = { source: 'tandem', eventId: `${answer.type}:${by}:${key}`, ref: `${by}_${key}` };
  return { ...identity, ...answer, ...rest, subject: pairId };
}

/**
 * Puts what a person answered on the journal, once for each identity.
 * @returns null where the person was erased
 */
export function recordTaken(database: Database, personId: string, entry: NewEntry): Promise<Recorded | null> {
  return inTransaction(database, async (on) => {
    if (!(await isThere(on, personId))) return null;
    return (await recordEntries(on, [entry], null))[0] as Recorded;
  });
}

/**
 * Opens a safety case for words of an answer that cannot be taken, and keeps them there (K6).
 * @returns whether somebody is still there whom they are of
 */
export function hearWords(database: Database, concern: Concern & { personId: string }): Promise<boolean> {
  return inTransaction(database, async (on) => {
    if (!(await isThere(on, concern.personId))) return false;
    await openConcern(on, concern);
    return true;
  });
}

/** Locks the person's row, so that nothing is written of somebody who is being erased. */
async function isThere(on: Transaction, personId: string): Promise<boolean> {
  const sql = 'select id from people where id = $1 and erased_at is null for share';
  return (await queryRows(on, sql, personId)).length > 0;
}

/** Whether an answer was taken under this identity. */
export async function isTaken(on: Queryable, { source, eventId }: NewEntry): Promise<boolean> {
  const sql = 'select seq from journal where source = $1 and event_id = $2';
  return (await queryRows(on, sql, source, eventId)).length > 0;
}
