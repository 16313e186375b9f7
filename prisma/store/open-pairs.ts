import { type Database, queryRows } from '../database.ts';

/** Pairs whose run has not ended, in the order of their ids. */

export interface OpenPair {
  id: string;
  /** Id of its workflow. */
  owner: string;
}

/** @param after only pairs whose ids come later; null from the first */
export function listOpenPairs(database: Database, after: string | null, limit: number): Promise<OpenPair[]> {
  const sql = `
    select id, owner from pairs
    where completed_at is null and ($1::text is null or id > $1::text)
    order by id limit $2::int`;
  return queryRows<OpenPair>(database, sql, after, limit);
}

/** How many there are after that id. */
export async function countOpenPairs(database: Database, after: string | null): Promise<number> {
  const sql = 'select count(*) as count from pairs where completed_at is null and ($1::text is null or id > $1::text)';
  const [row] = await queryRows<{ count: bigint }>(database, sql, after);
  return Number(row?.count ?? 0);
}
