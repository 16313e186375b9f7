import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { execute, queryRows } from '../../prisma/database.ts';
import { workflowTaskQueue } from '../../workflows/messages.ts';
import { ledger, nudge, openMessages, seedBurst } from './support/burst.ts';
import { differences, handOvers, noDifference } from './support/outbox.ts';
import { inProfile, long, testTimeout } from './support/profile.ts';
import { until, when } from './support/waiting.ts';
import { startWorld, type World } from './support/world.ts';

/** Two workers on one ledger, each with an outbox of its own (M9). */

const messages = inProfile(300, 3_000);
const names = ['one', 'two'];
/** A worker that gets no time in one of them takes part in the others. */
const rounds = 5;
/** Longer than the settle time of the channel. */
const claimsAreSettledAfter = 18_000;

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const left = (): Promise<string[][]> => handOvers(names.map((name) => world.outbox(name)));

/** More dispatchers of the same people than the one there should be, so that both workers claim at the same time. */
async function startRivals(count: number): Promise<void> {
  const options = { taskQueue: workflowTaskQueue, args: [{ shard: 'people' }] };
  const start = () =>
    world.client.workflow.start('dispatchWorkflow', { ...options, workflowId: `rival-${randomUUID()}` });
  await Promise.all(Array.from({ length: count }, start));
}

async function holdBack(ids: string[]): Promise<void> {
  await execute(
    world.database,
    `update messages set look_at = now() + interval '1 day' where id = any($1::text[])`,
    ids,
  );
}

async function letGo(ids: string[]): Promise<void> {
  await execute(world.database, 'update messages set look_at = null where id = any($1::text[])', ids);
}

const nothingIsDue = () =>
  until('nothing is due and no send is open', 120_000, async () => {
    const sql = `select 1 from messages where state = 'sending' or state = 'waiting' and look_at is null limit 1`;
    const due = await queryRows(world.database, sql);
    return when(due.length + (await ledger(world.database)).open === 0);
  });

const nothingWaits = () =>
  until('nothing waits and no send is open', 120_000, async () => {
    const { waiting, open } = await ledger(world.database);
    return when(waiting + open === 0);
  });

describe('two workers on one ledger', { timeout: testTimeout }, () => {
  it(`M9 ${messages} messages that both workers claim at the same time go out once each`, async () => {
    const ids = await seedBurst(world.database, messages);
    const workers = await Promise.all(names.map((name) => world.start('worker', name)));
    await Promise.all(workers.map((worker) => worker.ready()));
    await holdBack(ids);
    for (let round = 0; round < rounds; round++) {
      await letGo(ids.filter((_, index) => index % rounds === round));
      await startRivals(8);
      await nudge(world);
      await nothingIsDue();
    }
    expect(differences(ids, await left())).toEqual(noDifference);
    const shares = await Promise.all(names.map(async (name) => (await handOvers([world.outbox(name)])).length));
    expect(Math.min(...shares)).toBeGreaterThan(0);
  });

  it.runIf(long)(
    'M9 what a killed worker had under way is not guessed by another one, and is settled by its own',
    async () => {
      const ids = await seedBurst(world.database, 96);
      const dying = await world.start('test/faults/support/killed-while-handing-over.ts', 'one', { DIES: 'after' });
      await dying.ready();
      await nudge(world);
      await dying.ended;
      const open = await openMessages(world.database);
      expect(open.length).toBeGreaterThan(0);
      const other = await world.start('worker', 'two');
      await other.ready();
      await startRivals(1);
      await sleep(claimsAreSettledAfter);
      expect(await openMessages(world.database)).toEqual(open);
      expect(differences(ids, await left()).twice).toEqual([]);
      await (await world.start('worker', 'one')).ready();
      await nothingWaits();
      expect(differences(ids, await left())).toEqual(noDifference);
    },
  );
});
