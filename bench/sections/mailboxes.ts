import { setTimeout as sleep } from 'node:timers/promises';
import { createNudger, temporalNudge } from '../../activities/nudger.ts';
import { DAY } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { classify } from '../../templates/table.ts';
import { workflowTaskQueue } from '../../workflows/messages.ts';
import { atMost, type Figure } from '../support/figures.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, seconds, until } from '../support/section.ts';
import { documentOf, pairIdsOf, programId, seedPeople, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { startServers } from '../support/servers.ts';
import { startTandem, type Tandem } from '../support/tandem.ts';

const targetSeconds = 15;

/** Ten thousand messages in as many mailboxes for one slot: looked at ahead, claimed and handed over when it comes. */
export async function mailboxes(bench: Bench): Promise<Figure[]> {
  const count = bench.quick ? 1000 : 10_000;
  return inScope(async (scope) => {
    const servers = await startServers(scope);
    const tandem = await startTandem(scope, servers);
    const { database } = tandem;
    const now = Date.now();
    const calendar = weeklyCalendar(now, 1, 4);
    await seedProgram(database, documentOf(calendar.zone, {}), calendar, now - 3 * DAY);
    const people = pairIdsOf('mentor', count);
    await seedPeople(database, [...people, 'mentee'], new Date(now));
    const slotAt = Date.now() + 15_000 + count * 6;
    await seedMessages(tandem, people, slotAt, calendar.zone);
    const nudger = createNudger(temporalNudge(servers.client, () => undefined, workflowTaskQueue));
    bench.say('looking at the mailboxes');
    const looking = await seconds(async () => {
      await nudger.nudge('people');
      await until('mailboxes looked at', async () => (await countOf(tandem, 'look_at is not null')) === count);
    });
    if (Date.now() > slotAt) throw new Error('the mailboxes were not looked at before the slot');
    bench.say('waiting for the slot');
    await sleep(slotAt - Date.now());
    await until('messages sent', async () => (await countOf(tandem, `state = 'sent'`)) === count, {
      withinSeconds: 60,
    });
    const [row] = await queryRows<{ last: Date }>(database, 'select max(ended_at) as last from sends');
    const [told] = await queryRows<{ last: Date }>(database, 'select max(claimed_at) as last from sends');
    const late = (Math.max(row?.last.getTime() ?? 0, told?.last.getTime() ?? 0) - slotAt) / 1000;
    return [
      atMost(`${count} messages due at once: last after`, late, targetSeconds, 's'),
      { what: '  handed over', tandem: `${(count / late).toFixed(0)}/s` },
      { what: '  decided ahead of the slot', tandem: `${(count / looking).toFixed(0)}/s` },
    ];
  });
}

async function countOf({ database }: Tandem, condition: string): Promise<number> {
  const [row] = await queryRows<{ n: number }>(database, `select count(*)::int as n from messages where ${condition}`);
  return row?.n ?? 0;
}

/** Reminders as a pair's say would write them. */
async function seedMessages({ database }: Tandem, people: string[], slotAt: number, zone: string): Promise<void> {
  const fields = { menteeId: 'mentee', sessionDate: '2026-01-07', nextSessionDate: '2026-01-14', missedDate: null };
  await execute(
    database,
    `insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel, shard,
       classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
       accepted_at, updated_at)
     select 'msg_' || id, key, key, 'pair:' || $2 || ':' || id, $2, array['pair_' || id], id, 'mentor', 'class-reminder',
       'regular', 'email', 'people', $3::jsonb, $4::jsonb, $5, '{}', 'waiting', true, $6::timestamptz, $6::timestamptz,
       $6::timestamptz + interval '1 day', 1, '{"rule": "W2", "facts": []}', $7::timestamptz, $7::timestamptz
     from unnest($1::text[]) as id cross join lateral (select 'pair_' || id || '/2026-01-07/class-email' as key) made`,
    people,
    programId,
    JSON.stringify(classify('class-reminder')),
    JSON.stringify(fields),
    zone,
    new Date(slotAt),
    new Date(),
  );
}
