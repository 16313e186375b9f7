import { type Database, queryRows } from '../database.ts';

/** Pairs and requests whose run has not ended. */

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

/** Requests that are pending, in the order of their workflows' ids. @param after only later ones; null from the first */
export async function listOpenRequests(database: Database, after: string | null, limit: number): Promise<string[]> {
  const sql = `
    select owner from requests
    where status = 'pending' and ($1::text is null or owner > $1::text) order by owner limit $2::int`;
  return (await queryRows<{ owner: string }>(database, sql, after, limit)).map(({ owner }) => owner);
}
