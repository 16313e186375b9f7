import request from 'supertest';
import { afterAll, beforeAll } from 'vitest';
import { reportRoutes } from '../../api/routes/reports.ts';
import { instantOf } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from './api.ts';
import { insertPair } from './facts.ts';
import { seedPerson, seedProgram } from './mentoring.ts';
import { recordZone } from './records.ts';

/** The API of reports on a database of its own; its clock stands. */

export const now = instantOf('2027-03-15', '12:00', recordZone);
const clock = { now: async () => now };
let programs = 0;

/** What a test file of reports works with; `openReportApi` fills it. */
export const world = {} as { api: TestApi; auth: { Authorization: string } };

export function openReportApi(): void {
  beforeAll(async () => {
    world.api = await createTestApi({ clock, routes: (database) => reportRoutes({ database, clock }) });
    world.auth = await world.api.bearer();
    for (const id of ['ada', 'mia']) await seedPerson(world.api.database, id);
  });
  afterAll(() => world.api.drop());
}

/** A program with so many pairs, of ids that begin with its own. */
export async function newProgram(pairs: number): Promise<{ programId: string; pairIds: string[] }> {
  const programId = `p${++programs}`;
  await seedProgram(world.api.database, programId, now);
  const pairIds = Array.from({ length: pairs }, (_, index) => `${programId}_pair_${index}`);
  for (const id of pairIds) await insertPair(world.api.database, { id, programId, mentorId: 'ada', menteeId: 'mia' });
  const coordinated = `update pairs set coordinator_id = 'per_pc' where program_id = $1`;
  await execute(world.api.database, coordinated, programId);
  return { programId, pairIds };
}

export const report = (name: string, query: Record<string, string>, headers: Record<string, string> = {}) =>
  request(world.api.app)
    .get(`/v1/reports/${name}`)
    .query(query)
    .set({ ...world.auth, ...headers });
