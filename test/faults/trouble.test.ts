import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execute, queryRows } from '../../prisma/database.ts';
import { testTimeout } from './support/profile.ts';
import { programId, record, seedPair, seedPeople, seedProgram } from './support/seeds.ts';
import { until, when } from './support/waiting.ts';
import { startWorld, type World } from './support/world.ts';

/** The worker dies while somebody leaves with all their pairs: that is done wholly, once, or not at all (T7). */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

const pairs = ['first', 'second', 'third'];

/** One mentor with three mentees, who is asked by a fourth. */
async function seed(): Promise<void> {
  const { database } = world;
  await seedProgram(database, { contact: {} });
  await seedPeople(database, 'mentor', 1);
  await seedPeople(database, 'mentee', 4);
  for (const [index, id] of pairs.entries()) {
    await seedPair(database, { id, mentorId: 'mentor0', menteeId: `mentee${index}` });
  }
  await execute(
    database,
    `insert into requests (id, owner, program_id, kind, mentee_id, mentor_id, mentor_ids, policy_version, status, round,
       created_at, opened_at, reminded_at, digest)
     values ('asked', 'request:' || $1 || ':asked', $1, 'request', 'mentee3', 'mentor0', '{mentor0}', 1, 'pending', 1, $2, $2,
       '{}', '')`,
    programId,
    new Date(),
  );
}

interface Stand {
  removed: boolean;
  version: number;
  told: string[];
  request: string;
  closed: string[];
}

async function stand(): Promise<Stand> {
  const sql = `
    select removed_at is not null as removed, version,
      array(select pair_id from journal where type = 'pair.closed' order by pair_id) as told,
      (select status from requests where id = 'asked') as request,
      array(select id from pairs where state = 'closed' order by id) as closed
    from people where id = 'mentor0'`;
  return (await queryRows<Stand>(world.database, sql))[0] as Stand;
}

/** A worker that dies there; answers what stands afterwards. */
async function dieAt(dies: string): Promise<Stand> {
  const dying = await world.start('test/faults/support/killed-while-leaving.ts', dies, { DIES: dies });
  await dying.ended;
  return stand();
}

describe('somebody who leaves while the worker is killed', { timeout: testTimeout }, () => {
  it('T7 has left nothing before it is committed, and everything, once, however often the worker dies', async () => {
    await seed();
    await world.start('api', 'api');
    await record(world.database, {
      id: 'report',
      type: 'contact.trouble',
      pairId: 'first',
      data: { by: 'mentor', option: 'remove_me' },
    });
    const untouched = { removed: false, version: 1, told: [], request: 'pending', closed: [] };
    expect(await dieAt('middle')).toEqual(untouched);
    const told = ['second', 'third'];
    const left = { removed: true, version: 2, told, request: 'closed_by_staff' };
    expect(await dieAt('committed')).toMatchObject(left);

    await (await world.start('worker', 'worker')).ready();
    await until('every pair has closed', 60_000, async () => when((await stand()).closed.length === pairs.length));
    expect(await stand()).toEqual({ ...left, closed: pairs });
    const sql = `select person_id from messages where template = 'pair-closed' and state in ('sent', 'waiting', 'sending')`;
    const heard = async (): Promise<string[]> =>
      (await queryRows<{ person_id: string }>(world.database, sql)).map((row) => row.person_id).sort();
    await until('the three mentees hear of it', 60_000, async () => when((await heard()).length === 3));
    expect(await heard()).toEqual(['mentee0', 'mentee1', 'mentee2']);
  });
});
