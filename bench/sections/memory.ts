import { openDatabase } from '../../prisma/database.ts';
import { recordEntries } from '../../prisma/store/journal.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import { startBare } from '../support/bare.ts';
import type { HeapJob, HeapResult } from '../support/cached-pairs.ts';
import { startChild } from '../support/child.ts';
import { atMost, type Figure, spread } from '../support/figures.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, until } from '../support/section.ts';
import { documentOf, pairIdsOf, programId, seedPairs, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { type Servers, startServers } from '../support/servers.ts';
import { journalApplied, startTandem } from '../support/tandem.ts';

const heapTargetKilobytes = 100;
const wakeTargetMillis = 130;
/** Few enough that each visit of the next one throws the last one out. */
const cached = 2;
const uncachedPairs = 12;
/** Each entry makes five events of history, which ends at about a hundred. */
const entriesEach = 18;

/** What a cached pair costs, and what waking one costs that is not cached. */
export async function memory(bench: Bench): Promise<Figure[]> {
  return inScope(async (scope) => {
    const servers = await startServers(scope);
    const ids = pairIdsOf('waking', uncachedPairs);
    bench.say('making histories');
    await makeHistories(servers, ids);
    const raw = await wakeBare(servers);
    bench.say('waking pairs');
    const pairs = await wakePairs(servers, ids);
    bench.say('heap of cached pairs');
    const heap = await heapPerPair(bench, servers);
    const wake = atMost(
      `waking an uncached pair (${pairs.events} events), median`,
      pairs.median,
      wakeTargetMillis,
      'ms',
      0,
    );
    return [
      atMost('heap of a cached pair', heap / 1024, heapTargetKilobytes, 'KB', 0),
      { ...wake, raw: `${raw.median.toFixed(0)} ms`, ratio: pairs.median / raw.median },
      { what: '  the slowest', tandem: `${pairs.largest.toFixed(0)} ms`, raw: `${raw.largest.toFixed(0)} ms` },
      { what: '  once it is cached', tandem: `${pairs.warm.toFixed(0)} ms` },
    ];
  });
}

async function makeHistories(servers: Servers, ids: string[]): Promise<void> {
  await inScope(async (scope) => {
    const tandem = await startTandem(scope, servers);
    const calendar = weeklyCalendar(Date.now(), 1, 36);
    await seedProgram(tandem.database, documentOf(calendar.zone, {}), calendar, Date.now());
    await seedPairs(tandem.database, ids, Date.now());
    await journalApplied(tandem);
    for (let round = 0; round < entriesEach; round++) {
      const now = Date.now();
      const entries = ids.map((subject) => {
        const eventId = `${subject}-${round}`;
        const times = { occurredAt: now, receivedAt: now, history: false, urgent: false };
        const type = 'message.sent';
        return {
          source: '/bench',
          eventId,
          digest: '',
          ref: eventId,
          type,
          subject,
          ...times,
          data: { by: 'mentor' },
          texts: {},
        };
      });
      await recordEntries(tandem.database, entries, null);
      await journalApplied(tandem);
    }
  });
}

async function wakePairs(servers: Servers, ids: string[]) {
  return inScope(async (scope) => {
    await startTandem(scope, servers, { cachedWorkflows: cached });
    const handles = ids.map((id) => servers.client.workflow.getHandle(pairWorkflowId(programId, id)));
    const ask = (index: number) => (handles[index] as (typeof handles)[0]).query('getPair', Date.now());
    const woken = await millisOf(handles.length, ask);
    await ask(0);
    const warm: number[] = [];
    for (let time = 0; time < 5; time++) warm.push(await millis(() => ask(0)));
    const { historyLength } = await (handles[0] as (typeof handles)[0]).describe();
    return { ...spread(woken), warm: spread(warm).median, events: historyLength };
  });
}

/** The same with workflows that do nothing but count: some hundred events of bare signals. */
async function wakeBare(servers: Servers) {
  return inScope(async (scope) => {
    const bare = await startBare(scope, servers, cached);
    const ids = pairIdsOf('bare', uncachedPairs);
    await bare.start('bareCounter', ids, []);
    const handles = ids.map((id) => servers.client.workflow.getHandle(id));
    for (let round = 0; round < 24; round++) {
      const handled = bare.seen.ticked + handles.length;
      for (const handle of handles) await handle.signal('ticked');
      await until('signals handled', () => bare.seen.ticked >= handled, { everyMillis: 5 });
    }
    return spread(await millisOf(handles.length, (index) => (handles[index] as (typeof handles)[0]).query('getTicks')));
  });
}

/** Two rounds over all of them; the first one warms the code up, the second one counts. */
async function millisOf(count: number, ask: (index: number) => Promise<unknown>): Promise<number[]> {
  for (let index = 0; index < count; index++) await ask(index);
  const found: number[] = [];
  for (let index = 0; index < count; index++) found.push(await millis(() => ask(index)));
  return found;
}

async function millis(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function heapPerPair(bench: Bench, servers: Servers): Promise<number> {
  return inScope(async (scope) => {
    const first = pairIdsOf('first', 50);
    const more = pairIdsOf('more', bench.quick ? 50 : 300);
    await seedQuietly(servers, [...first, ...more]);
    const child = startChild<HeapJob, HeapResult>(scope, 'cached-pairs.ts', ['--expose-gc']);
    const { databaseUrl, address } = servers;
    return (await child.run({ databaseUrl, address, programId, first, more })).bytesPerPair;
  });
}

/** Pairs that no relay tells of themselves. */
async function seedQuietly({ databaseUrl }: Servers, ids: string[]): Promise<void> {
  const database = openDatabase(databaseUrl, { applicationName: 'bench' });
  await seedPairs(database, ids, Date.now());
  await database.close();
}
