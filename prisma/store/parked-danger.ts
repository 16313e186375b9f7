import { eventIdOf } from '../../policy/event.ts';
import type { Classification } from '../../policy/mailbox/row.ts';
import { type Instant, MINUTE } from '../../policy/time.ts';
import { type Database, queryRows } from '../database.ts';
import { tellOperations } from './staff-tasks.ts';

/** A pair that is made in the same breath as its first events is known by then. */
const patience = 10 * MINUTE;
const atOnce = 20;

/**
 * Events that may tell of danger and whose pair stays unknown call nobody (E3, K6): operations of the programs that their
 * sender may write to are told of each, once. Answers how many messages were written.
 */
export async function tellOfParkedDanger(
  database: Database,
  classification: Classification,
  now: Instant,
): Promise<number> {
  const parked = await queryRows<{ seq: bigint; ref: string; programIds: string[] | null }>(
    database,
    `select j.seq, j.ref, j.allowed_programs as "programIds" from journal j
     where j.state = 'parked' and j.urgent and j.received_at <= $1
       and (j.data ? 'keyword' or 'true' in (j.data->>'safetyConcern', j.data->>'discomfort'))
       and not exists (select from messages m where m.step_key = 'parked-danger/' || j.seq)
     order by j.seq limit $2::int`,
    new Date(now - patience),
    atOnce,
  );
  let told = 0;
  for (const { seq, ref, programIds } of parked) {
    const fields = { reason: 'safety_event_of_unknown_pair', subject: eventIdOf(ref) };
    const message = { template: 'task', channel: 'email', classification } as const;
    told += await tellOperations(database, `parked-danger/${seq}`, fields, message, now, { rule: 'K6', programIds });
  }
  return told;
}
