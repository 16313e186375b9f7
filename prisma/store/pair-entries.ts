import type { CommandName, EntryData, NoteName } from '../../policy/event.ts';
import type { Instant } from '../../policy/time.ts';
import { execute, type Transaction } from '../database.ts';

/** What Tandem itself puts on the journal of one pair, beside what it notes to many at once. */
export interface PairEntry {
  type: NoteName | CommandName;
  /** Identity; the type and what it is about, without `~`. */
  ref: string;
  pair: { id: string; owner: string; programId: string };
  data: EntryData;
  now: Instant;
  /** Digest of what the caller sent; empty where nobody compares it. */
  digest?: string;
  /** Safety goes first. */
  urgent?: boolean;
}

export async function writePairEntry(on: Transaction, entry: PairEntry): Promise<void> {
  const { type, ref, pair, data, now, digest = '', urgent = false } = entry;
  const sql = `
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at,
      received_at, history, urgent, data, state)
    values ('tandem', $1, $2, $1, $3, $4, $5, $6, $4, $7::timestamptz, $7::timestamptz, false, $8, $9::jsonb, 'recorded')`;
  const values = [ref, digest, type, pair.id, pair.owner, pair.programId, new Date(now), urgent, JSON.stringify(data)];
  await execute(on, sql, ...values);
}
