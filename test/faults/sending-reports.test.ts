import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, execute, queryRows } from '../../prisma/database.ts';
import { nudge, startDispatcherAnew } from './support/burst.ts';
import { type CalledBackApi, startCalledBackApi } from './support/called-back-api.ts';
import { type Evidence, type Findings, lastTold, noFindings } from './support/checker.ts';
import { type Deeds, examine, isAtRest, passTime } from './support/evidence.ts';
import { arrivedAfterAll, type Fated, fatesOf, planOf } from './support/fates.ts';
import { inProfile, seed, testTimeout } from './support/profile.ts';
import { createRandom } from './support/random.ts';
import { mentorsOf, seedPortion, seedSchool } from './support/sending-seeds.ts';
import { type SendingWorld, startSendingWorld } from './support/sending-world.ts';
import { type Line, printTable } from './support/table.ts';
import { until, when } from './support/waiting.ts';

/**
 * What providers accepted does not arrive, and they tell the API of it: once, again, backward, before they answer, or never,
 * also while the API is killed. Every message goes again where that is right, falls back to mail or ends, and no other
 * goes twice (M8, M9, M10).
 */

const mentors = inProfile(80, 240);
/** Between one report of a message and the next, in milliseconds, while the API is killed. */
const slowly = inProfile(500, 1_000);
const crashes = inProfile(2, 8);
const comesToRestWithin = 120_000;

const random = createRandom(seed);
const lines: Line[] = [];
let portions = 0;
let world: SendingWorld;
let api: CalledBackApi;
beforeAll(async () => {
  console.info(`TANDEM_FAULTS_SEED=${seed}`);
  world = await startSendingWorld(random);
  await seedSchool(world.database);
  const worker = await world.startWorker();
  api = await startCalledBackApi(world, random);
  await worker.ready();
  await world.fake.callBack(api.url);
});
afterAll(async () => {
  printTable(lines);
  await api?.stop();
  await world?.stop();
});

interface Told {
  fated: Fated[];
  found: Findings;
  evidence: Evidence;
  /** What the reminders ended as, and how many acceptances each had. */
  ended: Array<Pick<Fated, 'ends' | 'accepted'>>;
}

/**
 * A portion is sent, and what becomes of it is told.
 * @param everyMs between one report and the next
 * @param crashing how often the API is killed meanwhile
 */
async function tell(what: string, fateOf: typeof fatesOf, everyMs: number, crashing = 0): Promise<Told> {
  const [name, from] = [`part${portions}`, mentors * portions++];
  const fated = fateOf(mentorsOf(name, from, mentors));
  await world.fake.plan(planOf(fated, everyMs));
  const before = (await world.fake.journal()).length;
  const portion = await seedPortion(world.database, name, from, mentors);
  await startDispatcherAnew(world);
  for (let crash = 0; crash < crashing; crash++) {
    await sleep(random.between(0, everyMs));
    await api.crash();
  }
  const recovery = await everythingTold();
  const { found, evidence } = await examine(world, { portions: [portion], withdrawn: [] } satisfies Deeds);
  lines.push({ what, kills: crashing, found, evidence, recovery });
  const requests = evidence.requests.slice(before);
  return {
    fated,
    found,
    evidence: { ...evidence, requests },
    ended: fated.map(({ mentor }) => endOf(mentor.id, evidence)),
  };
}

/** Waits until no report is under way and nothing is left to do because of one; answers how many milliseconds that took. */
async function everythingTold(): Promise<number> {
  const from = performance.now();
  const requests = async (): Promise<number> => (await world.fake.journal()).length;
  const look = async (): Promise<true | null> => {
    await passTime(world.database);
    await gatherNoLonger(world.database);
    for (const shard of ['people', 'urgent'] as const) await nudge(world, shard);
    const before = await requests();
    const { underWay } = await world.fake.callbacks();
    return when(underWay === 0 && (await isAtRest(world.database)) && (await requests()) === before);
  };
  await until('every report is told, and nothing is due', comesToRestWithin, look, 500);
  return performance.now() - from;
}

/** What is said to staff would gather for two minutes, and be due in the midst of another test. */
async function gatherNoLonger(database: Database): Promise<void> {
  await execute(
    database,
    `update messages set look_at = null, not_before = now()
     where state = 'waiting' and classification->>'audience' = 'staff' and not_before > now()`,
  );
}

/** The reminders of one mentor end alike: merged ones are in the message of another. */
function endOf(mentorId: string, { rows, sends, requests }: Evidence): Pick<Fated, 'ends' | 'accepted'> {
  const own = rows.filter(({ owner }) => owner.split(':')[2]?.startsWith(`${mentorId}-`));
  const ends = own
    .filter(({ reason }) => reason !== 'merged')
    .map(({ state, reason, channel }) => [state, reason, channel].filter(Boolean).join(' '));
  const ids = sends.filter(({ messageIds }) => own.some(({ id }) => messageIds.includes(id))).map(({ id }) => id);
  const accepted = requests.filter((request) => request.accepted && ids.includes(request.sendId ?? '')).length;
  return { ends: [...new Set(ends)].join(', '), accepted };
}

/** Sends of which the ledger shows another status than what happened last of all that was told. */
function behind({ requests, sends }: Evidence): string[] {
  const statusOf = new Map(sends.map(({ id, status }) => [id, status]));
  return requests
    .filter((request) => request.accepted && request.sendId !== null)
    .filter((request) => statusOf.get(request.sendId as string) !== lastTold(request)?.status)
    .map(({ sendId }) => sendId as string);
}

const described = ({ mentor, fate, manner }: Fated, end: Pick<Fated, 'ends' | 'accepted'>): string =>
  `${mentor.id}: ${fate.what}, told ${manner}: ${end.ends}, accepted ${end.accepted} times`;

function expectRight({ fated, found, evidence, ended }: Told): void {
  expect(found).toEqual(noFindings);
  expect(fated.map((one, index) => described(one, ended[index] as Fated))).toEqual(
    fated.map((one) => described(one, one)),
  );
  expect(behind(evidence)).toEqual([]);
}

/** Texts that arrived after a failure that passed; the failure is told last. */
const arrived: typeof fatesOf = (all) => fatesOf(all, [arrivedAfterAll], ['backward']);

describe('what becomes of messages after their acceptance', { timeout: testTimeout }, () => {
  it('M8 M10 a text or mail that does not arrive goes again, falls back to mail or ends, however it is told', async () => {
    expectRight(await tell('failures told', fatesOf, 0));
    const tasks = await queryRows<{ key: string }>(
      world.database,
      `select key from cases where reason = 'send_failed' order by key`,
    );
    expect(tasks.map(({ key }) => key.split('/').slice(-2).join(' '))).toEqual(['twilio 30003', 'twilio 30007']);
  });

  it(`M9 the same while the API is killed ${crashes} times`, async () => {
    expectRight(await tell('the API killed', fatesOf, slowly, crashes));
    const { refused, unaddressed } = await world.fake.callbacks();
    expect({ refused, unaddressed }).toEqual({ refused: 0, unaddressed: 0 });
  });

  it('M9 an older failure that is told after the arrival sends nothing again', async () => {
    expectRight(await tell('failures told late', arrived, 200));
  });

  it('M9 statuses that go backward send what has arrived again, and the comparison shows it', async () => {
    await execute(
      world.database,
      `create function forget_status() returns trigger language plpgsql as
       'begin new.provider_status := null; return new; end'`,
    );
    await execute(
      world.database,
      'create trigger forget_status before update on sends for each row execute function forget_status()',
    );
    const { found, evidence } = await tell('without forward-only', arrived, 200);
    expect(found.twice.length).toBeGreaterThan(0);
    expect(behind(evidence).length).toBeGreaterThan(0);
  });
});
