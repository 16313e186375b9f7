import type { CodedAnswer } from '../../policy/coded-answer.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, type Queryable, queryRows } from '../database.ts';
import { inTransaction } from './in-transaction.ts';
import { type NewEntry, type Recorded, recordEntries } from './journal.ts';

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
 * Puts what a person answered on the journal, once for each identity. Their row is locked, so that nothing is written of
 * somebody who is being erased.
 * @returns null where the person was erased
 */
export function recordTaken(database: Database, personId: string, entry: NewEntry): Promise<Recorded | null> {
  return inTransaction(database, async (on) => {
    const sql = 'select id from people where id = $1 and erased_at is null for share';
    if ((await queryRows(on, sql, personId)).length === 0) return null;
    return (await recordEntries(on, [entry], null))[0] as Recorded;
  });
}

/** Whether an answer was taken under this identity. */
export async function isTaken(on: Queryable, { source, eventId }: NewEntry): Promise<boolean> {
  const sql = 'select seq from journal where source = $1 and event_id = $2';
  return (await queryRows(on, sql, source, eventId)).length > 0;
}
