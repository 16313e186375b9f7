import { type Queryable, queryRows } from '../../database.ts';

const pairsAtOnce = 100;

/**
 * Every pair of a program, some at a time and in the order of their ids, so that a report over all of them needs the memory
 * of a few. What is written meanwhile is in it or not, pair by pair.
 */
export async function* pairBatches(on: Queryable, programId: string): AsyncGenerator<string[]> {
  const sql = 'select id from pairs where program_id = $1 order by id collate "C"';
  const ids = (await queryRows<{ id: string }>(on, sql, programId)).map(({ id }) => id);
  for (let from = 0; from < ids.length; from += pairsAtOnce) yield ids.slice(from, from + pairsAtOnce);
}
