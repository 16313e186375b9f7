import { queryRows, type Transaction } from '../database.ts';

/**
 * Sends that were taken for not sent, and are reported on all the same: where every message of one still waits, they are
 * unknown again, so that nothing is sent twice (M9). The sends must be locked. Answers whether any was.
 */
export async function reopenDisproved(tx: Transaction, sendIds: string[]): Promise<boolean> {
  if (sendIds.length === 0) return false;
  const lock = `
    select m.id from messages m join sends s on m.id = any(s.message_ids)
    where s.id = any($1::text[]) order by m.id for update of m`;
  await queryRows(tx, lock, sendIds);
  const rows = await queryRows(
    tx,
    `with disproved as (
       select s.id, s.message_ids from sends s
       where s.id = any($1::text[]) and s.state = 'not_sent' and not exists (
         select 1 from messages m where m.id = any(s.message_ids) and (m.state <> 'waiting' or m.send_id is not null))
     ), reopened as (
       update sends s set state = 'unknown', ended_at = null from disproved d where s.id = d.id
     )
     update messages m set state = 'unknown', send_id = d.id, look_at = null from disproved d
     where m.id = any(d.message_ids) returning m.id`,
    sendIds,
  );
  return rows.length > 0;
}
