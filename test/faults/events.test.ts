import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryRows } from '../../prisma/database.ts';
import { createKey } from '../../prisma/store/keys.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import { getCarried } from '../../workflows/messages.ts';
import { type JournalEntry, journalOf, lesson, post } from './support/platform.ts';
import { inProfile, long, testTimeout } from './support/profile.ts';
import { programId, seedPair, seedPeople, seedProgram } from './support/seeds.ts';
import { until, when } from './support/waiting.ts';
import { startWorld, type World } from './support/world.ts';

/** What was acknowledged reaches its pair exactly once in effect, whatever is down in between (E1). */

const pairs = 12;
const outage = inProfile(8_000, 60_000);
const signals = long ? (['SIGTERM', 'SIGKILL'] as const) : (['SIGKILL'] as const);
/** Between two events of the stream, which lasts so long before and after the outage. */
const pause = inProfile(100, 50);
const aroundOutage = 3_000;
/** How long all may take to be applied once Temporal is back. */
const appliedWithin = 60_000;

let world: World;
let api: { url: string; key: string };
beforeAll(async () => {
  world = await startWorld();
  const { database } = world;
  await seedProgram(database);
  await seedPeople(database, 'mentor', pairs);
  await seedPeople(database, 'mentee', pairs);
  for (let n = 0; n < pairs; n++) {
    await seedPair(database, { id: `pair${n}`, mentorId: `mentor${n}`, menteeId: `mentee${n}` });
  }
  const processes = await Promise.all([world.start('api', 'api'), world.start('worker', 'worker')]);
  const [ready] = await Promise.all(processes.map((process) => process.ready()));
  const { key } = await createKey(database, { name: 'platform', scopes: ['events'] }, new Date());
  api = { url: (ready as { url: string }).url, key };
  await everythingApplied();
});
afterAll(() => world?.stop());

async function everythingApplied(): Promise<void> {
  await until('every entry of the journal is applied', appliedWithin, async () => {
    const sql = `select count(*) as open from journal where state <> 'applied'`;
    const [row] = await queryRows<{ open: bigint }>(world.database, sql);
    return when(Number(row?.open) === 0);
  });
}

/** Identities of the lessons that a pair's own state rests on. */
async function factsOf(pairId: string): Promise<string[]> {
  const handle = world.client.workflow.getHandle(pairWorkflowId(programId, pairId));
  const { state } = await handle.query(getCarried);
  const { communications } = state.tracks.classWeek as { communications: Array<{ ref: string }> };
  return communications.map(({ ref }) => ref);
}

async function expectEachOnce(entries: JournalEntry[]): Promise<void> {
  for (let n = 0; n < pairs; n++) {
    const own = entries.filter(({ pairId }) => pairId === `pair${n}`);
    expect((await factsOf(`pair${n}`)).sort()).toEqual(own.map(({ ref }) => ref).sort());
    expect(new Set(own.map(({ order }) => order)).size).toBe(own.length);
  }
}

interface Streamed {
  id: string;
  status: number;
  at: number;
}

/** Sends events one after the other, each to the next pair, until it is stopped. */
function startStream(prefix: string): { stop(): Promise<Streamed[]> } {
  const sent: Streamed[] = [];
  let stopped = false;
  const run = async (): Promise<void> => {
    for (let n = 0; !stopped; n++) {
      const id = `${prefix}-${n}`;
      const status = await post(api, lesson(id, `pair${n % pairs}`));
      sent.push({ id, status, at: performance.now() });
      await sleep(pause);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
      return sent;
    },
  };
}

describe('events', { timeout: testTimeout }, () => {
  it('E1 60 posts of one event at once make one entry and one effect', async () => {
    const event = lesson('same', 'pair0');
    const statuses = await Promise.all(Array.from({ length: 60 }, () => post(api, event)));
    expect(statuses).toEqual(statuses.map(() => 202));
    await everythingApplied();
    const entries = await journalOf(world.database);
    expect(entries).toMatchObject([{ eventId: 'same', state: 'applied' }]);
    await expectEachOnce(entries);
    expect(await post(api, { ...event, data: { by: 'mentee' } })).toBe(409);
  });

  for (const signal of signals) {
    it(`E1 events go on being acknowledged while Temporal is down for ${outage / 1000} s (${signal}), and are applied once`, async () => {
      const stream = startStream(signal);
      await sleep(aroundOutage);
      await world.stopTemporal(signal);
      const from = performance.now();
      await sleep(outage);
      const to = performance.now();
      await world.startTemporal();
      const back = performance.now();
      await sleep(aroundOutage);
      const sent = await stream.stop();
      await everythingApplied();
      const took = performance.now() - back;
      const during = sent.filter(({ at }) => at > from && at < to);
      console.info(
        `${sent.length} events, ${during.length} while Temporal was down; applied ${Math.round(took)} ms after`,
      );
      expect(sent.filter(({ status }) => status !== 202)).toEqual([]);
      expect(during.length).toBeGreaterThan(outage / pause / 4);
      const entries = await journalOf(world.database);
      const own = entries.filter(({ eventId }) => eventId.startsWith(signal));
      expect(own.map(({ eventId }) => eventId)).toEqual(sent.map(({ id }) => id));
      await expectEachOnce(entries);
    });
  }
});
