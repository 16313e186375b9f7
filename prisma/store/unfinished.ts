import type { Instant } from '../../policy/time.ts';
import { type Database, queryRows } from '../database.ts';

/** What is still under way: entries not applied, sends not settled, rows that a dispatcher has to look at by `now`. */
export interface UnfinishedWork {
  entries: number;
  sends: number;
  rows: number;
}

export async function unfinishedWork(database: Database, now: Instant): Promise<UnfinishedWork> {
  const rows = await queryRows<{ entries: bigint; sends: bigint; rows: bigint }>(
    database,
    `select (select count(*) from journal where state in ('recorded', 'asked')) as entries,
       (select count(*) from sends where state in ('claimed', 'unknown')) as sends,
       (select count(*) from messages where state = 'waiting' and (look_at is null or look_at <= $1)) as rows`,
    new Date(now),
  );
  const row = rows[0];
  return { entries: Number(row?.entries ?? 0), sends: Number(row?.sends ?? 0), rows: Number(row?.rows ?? 0) };
}
