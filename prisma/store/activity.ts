import type { Instant } from '../../policy/time.ts';
import { execute, type Transaction } from '../database.ts';

/** When people were last heard of (S8). Most of it is gathered from the journal once a day; this is what never stands there. */

const heardSql = `
  insert into person_activity (person_id, last_at)
  select id, $2::timestamptz from unnest($1::text[]) as id order by id
  on conflict (person_id) do update set last_at = excluded.last_at where person_activity.last_at < excluded.last_at`;

/** Somebody was heard of, or is back. */
export async function heardOf(on: Transaction, personIds: string[], at: Instant): Promise<void> {
  await execute(on, heardSql, personIds, new Date(at));
}
