import type { Instant } from '../../policy/time.ts';
import { type Database, execute, queryRows } from '../../prisma/database.ts';
import { classify } from '../../templates/table.ts';
import { programId } from './seed.ts';

/** Reminders as a pair's say would write them: one for each of these people, all for one slot. */
export async function seedDueMessages(
  database: Database,
  people: string[],
  { slotAt, zone, channel }: { slotAt: Instant; zone: string; channel: 'email' | 'sms' },
): Promise<void> {
  const fields = { menteeId: 'mentee', sessionDate: '2026-01-07', nextSessionDate: '2026-01-14', missedDate: null };
  await execute(
    database,
    `insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel, shard,
       classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
       accepted_at, updated_at)
     select 'msg_' || id, key, key, 'pair:' || $2 || ':' || id, $2, array['pair_' || id], id, 'mentor', 'class-reminder',
       'regular', $8, 'people', $3::jsonb, $4::jsonb, $5, '{}', 'waiting', true, $6::timestamptz, $6::timestamptz,
       $6::timestamptz + interval '1 day', 1, '{"rule": "W2", "facts": []}', $7::timestamptz, $7::timestamptz
     from unnest($1::text[]) as id cross join lateral (select 'pair_' || id || '/2026-01-07/class-' || $8 as key) made`,
    people,
    programId,
    JSON.stringify(classify('class-reminder')),
    JSON.stringify(fields),
    zone,
    new Date(slotAt),
    new Date(),
    channel,
  );
}

/** How many messages meet a condition. */
export async function messagesThat(database: Database, condition: string): Promise<number> {
  const [row] = await queryRows<{ n: number }>(database, `select count(*)::int as n from messages where ${condition}`);
  return row?.n ?? 0;
}
