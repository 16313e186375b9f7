import { WorkflowNotFoundError } from '@temporalio/client';
import { createNudger, temporalNudge } from '../../../activities/nudger.ts';
import { DAY } from '../../../policy/time.ts';
import { type Database, execute, queryRows } from '../../../prisma/database.ts';
import { classify } from '../../../templates/table.ts';
import { type DispatchShard, dispatchWorkflowId } from '../../../workflows/ids.ts';
import { workflowTaskQueue } from '../../../workflows/messages.ts';
import { noonZone, programId, seedPeople, seedProgram } from './seeds.ts';
import type { World } from './world.ts';

/** Many reminders that are due at once, one for each of many people, as pairs would have written them. */

/** Ids of the messages of a burst. */
export async function seedBurst(database: Database, count: number): Promise<string[]> {
  await seedProgram(database);
  await seedPeople(database, 'mentor', count);
  await seedPeople(database, 'mentee', 1);
  const now = Date.now();
  const rows = await queryRows<{ id: string }>(
    database,
    `insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel,
       shard, classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version,
       because, accepted_at, updated_at)
     select 'msg' || n, 'pair' || n || '/reminder', 'pair' || n || '/reminder', 'pair:' || $1 || ':pair' || n, $1,
       array['pair' || n], 'mentor' || n, 'mentor', 'class-reminder', 'regular', 'email', 'people', $3::jsonb, $4::jsonb,
       $5, '{}', 'waiting', true, $6, $6, $7, 1, '{"rule": "W2", "facts": []}', $6, $6
     from generate_series(0, $2::int - 1) n returning id`,
    programId,
    count,
    JSON.stringify(classify('class-reminder')),
    JSON.stringify({ menteeId: 'mentee0', sessionDate: new Date(now).toISOString().slice(0, 10) }),
    noonZone(),
    new Date(now - 60_000),
    new Date(now + DAY),
  );
  return rows.map(({ id }) => id);
}

/** Wakes the dispatcher, as a writer of rows does. */
export async function nudge({ client }: Pick<World, 'client'>, shard: DispatchShard = 'people'): Promise<void> {
  await createNudger(temporalNudge(client, () => undefined, workflowTaskQueue)).nudge(shard);
}

/**
 * Begins a new run of the dispatcher, as an operator may. The run before would wait for the pass of a killed worker until
 * that has timed out.
 */
export async function startDispatcherAnew(world: Pick<World, 'client'>): Promise<void> {
  const handle = world.client.workflow.getHandle(dispatchWorkflowId('people'));
  await handle.terminate('a new run').catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
  await nudge(world);
}

export interface Ledger {
  waiting: number;
  sent: number;
  /** Sends that are claimed, or unknown. */
  open: number;
}

export async function ledger(database: Database): Promise<Ledger> {
  const [row] = await queryRows<Record<keyof Ledger, bigint>>(
    database,
    `select (select count(*) from messages where state = 'waiting') as waiting,
       (select count(*) from messages where state = 'sent') as sent,
       (select count(*) from sends where state in ('claimed', 'unknown')) as open`,
  );
  return { waiting: Number(row?.waiting), sent: Number(row?.sent), open: Number(row?.open) };
}

/** Ids of the messages whose send is open. */
export async function openMessages(database: Database): Promise<string[]> {
  const sql = `
    select m.id from messages m join sends s on s.id = m.send_id where s.state in ('claimed', 'unknown') order by m.id`;
  return (await queryRows<{ id: string }>(database, sql)).map(({ id }) => id);
}

/** Every open send is taken for one that never went, without asking: what M9 forbids. */
export async function guessNotSent(database: Database): Promise<void> {
  await execute(
    database,
    `with given_up as (update sends set state = 'not_sent' where state in ('claimed', 'unknown') returning id)
     update messages m set state = 'waiting', send_id = null, look_at = null from given_up where m.send_id = given_up.id`,
  );
}

/** Every open send is taken for one that went, without asking. */
export async function guessSent(database: Database): Promise<void> {
  await execute(
    database,
    `with believed as (update sends set state = 'accepted' where state in ('claimed', 'unknown') returning id)
     update messages m set state = 'sent' from believed where m.send_id = believed.id`,
  );
}
