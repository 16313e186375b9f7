import { setTimeout as sleep } from 'node:timers/promises';
import { createNudger, temporalNudge } from '../../activities/nudger.ts';
import { DAY } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { workflowTaskQueue } from '../../workflows/messages.ts';
import { messagesThat, seedDueMessages } from '../support/due-messages.ts';
import { atMost, type Figure } from '../support/figures.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, seconds, until } from '../support/section.ts';
import { documentOf, pairIdsOf, seedPeople, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { startServers } from '../support/servers.ts';
import { startTandem } from '../support/tandem.ts';

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
    await seedDueMessages(database, people, { slotAt, zone: calendar.zone, channel: 'email' });
    const nudger = createNudger(temporalNudge(servers.client, () => undefined, workflowTaskQueue));
    bench.say('looking at the mailboxes');
    const looking = await seconds(async () => {
      await nudger.nudge('people');
      await until('mailboxes looked at', async () => (await messagesThat(database, 'look_at is not null')) === count);
    });
    if (Date.now() > slotAt) throw new Error('the mailboxes were not looked at before the slot');
    bench.say('waiting for the slot');
    await sleep(slotAt - Date.now());
    await until('messages sent', async () => (await messagesThat(database, `state = 'sent'`)) === count, {
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
