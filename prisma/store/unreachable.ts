import type { MessageRow } from '../../policy/mailbox/row.ts';
import { idOf } from '../../policy/pair/context.ts';
import { DAY, type Instant } from '../../policy/time.ts';
import { type Database, execute } from '../database.ts';

/**
 * Nothing may carry a message to this person: one open case per person and program, and one mail to operations (M5),
 * which gathers like all staff mail that is not urgent.
 * Written in one statement; repeated while the case is open it changes nothing.
 */
export async function openUnreachable(database: Database, row: MessageRow, now: Instant): Promise<void> {
  const key = `unreachable/${row.programId}/${row.personId}`;
  await execute(
    database,
    `with program as (
       select p.id, v.document->'staff'->>'operations' as operations, v.document->>'zone' as zone, p.version,
         date_trunc('minute', $6::timestamptz) + make_interval(secs => 60 * (v.document#>>'{policy,messaging,gatherMinutes}')::float8) as gathered
       from programs p join program_versions v on v.program_id = p.id and v.version = p.version where p.id = $4
     ), opened as (
       insert into cases (id, key, owner, kind, program_id, pair_id, person_id, state, assignee, reason, facts, details, opened_at)
       select $1, $2, 'dispatch:people', 'unreachable', id, $5, $3, 'open', operations, 'unreachable', '{}', '{}', $6
       from program
       on conflict (key) do update set state = 'open', opened_at = excluded.opened_at, ended_at = null
         where cases.state in ('resolved', 'withdrawn')
       returning opened_at
     )
     insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, channel, shard,
       classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
       accepted_at, updated_at)
     select 'msg_' || md5(k.key), k.key, k.key, 'dispatch:people', program.id, $7::text[], program.operations, 'operations',
       'unreachable', 'email', 'urgent', $8::jsonb, $9::jsonb, program.zone, '{}', 'waiting', false, $6, program.gathered,
       $6::timestamptz + make_interval(secs => $10), program.version, '{"rule": "M5", "facts": []}'::jsonb, $6, $6
     from program, opened, lateral (select $2 || '/' || program.operations || '/' || to_char(opened.opened_at, 'YYYYMMDDHH24MISS') as key) k
     where program.operations is not null and program.operations <> $3
     on conflict (key) do nothing`,
    idOf('case', key),
    key,
    row.personId,
    row.programId,
    row.pairIds[0] ?? null,
    new Date(now),
    row.pairIds,
    JSON.stringify({ audience: 'staff', transactional: false, safety: false, urgent: false, priority: 6 }),
    JSON.stringify({ personId: row.personId, template: row.template, reason: 'unreachable' }),
    (7 * DAY) / 1000,
  );
}
