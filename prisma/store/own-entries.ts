import type { CommandName, EntryData, NoteName, RequestEntryName } from '../../policy/event.ts';
import type { Instant } from '../../policy/time.ts';
import { queryRows, type Transaction } from '../database.ts';

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
  const { pair, ...rest } = entry;
  await writeEntry(on, { ...rest, subject: pair, pairId: pair.id });
}

/** What Tandem itself puts on the journal of a pair or of a request. */
export interface OwnEntry extends Omit<PairEntry, 'pair' | 'type'> {
  type: NoteName | CommandName | RequestEntryName;
  subject: { id: string; owner: string; programId: string };
  pairId: string | null;
  /** The relay leaves it alone for so long, since its workflow has it already; 0 unless told. */
  leaseSeconds?: number;
}

/** Writes the entry; answers its position on the journal. */
export async function writeEntry(on: Transaction, entry: OwnEntry): Promise<number> {
  const { type, ref, subject, pairId, data, now, digest = '', urgent = false, leaseSeconds = 0 } = entry;
  const sql = `
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at,
      received_at, history, urgent, data, state, lease_until)
    values ('tandem', $1, $2, $1, $3, $4, $5, $6, $10, $7::timestamptz, $7::timestamptz, false, $8, $9::jsonb, 'recorded',
      case when $11::int > 0 then now() + make_interval(secs => $11::int) end)
    returning seq`;
  const about = [type, subject.id, subject.owner, subject.programId, new Date(now), urgent, JSON.stringify(data)];
  const [row] = await queryRows<{ seq: bigint }>(on, sql, ref, digest, ...about, pairId, leaseSeconds);
  return Number((row as { seq: bigint }).seq);
}
