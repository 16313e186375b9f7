import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { peopleRoutes } from '../../api/routes/people.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair, notesOf } from '../support/facts.ts';
import { lateDatabase } from '../support/late-database.ts';

type Headers = { Authorization: string };

const now = Date.UTC(2026, 8, 1, 12);
const clock = { now: async () => now };
let api: TestApi;
let admin: Headers;
let limited: Headers;
let wakes = 0;

beforeAll(async () => {
  const late = lateDatabase();
  const relay = { wake: () => wakes++ };
  api = await createTestApi({ clock, routes: peopleRoutes({ database: late.database, clock, relay }) });
  late.use(api.database);
  admin = await api.bearer();
  limited = await api.bearer({ programIds: ['prog_1'] });
  const sql = `insert into programs (id, version, created_at) values ('prog_1', 1, $1::timestamptz)`;
  await execute(api.database, sql, new Date(now));
});
afterAll(() => api.drop());
beforeEach(() => {
  wakes = 0;
});

const put = (path: string, body: object, headers = admin) =>
  request(api.app).put(`/v1/people/${path}`).set(headers).send(body);
const get = (id: string, headers = admin) => request(api.app).get(`/v1/people/${id}`).set(headers);
const mentorIn = (programId: string) => ({ programId, role: 'mentor', joinedAt: '2026-08-01T00:00:00Z' });
const consent = {
  granted: true,
  by: 'per_g',
  source: 'form',
  wording: 'I agree to texts.',
  at: '2026-09-01T11:00:00Z',
};
const pointersOf = ({ body }: request.Response): string[] =>
  body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();

describe('people', () => {
  test('a person is made, read, replaced as a whole, and left alone by the same again', async () => {
    const person = {
      name: ' Ada ',
      email: 'ada@example.org',
      phone: '+12125550123',
      zone: 'America/New_York',
      programs: [mentorIn('prog_1')],
    };
    const made = await put('per_a', person).expect(201);
    expect(made.body).toMatchObject({
      id: 'per_a',
      version: 1,
      name: 'Ada',
      isMinor: false,
      capacity: { mentor: null, mentee: 1 },
    });
    expect(made.body.enrolment).toEqual([{ programId: 'prog_1', state: 'active' }]);
    expect(made.body.availability).toEqual({ available: true, from: null, until: null, reason: null });
    expect((await put('per_a', person).expect(200)).body.version).toBe(1);
    const replaced = (await put('per_a', { name: 'Ada' }).expect(200)).body;
    expect(replaced).toMatchObject({ version: 2, email: null, phone: null, zone: null, programs: [], enrolment: [] });
    expect((await get('per_a').expect(200)).body).toEqual(replaced);
    await get('per_nobody').expect(404);
  });

  test('addresses are shown only to keys with sensitive or admin', async () => {
    await put('per_b', { name: 'Bo', email: 'bo@example.org', phone: '+12125550124' }).expect(201);
    const reader = (await get('per_b', await api.bearer({ scopes: ['read'] }))).body;
    expect(reader).not.toHaveProperty('email');
    expect(reader).not.toHaveProperty('phone');
    expect(reader.availability).not.toHaveProperty('reason');
    for (const scope of ['sensitive', 'admin'] as const) {
      const headers = await api.bearer({ scopes: ['read', scope] });
      expect((await get('per_b', headers)).body).toMatchObject({ email: 'bo@example.org', phone: '+12125550124' });
    }
  });

  test.each<[string, object, string[]]>([
    ['what a person needs', {}, ['/name']],
    ['addresses', { name: 'A', email: 'nobody', phone: '212 555 0123' }, ['/email', '/phone']],
    [
      'zone, locale and unknown fields',
      { name: 'A', zone: 'EST5', locale: 'e', nick: 'B' },
      ['/locale', '/nick', '/zone'],
    ],
    [
      'capacity and enrolments',
      { name: 'A', capacity: { mentor: -1 }, programs: [{ programId: 'p', role: 'boss', joinedAt: 'now' }] },
      ['/capacity/mentor', '/programs/0/joinedAt', '/programs/0/role'],
    ],
    ['the same enrolment twice', { name: 'A', programs: [mentorIn('p'), mentorIn('p')] }, ['/programs/1']],
    ['a guardian of oneself', { name: 'A', guardianId: 'per_bad' }, ['/guardianId']],
  ])('E3 points to each fault of %s', async (_, body, pointers) => {
    expect(pointersOf(await put('per_bad', body).expect(422))).toEqual(pointers);
  });

  test('a limited key sees and writes only people of its programs, and touches no enrolment elsewhere', async () => {
    await put('per_c', { name: 'Cy', programs: [mentorIn('prog_2')] }).expect(201);
    await get('per_c', limited).expect(404);
    await put('per_c', { name: 'Taken', programs: [mentorIn('prog_1')] }, limited).expect(404);
    await put('per_c/availability', { available: false }, limited).expect(404);
    await put('per_c/consents/sms', consent, limited).expect(404);
    await put('per_c', { name: 'Cy', programs: [mentorIn('prog_1'), mentorIn('prog_2')] }).expect(200);
    const seen = (
      await put('per_c', { name: 'Cy B', programs: [{ ...mentorIn('prog_1'), role: 'mentee' }] }, limited).expect(200)
    ).body;
    expect(seen.programs.map(({ programId, role }: Record<string, string>) => `${programId}/${role}`)).toEqual([
      'prog_1/mentee',
    ]);
    expect((await get('per_c')).body.programs.map(({ programId }: Record<string, string>) => programId)).toEqual([
      'prog_1',
      'prog_2',
    ]);
  });

  test('a limited key makes people only inside its programs', async () => {
    await put('per_d', { name: 'Di', programs: [mentorIn('prog_2')] }, limited).expect(403);
    await put('per_d', { name: 'Di', programs: [mentorIn('prog_1'), mentorIn('prog_2')] }, limited).expect(403);
    expect(pointersOf(await put('per_d', { name: 'Di' }, limited).expect(422))).toEqual(['/programs']);
    await get('per_d').expect(404);
    await put('per_d', { name: 'Di', programs: [mentorIn('prog_1')] }, limited).expect(201);
  });

  test('a joining date that is left out stays as it was', async () => {
    await put('per_e', { name: 'Ed', programs: [mentorIn('prog_1')] }).expect(201);
    const { body } = await put('per_e', { name: 'Ed', programs: [{ programId: 'prog_1', role: 'mentor' }] }).expect(
      200,
    );
    expect(body).toMatchObject({ version: 1, programs: [{ joinedAt: '2026-08-01T00:00:00.000Z' }] });
  });
});

describe('what pairs hear of a person', () => {
  async function pairOf(name: string, completed = false): Promise<void> {
    for (const role of ['mentor', 'guardian']) await put(`${name}_${role}`, { name: role }).expect(201);
    await put(`${name}_mentee`, { name: 'mentee', isMinor: true, guardianId: `${name}_guardian` }).expect(201);
    const ids = { mentorId: `${name}_mentor`, menteeId: `${name}_mentee` };
    await insertPair(api.database, { id: `${name}_pair`, programId: 'prog_1', ...ids, completed });
  }
  const notesOfPair = async (pairId: string) =>
    (await notesOf(api.database, 'person.changed')).filter((note) => note.pairId === pairId);

  test.each(['mentor', 'mentee', 'guardian'])('a leave of the %s is one entry for the pair', async (role) => {
    const name = `leave_${role}`;
    await pairOf(name);
    const leave = {
      available: false,
      from: '2026-10-01T00:00:00Z',
      until: '2026-10-15T00:00:00-04:00',
      reason: 'travel',
    };
    const { body } = await put(`${name}_${role}/availability`, leave).expect(200);
    expect(body).toMatchObject({
      version: 2,
      availability: { available: false, until: '2026-10-15T04:00:00.000Z', reason: 'travel' },
    });
    await put(`${name}_${role}/availability`, leave).expect(200);
    const ref = `person.changed:${name}_${role}:2:${name}_pair`;
    const data = { personId: `${name}_${role}`, version: 2 };
    expect(await notesOfPair(`${name}_pair`)).toMatchObject([
      { eventId: ref, ref, owner: `pair:prog_1:${name}_pair`, data },
    ]);
    expect(wakes).toBe(1);
  });

  test('another guardian or another age is told, another name is not', async () => {
    await pairOf('change');
    await put('change_mentor', { name: 'New name', email: 'new@example.org' }).expect(200);
    expect(await notesOfPair('change_pair')).toEqual([]);
    await put('change_mentee', { name: 'mentee', isMinor: true, guardianId: 'other' }).expect(200);
    await put('change_mentee', { name: 'mentee', isMinor: false, guardianId: 'other' }).expect(200);
    expect((await notesOfPair('change_pair')).map(({ data }) => data)).toEqual([
      { personId: 'change_mentee', version: 2 },
      { personId: 'change_mentee', version: 3 },
    ]);
  });

  test('a completed pair hears nothing', async () => {
    await pairOf('over', true);
    await put('over_mentor/availability', { available: false }).expect(200);
    expect(await notesOfPair('over_pair')).toEqual([]);
  });

  test.each<[object, string[]]>([
    [{ available: true, from: '2026-10-01T00:00:00Z' }, ['/from']],
    [{ available: false, from: '2026-10-02T00:00:00Z', until: '2026-10-01T00:00:00Z' }, ['/until']],
    [{ available: 'no', until: 'soon' }, ['/available', '/until']],
  ])('E3 points to each fault of an availability %#', async (body, pointers) => {
    await put('per_avail', { name: 'A' });
    expect(pointersOf(await put('per_avail/availability', body).expect(422))).toEqual(pointers);
  });
});

describe('consents', () => {
  const records = (id: string) =>
    queryRows(api.database, 'select granted from consents where person_id = $1 order by id', id);

  test('M1 a consent is kept for ever, the newest counts, the same again adds nothing', async () => {
    await put('per_adult', { name: 'Al' }).expect(201);
    await put('per_adult/consents/sms', consent).expect(201);
    await put('per_adult/consents/sms', consent).expect(200);
    const taken = (await put('per_adult/consents/sms', { ...consent, granted: false }).expect(201)).body;
    expect(taken).toMatchObject({ version: 3, consents: [{ channel: 'sms', granted: false, by: 'per_g' }] });
    expect(await records('per_adult')).toEqual([{ granted: true }, { granted: false }]);
  });

  test("M1 for a minor the guardian's contact consent comes first", async () => {
    await put('per_minor', { name: 'Mo', isMinor: true, guardianId: 'per_g' }).expect(201);
    const early = await put('per_minor/consents/sms', consent).expect(409);
    expect(early.body.code).toBe('consent_missing');
    const stranger = await put('per_minor/consents/contact', { ...consent, by: 'per_minor' }).expect(422);
    expect(stranger.body).toMatchObject({ code: 'consent_missing', errors: [{ pointer: '/by' }] });
    await put('per_minor/consents/contact', consent).expect(201);
    await put('per_minor/consents/sms', consent).expect(201);
    expect(await records('per_minor')).toHaveLength(2);
  });

  test('M1 a consent that was taken back, or given by an earlier guardian, opens nothing', async () => {
    await put('per_kid', { name: 'Kit', isMinor: true, guardianId: 'per_g' }).expect(201);
    await put('per_kid/consents/contact', consent).expect(201);
    await put('per_kid', { name: 'Kit', isMinor: true, guardianId: 'per_h' }).expect(200);
    await put('per_kid/consents/email', consent).expect(409);
    await put('per_kid/consents/contact', { ...consent, by: 'per_h' }).expect(201);
    await put('per_kid/consents/contact', { ...consent, by: 'anyone', granted: false }).expect(201);
    await put('per_kid/consents/email', consent).expect(409);
  });

  test('E3 points to each fault of a consent', async () => {
    expect(pointersOf(await put('per_adult/consents/sms', {}).expect(422))).toEqual([
      '/at',
      '/by',
      '/granted',
      '/source',
      '/wording',
    ]);
    expect(pointersOf(await put('per_adult/consents/fax', consent).expect(422))).toEqual(['/path/channel']);
    expect(
      pointersOf(await put('per_adult/consents/sms', { ...consent, at: '2026-09-01T12:06:00Z' }).expect(422)),
    ).toEqual(['/at']);
  });
});

test('no person whatever makes the API fail, and none of it is logged', async () => {
  const fields = {
    name: fc.string(),
    zone: fc.string(),
    email: fc.string(),
    phone: fc.string(),
    capacity: fc.jsonValue(),
    programs: fc.jsonValue(),
    isMinor: fc.jsonValue(),
    guardianId: fc.string(),
  };
  await fc.assert(
    fc.asyncProperty(fc.record(fields, { requiredKeys: [] }), async (body) => {
      expect([200, 201, 400, 422]).toContain((await put('per_any', body)).status);
    }),
    { numRuns: 100 },
  );
  expect(api.logged()).not.toContain('example.org');
});
