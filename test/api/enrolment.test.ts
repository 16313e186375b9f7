import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrolmentRoutes } from '../../api/routes/enrolment.ts';
import { peopleRoutes } from '../../api/routes/people.ts';
import { DAY, HOUR } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { carryOutSweeps } from '../../prisma/store/sweeps.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';

let api: TestApi;
let auth: { Authorization: string };
let now = Date.UTC(2027, 4, 28, 14);
const clock = { now: async () => now };

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => {
      const deps = { database, clock, relay: { wake: () => undefined } };
      return [...enrolmentRoutes(deps), ...peopleRoutes(deps)];
    },
  });
  auth = await api.bearer();
  for (const id of ['north', 'south']) await seedProgram(api.database, id, now);
});
afterAll(() => api.drop());

const choose = (id: string, choice: string, { programId = 'north', as = auth } = {}) =>
  request(api.app).post(`/v1/people/${id}/enrolment`).set(as).send({ programId, choice });

/** Asks everybody in the program whether they go on, as the sweep does. */
async function ask(name: 'cohort-offer' | 'cohort-end', programId = 'north') {
  const parameters = { endsOn: '2027-06-11', endsAt: now + 14 * DAY };
  const sweep = {
    kind: 'sweep',
    key: `${programId}/${name}/${now}`,
    name,
    group: 'cohort',
    at: now,
    parameters,
  } as const;
  const terms = { programId, policyVersion: 1, zone: 'America/New_York', gatherMinutes: 2, now };
  const classified = (key: string, variant?: string | null) => classify(key as TemplateKey, variant);
  return carryOutSweeps(api.database, { ...terms, sweeps: [sweep], classify: classified });
}

const messages = (id: string) =>
  queryRows<{ state: string; reason: string | null; withdrawn: boolean }>(
    api.database,
    `select state, reason, withdrawn from messages where person_id = $1 and template = 'cohort-opt-out'`,
    id,
  );

const stateOf = async (id: string) =>
  (await request(api.app).get(`/v1/people/${id}`).set(auth).expect(200)).body.enrolment;

describe('S9 saying whether somebody goes on', () => {
  test('a confirmation keeps them, an opt-out takes them out, and either may be changed', async () => {
    await seedPerson(api.database, 'ada', { programs: ['north', 'south'] });
    const { body } = await choose('ada', 'optOut').expect(200);
    expect(body.enrolment).toEqual([
      { programId: 'north', state: 'optedOut' },
      { programId: 'south', state: 'active' },
    ]);
    await choose('ada', 'confirm').expect(200);
    expect((await stateOf('ada'))[0]).toEqual({ programId: 'north', state: 'active' });
  });

  test('who is unconfirmed and confirms is active again', async () => {
    await seedPerson(api.database, 'una', { programs: ['north'], enrolment: 'unconfirmed' });
    expect((await choose('una', 'confirm').expect(200)).body.enrolment).toEqual([
      { programId: 'north', state: 'active' },
    ]);
  });

  test('it holds for every role that somebody has in the program', async () => {
    await seedPerson(api.database, 'both', { programs: ['north'] });
    const sql = `insert into enrolments (person_id, program_id, role, state, joined_at, profile_complete)
      values ('both', 'north', 'mentee', 'active', '2027-01-01', true)`;
    await execute(api.database, sql);
    await choose('both', 'optOut').expect(200);
    const rows = await queryRows(api.database, `select state from enrolments where person_id = 'both'`);
    expect(rows).toEqual([{ state: 'optedOut' }, { state: 'optedOut' }]);
  });

  test('M6 the question that still waits is withdrawn with the answer, one on its way is not handed over again', async () => {
    for (const id of ['eve', 'finn']) await seedPerson(api.database, id, { programs: ['south'] });
    await ask('cohort-offer', 'south');
    await execute(api.database, `update messages set state = 'sending' where person_id = 'finn'`);
    for (const id of ['eve', 'finn']) await choose(id, 'confirm', { programId: 'south' }).expect(200);
    expect(await messages('eve')).toEqual([{ state: 'skipped', reason: 'withdrawn', withdrawn: false }]);
    expect(await messages('finn')).toEqual([{ state: 'sending', reason: null, withdrawn: true }]);
  });

  test('M6 who is not enrolled any more is not asked', async () => {
    now += HOUR;
    await seedPerson(api.database, 'gone', { programs: ['north'] });
    await ask('cohort-offer');
    const body = { name: 'Gone', programs: [{ programId: 'south', role: 'mentor' }] };
    await request(api.app).put('/v1/people/gone').set(auth).send(body).expect(200);
    expect(await messages('gone')).toEqual([{ state: 'skipped', reason: 'withdrawn', withdrawn: false }]);
  });

  test('an answer counts for the run in progress alone: the next one is asked about anew', async () => {
    now += HOUR;
    await seedPerson(api.database, 'iris', { programs: ['north'] });
    await ask('cohort-offer');
    await choose('iris', 'confirm').expect(200);
    now += HOUR;
    await ask('cohort-offer');
    expect(await messages('iris')).toHaveLength(1);
    await ask('cohort-end');
    expect((await stateOf('iris'))[0]).toEqual({ programId: 'north', state: 'active' });
    await choose('iris', 'confirm').expect(200);
    now += HOUR;
    await ask('cohort-offer');
    expect(await messages('iris')).toHaveLength(2);
    await ask('cohort-end');
    expect((await stateOf('iris'))[0]).toEqual({ programId: 'north', state: 'unconfirmed' });
  });

  test('nobody who is not enrolled, not there or not of the key is told from another; removed people stay removed', async () => {
    await seedPerson(api.database, 'jon', { programs: ['south'] });
    await seedPerson(api.database, 'kit', { programs: ['north'], enrolment: 'removed' });
    await choose('jon', 'confirm').expect(404);
    await choose('nobody', 'confirm').expect(404);
    const limited = await api.bearer({ programIds: ['north'] });
    await choose('jon', 'confirm', { programId: 'south', as: limited }).expect(404);
    expect((await choose('kit', 'confirm').expect(409)).body.code).toBe('removed');
    await choose('jon', 'perhaps', { programId: 'south' }).expect(422);
    const reading = await api.bearer({ scopes: ['read'] });
    await choose('jon', 'confirm', { programId: 'south', as: reading }).expect(403);
  });
});
