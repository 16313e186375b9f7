import { setTimeout as sleep } from 'node:timers/promises';
import type { PlanInput } from '../../../runtime/local/provider-fake/plan.ts';
import { startDispatcherAnew } from './burst.ts';
import type { Evidence, Findings } from './checker.ts';
import { atRest, type Deeds, examine } from './evidence.ts';
import { type KillPoint, killPoints } from './kill-points.ts';
import type { Protection } from './protections.ts';
import { createRandom, type Random } from './random.ts';
import { seedPortion, seedSchool, withdraw } from './sending-seeds.ts';
import type { SendingWorld } from './sending-world.ts';

/** Workers are killed again and again while they send through providers of which some requests go wrong. */
export interface Campaign {
  kills: number;
  /** Mentors who are reminded, each in a portion of its own for one life of a worker. */
  mentors: number;
  without?: Protection | null;
}

export interface CampaignResult {
  found: Findings;
  evidence: Evidence;
  kills: number;
  /** Kills by the point at which they came. */
  killsAt: Record<string, number>;
  /** Milliseconds from the start of the last worker, which nobody kills, until all was at rest. */
  recovery: number;
}

/** Mentors of all campaigns so far: each campaign has numbers of its own, since the providers remember the others. */
let mentorsOfAll = 0;

/** Workers at once on one ledger. */
const lanes = 2;
/** Points that each request reaches by itself, where the others are reached once by a wave. */
const perRequest: readonly KillPoint[] = ['after the claim', 'after the request was written', 'after the answer'];
/** A worker that does not reach its point is killed anyway, in milliseconds after it was ready. */
const longestLife = 4_000;

/** Milliseconds after which the dispatcher is begun anew. */
const driveEvery = 800;

/** Answers are slow enough for a kill to come before them; some are late, wrong or missing, and some requests are late. */
function troubles(seed: number): PlanInput {
  return {
    seed,
    faults: [
      { share: 0.04, fault: { answer: 'reset', acceptedAfterMs: 700 } },
      { share: 0.04, fault: { answer: 'hang' } },
      { share: 0.04, fault: { answer: 'status', status: 500, accepted: true } },
      { share: 0.04, fault: { answer: 'html', status: 502, accepted: false } },
      { share: 0.04, fault: { answer: 'status', status: 429, retryAfterSeconds: 1 } },
      { fault: { answer: 'normal', delayMs: 500 } },
    ],
  };
}

/** Carries a campaign out on a database of its own. What chance does in each life follows from `random` alone. */
export async function carryOut(world: SendingWorld, random: Random, campaign: Campaign): Promise<CampaignResult> {
  const firstMentor = mentorsOfAll;
  mentorsOfAll += Math.ceil(campaign.mentors / 20) * 20;
  await world.begin();
  await seedSchool(world.database);
  await world.fake.plan(troubles(random.between(1, 1_000_000)));
  const lives = random.between(1, 1_000_000);
  const before = (await world.fake.journal()).length;
  const deeds: Deeds = { portions: [], withdrawn: [] };
  const killsAt: Record<string, number> = {};
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < campaign.kills) {
      const n = begun++;
      const at = await oneLife(world, createRandom(lives + n), campaign, deeds, { n, firstMentor });
      killsAt[at] = (killsAt[at] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const recovery = await recover(world, campaign);
  const { found, evidence } = await examine(world, deeds, before);
  // A limit that only a killed worker was told of is known to nobody.
  return { found: { ...found, impatient: [] }, evidence, kills: campaign.kills, killsAt, recovery };
}

/** A portion is written, a worker sends until it dies; answers where. */
async function oneLife(
  world: SendingWorld,
  random: Random,
  { kills, mentors, without = null }: Campaign,
  deeds: Deeds,
  { n, firstMentor }: { n: number; firstMentor: number },
): Promise<string> {
  const bounds = [n, n + 1].map((share) => firstMentor + Math.floor((share * mentors) / kills));
  const [from, until] = bounds as [number, number];
  const diesAt = random.next() < 0.25 ? null : random.one(killPoints);
  // A life has one or two waves of a few requests.
  const times = random.between(1, perRequest.includes(diesAt as KillPoint) ? 3 : 2);
  const pause = random.between(0, 600);
  const withdrawsOne = random.next() < 0.3;
  const portion = await seedPortion(world.database, 'term', from, until - from);
  deeds.portions.push(portion);
  const worker = await world.startWorker({ diesAt, times, without });
  await worker.ready();
  const driven = drive(world, worker.ended);
  const reminder = portion.reminders[0];
  if (withdrawsOne && reminder) {
    await sleep(pause);
    deeds.withdrawn.push({ reminder, at: await withdraw(world.database, reminder) });
  }
  const died = await Promise.race([
    worker.ended.then(() => true),
    sleep(diesAt === null ? pause : longestLife).then(() => false),
  ]);
  await worker.kill();
  await driven;
  return died && diesAt !== null ? diesAt : 'at any instant';
}

/** The dispatcher begins anew until a worker has ended: a pass may go to the other worker, or to one that was just killed. */
async function drive(world: SendingWorld, ended: Promise<unknown>): Promise<void> {
  let over = false;
  const watched = ended.then(() => {
    over = true;
  });
  while (!over) {
    await startDispatcherAnew(world);
    await Promise.race([watched, sleep(driveEvery)]);
  }
}

/** A worker that nobody kills does the rest; answers how long that took. */
async function recover(world: SendingWorld, { without = null }: Campaign): Promise<number> {
  const worker = await world.startWorker({ without });
  await worker.ready();
  await startDispatcherAnew(world);
  const took = await atRest(world.database, 120_000);
  await worker.kill();
  return took;
}
