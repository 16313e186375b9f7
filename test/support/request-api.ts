import request from 'supertest';
import { afterAll, beforeAll } from 'vitest';
import { requestAnswerRoutes } from '../../api/routes/request-answers.ts';
import { requestRoutes } from '../../api/routes/requests.ts';
import type { Partially } from '../../policy/program.ts';
import type { RequestsPolicy } from '../../policy/sections/requests.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from './api.ts';
import { seedPerson, seedProgram } from './mentoring.ts';

/** The API of requests on a database of its own; its clock stands where the test puts it. */

interface RequestApi {
  api: TestApi;
  now: number;
  auth: { Authorization: string };
}

const clock = { now: async () => world.now };

/** What a test file of requests works with; `openRequestApi` fills it. */
export const world = { now: Date.UTC(2026, 8, 1, 15) } as RequestApi;
export const start = world.now;

export function openRequestApi(): void {
  beforeAll(async () => {
    world.api = await createTestApi({ clock, routes });
    world.auth = await world.api.bearer();
  });
  afterAll(() => world.api.drop());
}

function routes(database: TestApi['database']) {
  const deps = { database, clock, relay: { wake: () => undefined } };
  return [...requestRoutes(deps), ...requestAnswerRoutes(deps)];
}

let programs = 0;
let requests = 0;

export const newRequestId = (): string => `r${++requests}`;

/** A program with people of its own; their ids begin with its id. */
export async function newProgram(
  policy: Partially<RequestsPolicy>,
  people: Record<string, { role?: string; mentor?: number; mentee?: number }>,
): Promise<string> {
  const id = `p${++programs}`;
  await seedProgram(world.api.database, id, world.now, { policy: { requests: policy as RequestsPolicy } });
  for (const [name, { role = 'mentor', mentor = null, mentee = null }] of Object.entries(people)) {
    await seedPerson(world.api.database, `${id}_${name}`, { programs: [id], role });
    const sql = 'update people set capacity_mentor = $2, capacity_mentee = $3 where id = $1';
    await execute(world.api.database, sql, `${id}_${name}`, mentor, mentee);
  }
  return id;
}

export const post = (path: string, body: object, auth: { Authorization: string } = world.auth) =>
  request(world.api.app).post(path).set(auth).send(body);
export const get = (path: string, auth: { Authorization: string } = world.auth) =>
  request(world.api.app).get(path).set(auth);

/** Asks; answers the response. */
export const ask = (program: string, mentee: string, mentor: string, change: Record<string, unknown> = {}) =>
  post('/v1/requests', {
    id: newRequestId(),
    programId: program,
    menteeId: `${program}_${mentee}`,
    mentorId: `${program}_${mentor}`,
    message: 'May I learn from you?',
    ...change,
  });

export const offer = (program: string, mentor: string, mentee: string, change: Record<string, unknown> = {}) =>
  post('/v1/offers', {
    id: newRequestId(),
    programId: program,
    menteeId: `${program}_${mentee}`,
    mentorId: `${program}_${mentor}`,
    message: 'I would be glad to help.',
    ...change,
  });

/** Asks, expects it to be opened, and answers the id. */
export async function asked(program: string, mentee: string, mentor: string): Promise<string> {
  return (await ask(program, mentee, mentor).expect(201)).body.id;
}

export const answer = (program: string, id: string, act: string, by: string, body: Record<string, unknown> = {}) =>
  post(`/v1/requests/${id}:${act}`, { by: `${program}_${by}`, ...body });

export const count = async (sql: string, ...values: unknown[]): Promise<number> =>
  (await queryRows<{ n: number }>(world.api.database, sql, ...values))[0]?.n ?? 0;

export const pairsIn = (program: string) =>
  count('select count(*)::int as n from pairs where program_id = $1', program);
export const entriesOf = (id: string, type: string) =>
  count('select count(*)::int as n from journal where subject = $1 and type = $2', id, type);

/** How many requests of a program have each status. */
export async function statuses(program: string): Promise<Record<string, number>> {
  const sql = 'select status, count(*)::int as n from requests where program_id = $1 group by status order by status';
  const rows = await queryRows<{ status: string; n: number }>(world.api.database, sql, program);
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}
