import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guessNotSent, guessSent, ledger, openMessages, seedBurst, startDispatcherAnew } from './support/burst.ts';
import { differences, handOvers, noDifference } from './support/outbox.ts';
import { inProfile, testTimeout } from './support/profile.ts';
import { until, when } from './support/waiting.ts';
import { startWorld, type World } from './support/world.ts';

/** The worker is killed while it sends, and starts again: every message goes out once (M9). */

const messages = inProfile(400, 4_000);
const kills = inProfile(10, 60);
/** A killed worker's claims are settled within its channel's settle time, and all else sent, well within this. */
const comesToRestWithin = inProfile(90_000, 300_000);

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const left = (): Promise<string[][]> => handOvers([world.outbox('worker')]);

/** A worker starts, sends for a moment and is killed; answers what it had under way, and how much of that had left. */
async function sendUntilKilled(pause: number): Promise<{ open: number; openAndLeft: number }> {
  const before = (await left()).length;
  const worker = await world.start('worker', 'worker');
  await worker.ready();
  await startDispatcherAnew(world);
  await until('a worker sends', 60_000, async () => when((await left()).length > before), 1);
  await sleep(pause);
  await worker.kill();
  const open = await openMessages(world.database);
  const gone = new Set((await left()).flat());
  return { open: open.length, openAndLeft: open.filter((id) => gone.has(id)).length };
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
  await until('nothing waits and no send is open', comesToRestWithin, async () => {
    const { waiting, open } = await ledger(world.database);
    return when(waiting + open === 0);
  });
  expect(await worker.terminate()).toBe(0);
}

describe('a worker that is killed while it sends', { timeout: testTimeout }, () => {
  it(`M9 ${kills} kills during a burst lose no message and send none twice`, async () => {
    const ids = await seedBurst(world.database, messages);
    const started = performance.now();
    const cut = { open: 0, openAndLeft: 0 };
    for (let kill = 0; kill < kills; kill++) {
      // Some kills come between handing over and recording, others anywhere in the waves after that.
      const { open, openAndLeft } = await sendUntilKilled(kill % 2 === 0 ? 0 : 10 * kill);
      cut.open += open;
      cut.openAndLeft += openAndLeft;
    }
    await sendTheRest();
    console.info(`${messages} messages, ${kills} kills`, cut, `${Math.round(performance.now() - started)} ms`);
    expect(cut.open).toBeGreaterThan(0);
    expect(differences(ids, await left())).toEqual(noDifference);
    expect(await ledger(world.database)).toEqual({ waiting: 0, sent: messages, open: 0 });
  });

  it('M9 without asking what became of a claim, messages go twice or are lost, and the comparison shows it', async () => {
    const ids = await seedBurst(world.database, 160);
    const guesses = { left: 0, notLeft: 0 };
    for (let kill = 0; kill < 8 && guesses.left === 0; kill++) {
      const { open, openAndLeft } = await sendUntilKilled(0);
      guesses.left += openAndLeft;
      guesses.notLeft += open - openAndLeft;
      await guessNotSent(world.database);
    }
    expect(guesses.left).toBeGreaterThan(0);
    await sendTheRest();
    const found = differences(ids, await left());
    expect(found.twice).toHaveLength(guesses.left);
    expect(found.missing).toEqual([]);
  });

  for (const dies of ['before', 'after'] as const) {
    it(`M9 a kill just ${dies} the first hand-over of a wave is settled by asking`, async () => {
      const ids = await seedBurst(world.database, 64);
      const open = await dieAtHandOver(dies);
      const gone = (await left()).flat();
      expect(open.filter((id) => gone.includes(id))).toEqual(dies === 'before' ? [] : open);
      await sendTheRest();
      expect(differences(ids, await left())).toEqual(noDifference);
    });
  }

  it('M9 a claim that is taken for sent without asking loses messages, and the comparison shows it', async () => {
    const ids = await seedBurst(world.database, 64);
    const open = await dieAtHandOver('before');
    await guessSent(world.database);
    await sendTheRest();
    const found = differences(ids, await left());
    expect(found.missing.sort()).toEqual(open);
    expect(found.twice).toEqual([]);
  });
});
