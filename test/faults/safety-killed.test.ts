import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queryRows } from '../../prisma/database.ts';
import { ledger, nudge, openMessages } from './support/burst.ts';
import { differences, handOvers, noDifference } from './support/outbox.ts';
import { testTimeout } from './support/profile.ts';
import {
  acknowledge,
  calls,
  climbSeconds,
  forgetKilled,
  lastSent,
  safetyCases,
  seedLadder,
  worry,
} from './support/safety-ladder.ts';
import { until, when } from './support/waiting.ts';
import { startWorld, type World } from './support/world.ts';

/** The worker is killed at every step of a safety ladder: each call is made once, and none is lost (K6). */

let world: World;
let api: { url: string; key: string };
beforeEach(async () => {
  world = await startWorld();
  const key = await seedLadder(world.database);
  const { url } = await (await world.start('api', 'api')).ready();
  api = { url: url as string, key };
});
afterEach(() => world?.stop());

async function everythingApplied(): Promise<void> {
  await until('every entry of the journal is applied', 60_000, async () => {
    const sql = `select count(*)::int as open from journal where state <> 'applied'`;
    const [row] = await queryRows<{ open: number }>(world.database, sql);
    return when(row?.open === 0);
  });
}

/** A worker that opens the pair, and dies before anything happens. */
async function openThePair(): Promise<void> {
  const worker = await world.start('worker', 'worker');
  await worker.ready();
  await everythingApplied();
  await worker.kill();
  await forgetKilled(world);
}

/** It dies when the first calls are said, and before its workflow knows. */
async function dieAfterSay(): Promise<void> {
  await (await world.start('test/faults/support/killed-after-say.ts', 'saying', { SAYS: '1' })).ended;
  const said = await calls(world.database);
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter(({ state }) => state !== 'waiting')).toEqual([]);
}

/** It dies as it hands over a call, before or after that has left. */
async function dieAtHandOver(dies: 'before' | 'after'): Promise<void> {
  const dying = await world.start('test/faults/support/killed-while-handing-over.ts', 'worker', { DIES: dies });
  await dying.ready();
  await nudge(world, 'urgent');
  await dying.ended;
  await forgetKilled(world);
  expect((await openMessages(world.database)).length).toBeGreaterThan(0);
}

/** A worker that is killed as soon as this call has left. */
async function callUntil(k: number): Promise<void> {
  const worker = await world.start('worker', 'worker');
  await worker.ready();
  await until(`call ${k} has left`, 90_000, async () => when((await lastSent(world.database)) >= k), 20);
  await worker.kill();
  await forgetKilled(world);
}

async function comeToRest(): Promise<void> {
  await until('nothing waits and no send is open', 60_000, async () => {
    const { waiting, open } = await ledger(world.database);
    return when(waiting + open === 0);
  });
}

describe('a worker that is killed while a safety ladder is climbed', { timeout: testTimeout }, () => {
  it('K6 M9 after the event, after the say, while handing over and between calls: each call is made once', async () => {
    await openThePair();
    expect(await worry(api.url, api.key)).toBe(202);
    await sleep(1_000);
    expect(await safetyCases(world.database)).toEqual([]);
    await dieAfterSay();
    expect(await safetyCases(world.database)).toMatchObject([{ state: 'open' }]);
    await dieAtHandOver('after');
    await dieAtHandOver('before');
    const reached = await lastSent(world.database);
    await callUntil(reached + 2);
    await sleep(climbSeconds * 1_500);
    await callUntil((await lastSent(world.database)) + 3);

    const worker = await world.start('worker', 'worker');
    await worker.ready();
    const goal = (await lastSent(world.database)) + 2;
    await until('the climb goes on', 60_000, async () => when((await lastSent(world.database)) >= goal));
    await comeToRest();
    expect(await acknowledge(world.database, api.url, api.key)).toBe(200);
    await everythingApplied();
    await comeToRest();
    const made = await calls(world.database);
    await sleep(climbSeconds * 2_000);
    expect(await calls(world.database)).toEqual(made);

    const last = Math.max(...made.map(({ k }) => k));
    console.info(`${last + 1} calls by mail and text, 6 kills`);
    const expected = Array.from({ length: last + 1 }, (_, k) => [
      { k, channel: 'email', state: 'sent' },
      { k, channel: 'sms', state: 'sent' },
    ]).flat();
    expect(made.map(({ k, channel, state }) => ({ k, channel, state }))).toEqual(expected);
    const left = await handOvers([world.outbox('worker')]);
    const ids = made.map(({ id }) => id);
    expect(differences(ids, left)).toEqual(noDifference);
    // That a call too many, or one too few, would be noticed shows here.
    expect(differences(ids, [...left, [ids[0] as string]]).twice).toEqual([ids[0]]);
    expect(differences(ids, left.slice(1)).missing).toHaveLength(1);
    expect(await safetyCases(world.database)).toMatchObject([{ state: 'acknowledged' }]);
    expect(await worker.terminate()).toBe(0);
  });
});
