import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execute } from '../../prisma/database.ts';
import type { PlanInput } from '../../runtime/local/provider-fake/plan.ts';
import { altered, isClaim } from './support/altered-database.ts';
import { type Findings, noFindings } from './support/checker.ts';
import { atRest, examine } from './support/evidence.ts';
import { long, seed, testTimeout } from './support/profile.ts';
import { type Protection, protections, type Sending, wrapped } from './support/protections.ts';
import { createRandom } from './support/random.ts';
import { createSender, type Sender } from './support/sender.ts';
import { settleAfterSeconds } from './support/sending-channels.ts';
import { type Reminder, sayAgain, seedPortion, seedSchool } from './support/sending-seeds.ts';
import { type SendingWorld, startSendingWorld } from './support/sending-world.ts';

/**
 * Each protection of sending is switched off while nothing else changes: the same fault that does no harm with it is found
 * by the comparison without it (M9, M10).
 */

const mentors = 4;

let world: SendingWorld;
beforeAll(async () => {
  world = await startSendingWorld(createRandom(seed), false);
});
afterAll(() => world?.stop());

/** Whoever hands over fails, before anything has left or when nothing is recorded yet, and is gone. */
async function fallOver(when: 'before' | 'after', less: Protection | null): Promise<void> {
  const failing = (sending: Sending): Sending => ({
    ...sending,
    channels: wrapped(sending.channels, (channel) => ({
      ...channel,
      async deliver(delivery) {
        if (when === 'after') await channel.deliver(delivery);
        throw new Error('fallen over');
      },
    })),
  });
  const sender = createSender(world, less, failing);
  await expect(sender.pass()).rejects.toThrow('fallen over');
  await sender.vanish();
}

/** Sends and settles until nothing is left to do, as a worker does. */
async function finish(sender: Sender): Promise<void> {
  let over = false;
  const driving = (async () => {
    while (!over) {
      await sender.settle();
      await sender.pass();
      await sleep(100);
    }
  })();
  await atRest(world.database, 60_000);
  over = true;
  await driving;
}

/** The first request for each mentor goes wrong in this way. */
async function firstRequests(fault: NonNullable<PlanInput['faults']>[number]['fault']): Promise<void> {
  await world.fake.plan({ faults: [{ requests: { last: mentors }, fault }] });
}

/** Two claims wait for each other, where nothing keeps one of them from getting so far. */
function meeting(): (sending: Sending) => Sending {
  let here = 0;
  const both = async (): Promise<void> => {
    here++;
    for (let waited = 0; here < 2 && waited < 1_000; waited += 20) await sleep(20);
  };
  return ({ database, channels }) => ({
    channels,
    database: altered(database, (sql, run) => (isClaim(sql) ? both().then(() => run(sql)) : run(sql))),
  });
}

/** One asks before a late request has arrived and takes its time; another asks after it, and is done before. */
async function settleLate(less: Protection | null): Promise<Sender> {
  await firstRequests({ answer: 'reset', acceptedAfterMs: settleAfterSeconds * 1000 + 1_500 });
  const finishing = createSender(world);
  await finishing.pass();
  await sleep(settleAfterSeconds * 1000 + 200);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const holding = createSender(world, less, (sending) => ({
    ...sending,
    channels: wrapped(sending.channels, (channel) => ({
      ...channel,
      async lookUp(send) {
        const fate = await channel.lookUp(send);
        await released;
        return fate;
      },
    })),
  }));
  const held = holding.settle();
  await sleep(2_500);
  // A minute has passed: what was taken for settling is free again.
  await execute(world.database, `update sends set lease_until = now() where state = 'unknown'`);
  await finishing.settle();
  release();
  await held;
  return finishing;
}

/** What tests the protection, without it where `less` names it. Answers who does the rest. */
const trials: Record<Protection, (less: Protection | null) => Promise<Sender>> = {
  'the claim before the hand-over': async (less) => {
    await fallOver('after', less);
    return createSender(world);
  },
  'asking, not taking for unsent': async (less) => {
    await fallOver('after', null);
    return createSender(world, less);
  },
  'asking, not taking for sent': async (less) => {
    await fallOver('before', null);
    return createSender(world, less);
  },
  'the settle time': async (less) => {
    await firstRequests({ answer: 'reset', acceptedAfterMs: 700 });
    return createSender(world, less);
  },
  'the lock of a claim': async (less) => {
    const meet = meeting();
    const senders = [createSender(world, less, meet), createSender(world, less, meet)];
    await Promise.all(senders.map((sender) => sender.pass()));
    return createSender(world);
  },
  'one request for one hand-over': async (less) => {
    await firstRequests({ answer: 'status', status: 500, accepted: true });
    return createSender(world, less);
  },
  'waiting as long as the provider said': async (less) => {
    const fault = { answer: 'status', status: 429, retryAfterSeconds: 5, delayMs: 600 } as const;
    await world.fake.plan({ faults: [{ requests: { last: 4 * mentors }, fault }] });
    return createSender(world, less);
  },
  'outcomes that only move forward': settleLate,
};

const harm: Record<Protection, keyof Findings> = {
  // What was rolled back with its claim went all the same, and nothing on the ledger knows of it.
  'the claim before the hand-over': 'foreign',
  'asking, not taking for unsent': 'twice',
  'asking, not taking for sent': 'lost',
  'the settle time': 'twice',
  'the lock of a claim': 'twice',
  'one request for one hand-over': 'twice',
  'waiting as long as the provider said': 'impatient',
  'outcomes that only move forward': 'twice',
};

/** Each has numbers of its own: the providers remember what went to them. */
let trial = 0;

async function tried(protection: Protection, less: Protection | null): Promise<Findings> {
  await world.begin();
  await world.fake.plan();
  const before = (await world.fake.journal()).length;
  await seedSchool(world.database);
  // The first of them has two pairs, so that a merged message is tried too.
  const portion = await seedPortion(world.database, 'trial', 20 * trial++, mentors);
  await finish(await trials[protection](less));
  // What a request that was cut off may still bring.
  await sleep(1_000);
  return (await examine(world, { portions: [portion], withdrawn: [] }, before)).found;
}

/** Of three texts with the same words the last never left; its fate is asked for. */
async function fateOfTheSame(): Promise<Findings> {
  await world.begin();
  await world.fake.plan();
  const before = (await world.fake.journal()).length;
  await seedSchool(world.database, null);
  const portion = await seedPortion(world.database, 'same', 20 * trial++ + 1, 1);
  const reminder = portion.reminders[0] as Reminder;
  const sender = createSender(world);
  await finish(sender);
  // The first text to a person says more than those after it.
  await sayAgain(world.database, reminder, 'second');
  await finish(sender);
  await sayAgain(world.database, reminder, 'third');
  await fallOver('before', null);
  await finish(sender);
  return (await examine(world, { portions: [portion], withdrawn: [] }, before)).found;
}

describe('texts with the same words', { timeout: testTimeout }, () => {
  it('M9 an earlier text is not taken for one that never left', async () => {
    expect(await fateOfTheSame()).toEqual(noFindings);
  });
});

/** The short profile shows the others at work in `sending-faults.test.ts` and `sending-killed.test.ts`. */
const shownHere: Protection = 'the lock of a claim';

describe.each(protections)('%s', { timeout: testTimeout }, (protection) => {
  it.runIf(long || protection === shownHere)('M9 keeps every message to one hand-over', async () => {
    expect(await tried(protection, null)).toEqual(noFindings);
  });

  it('M9 is missed by the comparison when it is switched off', async () => {
    expect((await tried(protection, protection))[harm[protection]].length).toBeGreaterThan(0);
  });
});
