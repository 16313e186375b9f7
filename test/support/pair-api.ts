import request from 'supertest';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { pairCommandRoutes } from '../../api/routes/pair-commands.ts';
import { pairRoutes } from '../../api/routes/pairs.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from './api.ts';
import { counted, type FakeGateway, fakeGateway, seedClass, seedPerson, seedProgram } from './mentoring.ts';

/** The API of pairs with two programs, their classes and people, made once per test file; its clock stands. */

type Headers = Record<string, string>;

interface PairApi {
  api: TestApi;
  now: number;
  gateway: FakeGateway;
  /** A key that may do everything, and one that may in `prog_a` only. */
  auth: { Authorization: string };
  limited: { Authorization: string };
  /** Statements that went through the database. */
  count: ReturnType<typeof counted>;
  /** How often the relay was told of new entries. */
  wakes: number;
}

const start = Date.UTC(2026, 8, 1, 12);
const clock = { now: async () => world.now };
let number = 0;

/** What a test file of pairs works with; `openPairApi` fills it. */
export const world = { now: start, gateway: fakeGateway(), wakes: 0 } as PairApi;

/** Makes the API before the tests of a file, and lets each begin with the same clock and an untouched gateway. */
export function openPairApi(): void {
  beforeAll(async () => {
    world.api = await createTestApi({ clock, routes });
    world.auth = await world.api.bearer();
    world.limited = await world.api.bearer({ programIds: ['prog_a'] });
    await seed();
  });
  afterAll(() => world.api.drop());
  beforeEach(() => {
    world.wakes = 0;
    world.now = start;
    world.gateway.commands = [];
    world.gateway.answers = { view: null, plan: null, command: 'applied' };
    world.count.reset();
  });
}

function routes(database: TestApi['database']) {
  world.count = counted(database);
  const relay = { wake: () => world.wakes++ };
  const deps = { database: world.count.database, clock, gateway: world.gateway, relay };
  return [...pairRoutes(deps), ...pairCommandRoutes(deps)];
}

async function seed(): Promise<void> {
  const { database } = world.api;
  await seedProgram(database, 'prog_a', start);
  await seedProgram(database, 'prog_b', start, { staff: {} });
  await seedClass(database, 'class_a', 'prog_a', start);
  await seedClass(database, 'class_a2', 'prog_a', start);
  await seedClass(database, 'class_b', 'prog_b', start);
  const programs = ['prog_a', 'prog_b'];
  await seedPerson(database, 'mentor', { programs });
  await seedPerson(database, 'mentee', { programs, role: 'mentee' });
  await seedPerson(database, 'minor', { programs, role: 'mentee', minor: true, guardianId: 'guardian' });
  await seedPerson(database, 'elsewhere', { programs: ['prog_b'] });
  await seedPerson(database, 'gone', { programs, removed: true });
  await seedPerson(database, 'unsure', { programs, enrolment: 'unconfirmed' });
}

/** The body of a pair that is still to be made. */
export const newPair = (change: Record<string, unknown> = {}) => ({
  id: `pair_${++number}`,
  programId: 'prog_a',
  mentorId: 'mentor',
  menteeId: 'mentee',
  classId: 'class_a',
  ...change,
});

export const post = (path: string, body: object = {}, headers: Headers = world.auth) =>
  request(world.api.app).post(`/v1/pairs${path}`).set(headers).send(body);
export const get = (path: string, headers: Headers = world.auth) =>
  request(world.api.app).get(`/v1/pairs${path}`).set(headers);
export const patch = (id: string, body: object, headers: Headers = world.auth) =>
  request(world.api.app).patch(`/v1/pairs/${id}`).set(headers).send(body);

/** Makes a pair; answers its id. */
export async function made(change: Record<string, unknown> = {}): Promise<string> {
  const pair = newPair(change);
  await post('', pair).expect(201);
  return pair.id;
}

/** The journal of a pair, in the order of acceptance. */
export const entriesOf = (pairId: string) =>
  queryRows<{ type: string; state: string; ref: string; data: unknown; refusal: string | null }>(
    world.api.database,
    'select type, state, ref, data, refusal from journal where pair_id = $1 order by seq',
    pairId,
  );

/** A case of staff about a pair, changed as given. */
export async function insertCase(id: string, pairId: string, change: Record<string, unknown> = {}): Promise<void> {
  const row = { owner: 'staff', kind: 'task', state: 'open', assignee: 'per_pc', supervisor: 'per_sup', ...change };
  const sql = `
    insert into cases (id, owner, kind, program_id, pair_id, state, assignee, supervisor, reason, facts, details, opened_at)
    values ($1, $2, $3, 'prog_a', $4, $5, $6, $7, 'r', '{}', '{}', $8)`;
  const { owner, kind, state, assignee, supervisor } = row;
  await execute(world.api.database, sql, id, owner, kind, pairId, state, assignee, supervisor, new Date(world.now));
}
