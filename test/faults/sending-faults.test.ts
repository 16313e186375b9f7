import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { queryRows } from '../../prisma/database.ts';
import { resumeChannel } from '../../prisma/store/channels.ts';
import { findProgram, isRunning } from '../../runtime/local/processes.ts';
import type { PlanInput } from '../../runtime/local/provider-fake/plan.ts';
import { nudge, startDispatcherAnew } from './support/burst.ts';
import type { Chaos } from './support/chaos-proxy.ts';
import { type Evidence, noFindings } from './support/checker.ts';
import { atRest, type Deeds, examine } from './support/evidence.ts';
import { inProfile, long, seed, testTimeout } from './support/profile.ts';
import { createRandom } from './support/random.ts';
import { isAsleep, seedPortion, seedSchool, withdraw } from './support/sending-seeds.ts';
import { type SendingWorld, startSendingWorld } from './support/sending-world.ts';
import { type Line, printTable } from './support/table.ts';
import type { Tandem } from './support/tandem.ts';
import { until, when } from './support/waiting.ts';

/**
 * Everything around two workers fails, one after the other, while they send on one ledger: providers, network, database,
 * Temporal and disk. After each fault every message went once, or visibly waits (M9, M10).
 */

const mentors = inProfile(20, 100);
/** Settling takes the settle time; what was cut off is noticed by its timeouts. */
const comesToRestWithin = 120_000;
/** Milliseconds after which a wave is under way. */
const moment = 300;

const random = createRandom(seed);
const lines: Line[] = [];
const deeds: Deeds = { portions: [], withdrawn: [] };
let world: SendingWorld;
let workers: Tandem[];
beforeAll(async () => {
  console.info(`TANDEM_FAULTS_SEED=${seed}`);
  world = await startSendingWorld(random);
  await seedSchool(world.database);
  workers = [await world.startWorker(), await world.startWorker()];
  await Promise.all(workers.map((worker) => worker.ready()));
});
afterEach(async () => {
  await world.fake.plan();
  for (const network of Object.values(world.networks)) network.set({});
});
afterAll(async () => {
  printTable(lines);
  await world?.stop();
});

/** Another portion is written and sent under a plan of the providers. */
async function send(plan: PlanInput = {}): Promise<void> {
  await world.fake.plan({ seed: random.between(1, 1_000_000), ...plan });
  const from = 20 * Math.ceil(mentors / 20) * deeds.portions.length;
  deeds.portions.push(await seedPortion(world.database, `part${deeds.portions.length}`, from, mentors));
  await startDispatcherAnew(world);
}

/** Everything comes to rest, and all that was ever sent is compared. */
async function expectEachOnce(what: string): Promise<void> {
  const recovery = await atRest(world.database, comesToRestWithin);
  const { found, evidence } = await examine(world, deeds);
  lines.push({ what, kills: 0, found, evidence, recovery });
  expect(found).toEqual(noFindings);
  // What waits for a channel that is closed, or was, would be no finding.
  expect(evidence.closed).toEqual([]);
  expect(evidence.rows.filter((row) => row.state === 'waiting' && isAwake(row))).toEqual([]);
  expect(workers.map((worker) => isRunning(worker.pid))).toEqual([true, true]);
}

function isAwake({ audience, owner }: Evidence['rows'][number]): boolean {
  return audience === 'participant' && !isAsleep(Number(/mentor(\d+)-/.exec(owner)?.[1]));
}

/** Answers take a while, so that a fault finds a wave under way. */
const slowly: PlanInput = { faults: [{ fault: { answer: 'normal', delayMs: 700 } }] };

/** Half of the first requests go wrong in this way. */
const atFirst = (fault: NonNullable<PlanInput['faults']>[number]['fault']): PlanInput => ({
  faults: [{ share: 0.5, requests: { last: mentors }, fault }],
});

const answers: Array<[string, PlanInput]> = [
  ['requests that arrive after they were cut off', atFirst({ answer: 'reset', acceptedAfterMs: 800 })],
  [
    'look-ups that fail at first',
    {
      faults: [
        { share: 0.5, fault: { answer: 'hang' } },
        { on: 'lookUp', requests: { last: 6 }, fault: { answer: 'status', status: 503 } },
      ],
    },
  ],
];

const moreAnswers: typeof answers = [
  ['answers that drip', atFirst({ answer: 'drip', overMs: 3_000 })],
  ['answers that never come to what was accepted', atFirst({ answer: 'hang' })],
  ['answers that never come to what was not accepted', atFirst({ answer: 'hang', accepted: false })],
  ['500 to what was accepted', atFirst({ answer: 'status', status: 500, accepted: true })],
  ['502 as a page of HTML', atFirst({ answer: 'html', status: 502 })],
  [
    '200 as a page of HTML to a text',
    { faults: [{ provider: 'twilio', share: 0.5, fault: { answer: 'html', status: 200, accepted: true } }] },
  ],
  ['redirects', atFirst({ answer: 'redirect' })],
];

type Network = keyof SendingWorld['networks'];

/** A network that fails, which one, and whether it does when a wave is under way or before it. */
const chaos: Array<[string, Network, Chaos, 'mid-wave' | 'before']> = [
  ['slow and reset', 'providers', { latencyMs: 50, resetShare: 0.1 }, 'before'],
  ['silent', 'database', { blackhole: true }, 'mid-wave'],
];

const moreChaos: typeof chaos = [
  ['down', 'temporal', { down: true }, 'before'],
  ['silent', 'providers', { blackhole: true }, 'mid-wave'],
  ['cutting answers short', 'providers', { truncateAfter: 60 }, 'before'],
  ['down', 'providers', { down: true }, 'mid-wave'],
  ['slow and reset', 'database', { latencyMs: 5, resetShare: 0.02 }, 'before'],
  ['down', 'database', { down: true }, 'mid-wave'],
  ['silent', 'temporal', { blackhole: true }, 'before'],
];

describe('two workers on one ledger', { timeout: testTimeout }, () => {
  it.each(inProfile(answers, [...answers, ...moreAnswers]))('M9 %s', async (what, plan) => {
    await send(plan);
    await expectEachOnce(what);
  });

  it('M10 a storm of 429 is waited out for as long as the providers say', async () => {
    const fault = { answer: 'status', status: 429, retryAfterSeconds: 3, delayMs: 400 } as const;
    await send({ faults: [{ requests: { last: 2 * mentors }, fault }] });
    await expectEachOnce('429 with Retry-After');
  });

  it('M10 a refused key parks both channels, nothing is lost, and all goes when staff resume them', async () => {
    await send({ faults: [{ fault: { answer: 'status', status: 401 } }] });
    const providers = ['sendgrid', 'twilio'];
    await until('both channels are parked', 60_000, async () => {
      const parked = await queryRows(world.database, 'select provider from channels where parked_at is not null');
      return when(parked.length === providers.length);
    });
    const { found } = await examine(world, deeds);
    expect(found).toEqual(noFindings);
    await world.fake.plan();
    for (const provider of providers) {
      await resumeChannel(world.database, provider, ['email', 'sms'], 'operations', Date.now());
    }
    await startDispatcherAnew(world);
    // What tells operations of it.
    await nudge(world, 'urgent');
    await expectEachOnce('401, then resumed');
  });

  it.each(inProfile(chaos, [...chaos, ...moreChaos]))(
    'M9 a network that is %s before the %s',
    async (what, name, change, begins) => {
      const network = world.networks[name];
      if (begins === 'before') network.set(change);
      await send(slowly);
      await sleep(moment);
      if (begins === 'mid-wave') network.set(change);
      await sleep(3_000);
      network.set({});
      network.cut();
      await expectEachOnce(`network ${what}: ${name}`);
    },
  );

  it('M9 connections to the database that are ended while a wave is under way', async () => {
    await send(slowly);
    for (let times = 0; times < 5; times++) {
      await sleep(moment);
      await world.postgres.terminateConnections();
    }
    await expectEachOnce('connections ended');
  });

  it('M9 a PostgreSQL that is killed while a wave is under way, and starts again', async () => {
    await send(slowly);
    await sleep(moment);
    await world.postgres.kill();
    await sleep(1_000);
    await world.postgres.start();
    await expectEachOnce('PostgreSQL killed');
  });

  it.runIf(long)('M9 providers that are killed while a wave is under way, and start again', async () => {
    await send(slowly);
    await sleep(moment);
    await world.fake.kill();
    await sleep(1_500);
    await world.fake.start();
    await expectEachOnce('providers killed');
  });

  it('M6 what is withdrawn while it is under way is settled, and not handed over again', async () => {
    await send({
      faults: [
        { share: 0.5, requests: { last: mentors }, fault: { answer: 'reset', delayMs: 300, accepted: false } },
        { fault: { answer: 'normal', delayMs: 300 } },
      ],
    });
    const { reminders } = deeds.portions.at(-1) as Deeds['portions'][number];
    for (const reminder of reminders.slice(0, mentors / 2)) {
      deeds.withdrawn.push({ reminder, at: await withdraw(world.database, reminder) });
    }
    await expectEachOnce('withdrawn while sending');
    const sql = `select count(*)::int as gone from messages where reason = 'withdrawn'`;
    const [row] = await queryRows<{ gone: number }>(world.database, sql);
    expect(row?.gone).toBeGreaterThan(0);
  });

  it.runIf(findProgram('prlimit'))('M9 a disk of the database that is full for a while', async () => {
    await send(slowly);
    await sleep(moment);
    const words = ['--pid', String(world.postgres.pid), '--fsize=65536:unlimited'];
    const { status, stderr } = spawnSync('prlimit', words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`prlimit failed: ${stderr}`);
    // Only sessions that begin from now on are limited.
    await world.postgres.terminateConnections();
    await until('a worker writes', 60_000, async () => when((await world.postgres.log()).includes('File too large')));
    // A database that could not write its log has ended, or waits to be ended; the next one is not limited.
    await world.postgres.kill();
    await world.postgres.start();
    await expectEachOnce('disk full');
  });
});
