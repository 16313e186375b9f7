import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY, minuteOfDay, timeOfDay } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { startBare } from '../support/bare.ts';
import { atMost, type Figure } from '../support/figures.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, seconds, until } from '../support/section.ts';
import { documentOf, noonZone, pairIdsOf, seedPairs, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { type Servers, startServers } from '../support/servers.ts';
import { journalApplied, startTandem, type Tandem } from '../support/tandem.ts';

/** Decided from 90 to 30 seconds before the slot, as a day and a quarter of an hour before it in real life. */
const lead = { ahead: 90_000, spread: 60_000 };
const targetSeconds = 2;

/** A thousand pairs with a reminder due in the same minute, beside bare workflows with one timer and one activity. */
export async function slot(bench: Bench): Promise<Figure[]> {
  const pairs = bench.quick ? 100 : 1000;
  return inScope(async (scope) => {
    const servers = await startServers(scope);
    const raw = await bareLateness(bench, servers, pairs);
    const tandem = await startTandem(scope, servers, { lead });
    const { starting, claimed, handedOver } = await tandemLateness(bench, tandem, pairs);
    const figure = atMost(`${pairs} pairs due at one minute: last in the outbox after`, handedOver, targetSeconds, 's');
    return [
      { ...figure, raw: `${raw.late.toFixed(1)} s`, ratio: handedOver / raw.late },
      { what: '  last claimed after', tandem: `${claimed.toFixed(1)} s` },
      {
        what: '  opening them, per second',
        tandem: `${(pairs / starting).toFixed(0)}/s`,
        raw: `${(pairs / raw.starting).toFixed(0)}/s`,
        ratio: raw.starting / starting,
      },
    ];
  });
}

async function bareLateness(bench: Bench, servers: Servers, count: number) {
  return inScope(async (scope) => {
    bench.say('bare workflows');
    const bare = await startBare(scope, servers);
    // Starts are slower than this only on machines on which the timers would show nothing.
    const due = Date.now() + 15_000 + count * 30;
    const starting = await seconds(() => bare.start('bareTimer', pairIdsOf('bare_timer', count), [due]));
    if (Date.now() > due) throw new Error('the bare workflows were not started in time');
    await until('bare timers', () => bare.seen.touched.length >= count);
    return { starting, late: (Math.max(...bare.seen.touched) - due) / 1000 };
  });
}

async function tandemLateness(bench: Bench, tandem: Tandem, count: number) {
  const { database } = tandem;
  const now = Date.now();
  // Time to open the pairs before the first of them decides, then up to the next full minute.
  const slotAt = Math.ceil((now + lead.ahead + 12_000 + count * 40) / 60_000) * 60_000;
  const zone = noonZone(now);
  const email = { daysAfterSession: 0, at: timeOfDay(minuteOfDay(slotAt, zone)) };
  await seedProgram(database, documentOf(zone, { email }), weeklyCalendar(now, 0, 36), now - 3 * DAY);
  await seedPairs(database, pairIdsOf('pair', count), now);
  const starting = await seconds(() => journalApplied(tandem));
  const spare = (slotAt - lead.ahead - Date.now()) / 1000;
  if (spare < 0) throw new Error(`the pairs were opened ${(-spare).toFixed(0)} s too late to decide ahead`);
  bench.say(`Tandem, slot in ${Math.round((slotAt - Date.now()) / 1000)} s`);
  await sleep(slotAt - Date.now());
  const sent = `select count(*)::int as n, max(claimed_at) as last from sends where state = 'accepted'`;
  let last = slotAt;
  await until('messages sent', async () => {
    const [row] = await queryRows<{ n: number; last: Date }>(database, sent);
    last = row?.last?.getTime() ?? slotAt;
    return row?.n === count;
  });
  const handedOver = Math.max(...(await timesInOutbox(tandem.outboxPath)));
  return { starting, claimed: (last - slotAt) / 1000, handedOver: (handedOver - slotAt) / 1000 };
}

async function timesInOutbox(path: string): Promise<number[]> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  return lines.map((line) => Date.parse((JSON.parse(line) as { at: string }).at));
}
