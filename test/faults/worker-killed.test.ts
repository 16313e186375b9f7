import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guessNotSent, guessSent, ledger, openMessages, seedBurst, startDispatcherAnew } from './support/burst.ts';
import { type Differences, differences, handOvers, noDifference } from './support/outbox.ts';
import { inProfile, long, testTimeout } from './support/profile.ts';
import { until, when } from './support/waiting.ts';
import { startWorld, type World } from './support/world.ts';

/** The worker is killed while it sends, and starts again: every message goes out once (M9). */

const messages = inProfile(800, 12_000);
const kills = inProfile(3, 60);
/** A killed worker's claims are settled within its channel's settle time, and all else sent, well within this. */
const comesToRestWithin = inProfile(90_000, 300_000);

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const left = (): Promise<string[][]> => handOvers([world.outbox('worker')]);

/** A worker starts, sends for a moment and is killed; answers what it had under way. */
async function sendUntilKilled(pause: number): Promise<string[]> {
  const before = (await left()).length;
  const worker = await world.start('worker', 'worker');
  await worker.ready();
  await startDispatcherAnew(world);
  await until('a worker sends', 60_000, async () => when((await left()).length > before), 1);
  await sleep(pause);
  await worker.kill();
  return openMessages(world.database);
}

/** A worker claims a wave and dies at the first hand-over; answers the messages that it had under way. */
async function dieAtHandOver(dies: 'before' | 'after'): Promise<string[]> {
  const dying = await world.start('test/faults/support/killed-while-handing-over.ts', 'worker', { DIES: dies });
  await dying.ready();
  await startDispatcherAnew(world);
  await dying.ended;
  const open = await openMessages(world.database);
  expect(open.length).toBeGreaterThan(0);
  return open;
}

/** A worker that nobody kills sends the rest. */
async function sendTheRest(): Promise<void> {
  const worker = await world.start('worker', 'worker');
  await worker.ready();
  await startDispatcherAnew(world);
  await atRest();
  expect(await worker.terminate()).toBe(0);
}

async function atRest(): Promise<void> {
  await until('nothing waits and no send is open', comesToRestWithin, async () => {
    const { waiting, open } = await ledger(world.database);
    return when(waiting + open === 0);
  });
}

describe('a worker that is killed while it sends', { timeout: testTimeout }, () => {
  it(`M9 ${kills} kills during a burst lose no message and send none twice`, async () => {
    const ids = await seedBurst(world.database, messages);
    const started = performance.now();
    const cut = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      // The first comes between handing over and recording, the others anywhere in the waves after that.
      const open = kill === 0 ? await dieAtHandOver('after') : await sendUntilKilled(5 * kill);
      for (const id of open) cut.add(id);
    }
    await sendTheRest();
    const seconds = Math.round((performance.now() - started) / 1000);
    console.info(`${messages} messages, ${kills} kills, ${cut.size} messages under way at one of them, ${seconds} s`);
    expect(cut.size).toBeGreaterThan(0);
    expect(differences(ids, await left())).toEqual(noDifference);
    expect(await ledger(world.database)).toEqual({ waiting: 0, sent: messages, open: 0 });
  });

  it.runIf(long)('M9 sending goes on by itself once a killed worker is back', async () => {
    const ids = await seedBurst(world.database, 200);
    await dieAtHandOver('after');
    const worker = await world.start('worker', 'worker');
    await worker.ready();
    const back = performance.now();
    await atRest();
    console.info(`at rest ${Math.round(performance.now() - back)} ms after the worker was back`);
    expect(differences(ids, await left())).toEqual(noDifference);
  });

  it.runIf(long)(
    'M9 kills just before and just after the first hand-over of a wave are settled by asking',
    async () => {
      const ids = await seedBurst(world.database, 96);
      const open = await dieAtHandOver('before');
      expect((await left()).flat()).toEqual([]);
      const more = (await dieAtHandOver('after')).filter((id) => !open.includes(id));
      const handed = (await left()).flat();
      expect(handed.length).toBeGreaterThan(0);
      // A pass beside that one may have claimed a wave and not handed over any of it.
      expect(handed.filter((id) => !more.includes(id))).toEqual([]);
      await sendTheRest();
      expect(differences(ids, await left())).toEqual(noDifference);
    },
  );

  it.runIf(long)(
    'M9 a claim that is taken for unsent without asking goes twice, and the comparison shows it',
    async () => {
      const ids = await seedBurst(world.database, 64);
      const open = await dieAtHandOver('after');
      await guessNotSent(world.database);
      await sendTheRest();
      expect(sorted(differences(ids, await left()))).toEqual({ ...noDifference, twice: open });
    },
  );

  it.runIf(long)('M9 a claim that is taken for sent without asking is lost, and the comparison shows it', async () => {
    const ids = await seedBurst(world.database, 64);
    const open = await dieAtHandOver('before');
    await guessSent(world.database);
    await sendTheRest();
    const all = await left();
    expect(sorted(differences(ids, all))).toEqual({ ...noDifference, missing: open });
    // A line that is gone from the outbox is missed in the same way.
    expect(differences(ids, all.slice(1)).missing).toHaveLength(open.length + 1);
  });
});

function sorted({ twice, missing, foreign }: Differences): Differences {
  return { twice: twice.sort(), missing: missing.sort(), foreign: foreign.sort() };
}
