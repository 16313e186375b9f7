import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { erasureRoutes } from '../../api/routes/erasure.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { erasedAt, openCase } from '../support/erasable.ts';
import { insertPair } from '../support/facts.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';
import { expectProblem } from '../support/things.ts';

const now = erasedAt;
const clock = { now: async () => now };
let api: TestApi;
let admin: { Authorization: string };

beforeAll(async () => {
  const relay = { wake: () => undefined };
  api = await createTestApi({ clock, routes: (database) => erasureRoutes({ database, clock, relay }) });
  admin = await api.bearer();
  for (const id of ['school', 'other']) await seedProgram(api.database, id, now);
});
afterAll(() => api.drop());

const erase = (id: string, headers = admin) => request(api.app).delete(`/v1/people/${id}`).set(headers);
const run = (sql: string, ...values: unknown[]) => execute(api.database, sql, ...values);
const rows = (sql: string, ...values: unknown[]) => queryRows<Record<string, unknown>>(api.database, sql, ...values);

describe('erasing is refused', () => {
  const codeOf = async (id: string, headers = admin) => {
    const response = await erase(id, headers);
    expectProblem(response, 409, 'conflict');
    return response.body.code;
  };

  test('K6 while an open safety case names the person, their pair or their ward; once it is cleared it is not', async () => {
    for (const id of ['told', 'coach', 'child', 'ladder']) await seedPerson(api.database, id, { programs: ['school'] });
    await insertPair(api.database, { id: 'pair_safe', programId: 'school', mentorId: 'coach', menteeId: 'child' });
    await openCase(api.database, 'safety_1', 'safety', { personId: 'told', assignee: 'ladder' });
    await openCase(api.database, 'safety_2', 'safety', { pairId: 'pair_safe' });
    const everyone = ['told', 'coach', 'child', 'ladder'];
    for (const id of everyone) expect(await codeOf(id)).toBe('in_safety_case');
    await run(`update cases set state = 'acknowledged' where kind = 'safety'`);
    expect(await codeOf('coach')).toBe('in_safety_case');
    expect(await rows(`select name from people where id = 'coach'`)).toEqual([{ name: 'coach' }]);
    await run(`update cases set state = 'resolved' where kind = 'safety'`);
    for (const id of everyone) await erase(id).expect(204);
  });

  test('while the person is the guardian of a minor, who would have nobody to consent for them', async () => {
    for (const id of ['old_guardian', 'new_guardian']) await seedPerson(api.database, id, { programs: ['school'] });
    await seedPerson(api.database, 'ward', { programs: ['school'], minor: true, guardianId: 'old_guardian' });
    const refusal = await erase('old_guardian');
    expectProblem(refusal, 409, 'conflict');
    expect(refusal.body).toMatchObject({ code: 'guardian_of_minor', minorIds: ['ward'] });
    await run(`update people set guardian_id = 'new_guardian' where id = 'ward'`);
    await erase('old_guardian').expect(204);
    await erase('ward').expect(204);
    await erase('new_guardian').expect(204);
  });

  test('to a key that reaches only some of their programs, and to one without the scope', async () => {
    await seedPerson(api.database, 'both', { programs: ['school', 'other'] });
    await seedPerson(api.database, 'away', { programs: ['other'] });
    const limited = await api.bearer({ programIds: ['school'] });
    expect(await codeOf('both', limited)).toBe('in_other_programs');
    expectProblem(await erase('away', limited), 404, 'not-found');
    expectProblem(await erase('nobody'), 404, 'not-found');
    expectProblem(
      await erase('both', await api.bearer({ scopes: ['read', 'command', 'sensitive'] })),
      403,
      'forbidden',
    );
    await erase('both', await api.bearer({ programIds: ['school', 'other'] })).expect(204);
  });
});
