import type { Classification } from '../../policy/mailbox/row.ts';
import { idOf } from '../../policy/pair/context.ts';
import type { Because, Channel } from '../../policy/step.ts';
import { DAY, type Instant } from '../../policy/time.ts';
import { execute, type Queryable, queryRows } from '../database.ts';

/** Cases that Tandem itself opens for staff, outside any pair's decision, each with a message to who takes it. */

export interface StaffTask {
  /** Fixed name of what the task is about: one is open at a time. */
  key: string;
  kind: 'task' | 'unreachable';
  programId: string;
  pairIds: string[];
  personId: string | null;
  reason: string;
  /** Codes and ids for who takes it, in the case and in the message. */
  fields: Record<string, unknown>;
  because: Because;
  message: { template: string; channel: Channel; classification: Classification };
}

/** Staff messages are of use for a week; after that the case itself speaks. */
const messageFor = 7 * DAY;

/**
 * Opens a task for operations of a program and writes to them, in one statement; the mail gathers like all staff mail that
 * is not urgent. While a task with this key is open it changes nothing. Nobody is written to about themselves. Answers whether it was opened.
 */
export async function openStaffTask(on: Queryable, task: StaffTask, now: Instant): Promise<boolean> {
  const rows = await queryRows<{ opened: number }>(
    on,
    `with program as (
       select p.id, v.document->'staff'->>'operations' as operations, v.document->>'zone' as zone, p.version,
         case when $15::boolean then $5::timestamptz else date_trunc('minute', $5::timestamptz)
           + make_interval(secs => 60 * (v.document#>>'{policy,messaging,gatherMinutes}')::float8) end as not_before
       from programs p join program_versions v on v.program_id = p.id and v.version = p.version where p.id = $4
     ), opened as (
       insert into cases (id, key, owner, kind, program_id, pair_id, person_id, state, assignee, reason, facts, details, opened_at)
       select $1, $2, 'dispatch:people', $12, id, ($6::text[])[1], $3, 'open', operations, $11, '{}', $8::jsonb, $5
       from program
       on conflict (key) do update set state = 'open', opened_at = excluded.opened_at, ended_at = null,
         details = excluded.details
         where cases.state in ('resolved', 'withdrawn')
       returning opened_at
     ), told as (
       insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, channel, shard,
         classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
         accepted_at, updated_at)
       select 'msg_' || md5(k.key), k.key, k.key, 'dispatch:people', program.id, $6::text[], program.operations,
         'operations', $13, $14, 'urgent', $7::jsonb, $8::jsonb, program.zone, '{}', 'waiting', false, $5, program.not_before,
         $5::timestamptz + make_interval(secs => $9), program.version, $10::jsonb, $5, $5
       from program, opened,
         lateral (select $2 || '/' || program.operations || '/' || to_char(opened.opened_at, 'YYYYMMDDHH24MISSMS') as key) k
       where program.operations is not null and program.operations is distinct from $3
       on conflict (key) do nothing
     )
     select count(*)::int as opened from opened`,
    idOf('case', task.key),
    task.key,
    task.personId,
    task.programId,
    new Date(now),
    task.pairIds,
    JSON.stringify(task.message.classification),
    JSON.stringify(task.fields),
    messageFor / 1000,
    JSON.stringify(task.because),
    task.reason,
    task.kind,
    task.message.template,
    task.message.channel,
    task.message.classification.urgent,
  );
  return (rows[0]?.opened ?? 0) > 0;
}

/**
 * Tells operations of every program, or of these, each person once, in one statement; what was told under a key is not told
 * again. The ledger names the behaviour `rule` for it.
 * @param key what is told, without the person
 */
export async function tellOperations(
  on: Queryable,
  key: string,
  fields: Record<string, unknown>,
  message: StaffTask['message'],
  now: Instant,
  { rule = 'M10', programIds = null }: { rule?: string; programIds?: string[] | null } = {},
): Promise<number> {
  return execute(
    on,
    `insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, channel, shard,
       classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
       accepted_at, updated_at)
     select distinct on (v.document->'staff'->>'operations') 'msg_' || md5($1 || '/' || (v.document->'staff'->>'operations')),
       $1 || '/' || (v.document->'staff'->>'operations'), $1, 'dispatch:people', p.id, '{}', v.document->'staff'->>'operations',
       'operations', $2, $3, 'urgent', $4::jsonb, $5::jsonb, v.document->>'zone', '{}', 'waiting', false, $6, $6,
       $6::timestamptz + make_interval(secs => $7), p.version, jsonb_build_object('rule', $8::text, 'facts', '[]'::jsonb),
       $6, $6
     from programs p join program_versions v on v.program_id = p.id and v.version = p.version
     where v.document->'staff'->>'operations' is not null and ($9::text[] is null or p.id = any($9::text[]))
     order by v.document->'staff'->>'operations', p.id
     on conflict (key) do nothing`,
    key,
    message.template,
    message.channel,
    JSON.stringify(message.classification),
    JSON.stringify(fields),
    new Date(now),
    messageFor / 1000,
    rule,
    programIds,
  );
}
