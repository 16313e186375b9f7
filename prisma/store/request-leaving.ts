import type { Instant } from '../../policy/time.ts';
import { execute, queryRows, type Transaction } from '../database.ts';
import { endRequest } from './request-endings.ts';

/** What becomes of the requests of somebody who leaves: removed, or erased. The person's row is locked. */

interface PendingOf {
  id: string;
  owner: string;
  round: number;
  programId: string;
  asked: boolean;
}

/**
 * Ends everything pending of a person: what they asked is withdrawn, and whoever asked them is told that it has closed
 * (T7). Of a list it ends the mentee's own; a mentor who leaves stays on it and cannot be assigned. Answers how many ended.
 */
export async function endRequestsOf(on: Transaction, personId: string, now: Instant): Promise<number> {
  const sql = `
    select id, owner, round, program_id as "programId",
      (case when kind = 'offer' then mentor_id else mentee_id end) = $1 as asked
    from requests where status = 'pending' and (mentee_id = $1 or mentor_id = $1) order by id for update`;
  const pending = await queryRows<PendingOf>(on, sql, personId);
  for (const request of pending) {
    const status = request.asked ? 'withdrawn' : 'closed_by_staff';
    await endRequest(on, request, { status, reason: 'left', by: null }, now);
  }
  return pending.length;
}

/** Takes away every word that was exchanged in the requests of a person: each names or addresses them. */
export function eraseRequestWords(on: Transaction, personId: string): Promise<number> {
  const sql = `
    update requests set message = null, reply = null, staff_note = null
    where (mentee_id = $1 or mentor_id = $1) and (message is not null or reply is not null or staff_note is not null)`;
  return execute(on, sql, personId);
}
