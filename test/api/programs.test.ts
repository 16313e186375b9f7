import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { programRoutes } from '../../api/routes/programs.ts';
import type { Database } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair, notesOf } from '../support/facts.ts';
import { lateDatabase } from '../support/late-database.ts';

const now = Date.UTC(2026, 8, 1, 12);
const clock = { now: async () => now };
let api: TestApi;
let admin: { Authorization: string };
let wakes = 0;

beforeAll(async () => {
  const late = lateDatabase();
  api = await createTestApi({
    clock,
    routes: programRoutes({ database: late.database, clock, relay: { wake: () => wakes++ } }),
  });
  late.use(api.database);
  admin = await api.bearer();
});
afterAll(() => api.drop());
beforeEach(() => {
  wakes = 0;
});

const document = { name: 'Example High School', zone: 'America/New_York', policy: { classWeek: {} } };
const put = (id: string, body: object, query = '') =>
  request(api.app).put(`/v1/programs/${id}${query}`).set(admin).send(body);
const get = (path: string, headers = admin) => request(api.app).get(`/v1/programs/${path}`).set(headers);

async function withPairs(programId: string): Promise<Database> {
  const { database } = api;
  await put(programId, document).expect(201);
  for (const role of ['mentor', 'mentee']) {
    const at = new Date(now);
    const data = {
      id: `${programId}_${role}`,
      version: 1,
      name: role,
      isMinor: false,
      available: true,
      createdAt: at,
      updatedAt: at,
    };
    await database.person.create({ data });
  }
  const pair = { programId, mentorId: `${programId}_mentor`, menteeId: `${programId}_mentee` };
  await insertPair(database, { ...pair, id: `${programId}_open` });
  await insertPair(database, { ...pair, id: `${programId}_done`, completed: true });
  return database;
}

describe('programs', () => {
  test('V7 a document gets every default, is version 1, and is read back', async () => {
    const stored = await put('prog_a', document).expect(201);
    expect(stored.body).toMatchObject({ id: 'prog_a', version: 1, locale: 'en', links: {}, staff: {} });
    expect(stored.body.policy.classWeek.text).toEqual({ daysBeforeNextSession: 1, at: '16:00' });
    expect(stored.body.findings.map(({ code }: { code: string }) => code)).toContain('no_coordinator');
    const { findings: _, applies, ...whole } = stored.body;
    expect(applies).toBe('next_window');
    expect((await get('prog_a').expect(200)).body).toEqual(whole);
  });

  test('V7 the same document again is the same version, another one the next', async () => {
    await put('prog_b', document).expect(201);
    const again = { policy: { classWeek: {} }, zone: document.zone, name: document.name };
    expect((await put('prog_b', again).expect(200)).body).toMatchObject({ version: 1, applies: null });
    expect((await put('prog_b', { ...document, name: 'Other' }).expect(200)).body.version).toBe(2);
    const first = (await get('prog_b/versions?limit=1').expect(200)).body;
    expect(first.items).toMatchObject([
      { version: 2, name: 'Other', applyNow: false, createdAt: '2026-09-01T12:00:00.000Z' },
    ]);
    const second = (await get(`prog_b/versions?limit=1&cursor=${first.next}`).expect(200)).body;
    expect(second).toMatchObject({ items: [{ version: 1 }], next: null });
  });

  test('V6 a document that cannot work is refused with pointers, and nothing is stored', async () => {
    const refused = await put('prog_c', { ...document, policy: { messaging: { dailyCap: 0 } } }).expect(422);
    expect(refused.body.errors).toEqual([{ pointer: '/policy/messaging/dailyCap', detail: expect.any(String) }]);
    await get('prog_c').expect(404);
  });

  test('V7 with applyNow each open pair of the program gets one entry, and the relay wakes', async () => {
    const database = await withPairs('prog_d');
    await put('prog_d', { ...document, name: 'Next' }).expect(200);
    expect((await notesOf(database, 'policy.changed')).filter(({ programId }) => programId === 'prog_d')).toEqual([]);
    const before = wakes;
    await put('prog_d', { ...document, name: 'At once' }, '?applyNow=true').expect(200);
    await put('prog_d', { ...document, name: 'At once' }, '?applyNow=true').expect(200);
    const notes = (await notesOf(database, 'policy.changed')).filter(({ programId }) => programId === 'prog_d');
    const ref = 'policy.changed:prog_d:3:prog_d_open';
    expect(notes).toEqual([
      {
        eventId: ref,
        ref,
        owner: 'pair:prog_d:prog_d_open',
        pairId: 'prog_d_open',
        programId: 'prog_d',
        source: 'tandem',
        state: 'recorded',
        receivedAt: new Date(now),
        data: { version: 3, applyNow: true },
      },
    ]);
    expect(wakes).toBe(before + 1);
  });

  test('V7 the stored document with applyNow applies it now, once, and says so', async () => {
    const database = await withPairs('prog_now');
    const next = { ...document, name: 'Next' };
    expect((await put('prog_now', next).expect(200)).body).toMatchObject({ version: 2, applies: 'next_window' });
    expect((await put('prog_now', next).expect(200)).body, 'control').toMatchObject({ version: 2, applies: null });
    expect((await put('prog_now', next, '?applyNow=true')).body).toMatchObject({ version: 3, applies: 'now' });
    expect((await put('prog_now', next, '?applyNow=true')).body).toMatchObject({ version: 3, applies: null });
    const notes = (await notesOf(database, 'policy.changed')).filter(({ programId }) => programId === 'prog_now');
    expect(notes.map(({ pairId, data }) => ({ pairId, data }))).toEqual([
      { pairId: 'prog_now_open', data: { version: 3, applyNow: true } },
    ]);
    const { items } = (await get('prog_now/versions').expect(200)).body;
    expect(items.map(({ applyNow }: { applyNow: boolean }) => applyNow)).toEqual([true, false, false]);
  });

  test('V7 staff and links apply at once, without applyNow', async () => {
    const database = await withPairs('prog_e');
    await put('prog_e', { ...document, staff: { coordinator: 'per_pc' } }).expect(200);
    await put('prog_e', {
      ...document,
      staff: { coordinator: 'per_pc' },
      links: { pair: 'https://example.org/p/{id}' },
    }).expect(200);
    const notes = (await notesOf(database, 'policy.changed')).filter(({ programId }) => programId === 'prog_e');
    expect(notes.map(({ data }) => data)).toEqual([
      { version: 2, applyNow: false },
      { version: 3, applyNow: false },
    ]);
  });

  test('V7 documents that arrive together become versions one after the other', async () => {
    await put('prog_f', document).expect(201);
    const answers = await Promise.all([1, 2, 3, 4].map((n) => put('prog_f', { ...document, name: `Name ${n}` })));
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4, 5]);
  });

  test.each<[string, object, string[]]>([
    ['nothing', {}, ['/name', '/zone']],
    [
      'an unknown field anywhere',
      { ...document, policy: { classWeek: { emial: {} } }, x: 1 },
      ['/policy/classWeek/emial', '/x'],
    ],
    ['a zone that is an offset', { ...document, zone: '+02:00' }, ['/zone']],
    [
      'times and hours',
      { ...document, policy: { classWeek: { email: { at: '9:00' } }, messaging: { quietHours: { sms: ['09:00'] } } } },
      ['/policy/classWeek/email/at', '/policy/messaging/quietHours/sms'],
    ],
    [
      'null where nothing can be switched off',
      { ...document, policy: { classWeek: { graceHours: null } } },
      ['/policy/classWeek/graceHours'],
    ],
    [
      'links',
      {
        ...document,
        links: {
          pair: 'http://example.org/{id}',
          request: 'https://{id}.example.org/',
          preferences: 'https://a@example.org/',
        },
      },
      ['/links/pair', '/links/preferences', '/links/request'],
    ],
    [
      'staff ids',
      { ...document, staff: { coordinator: 'a b', safety: ['ok', ''] } },
      ['/staff/coordinator', '/staff/safety/1'],
    ],
    ['a control character', { ...document, name: 'A\nB' }, ['/name']],
    [
      'a promise',
      { ...document, policy: { meetings: { promise: { kind: 'hours', hours: 2, per: 'week' } } } },
      ['/policy/meetings/promise/per'],
    ],
    ['shares', { ...document, policy: { surveys: { lowShare: 1.5 } } }, ['/policy/surveys/lowShare']],
  ])('E3 points to each fault of %s', async (_, body, pointers) => {
    const refused = await put('prog_bad', body).expect(422);
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(pointers);
  });

  test('the whole document of the contract is accepted, with null where a field may be switched off', async () => {
    const policy = {
      classWeek: { focusDigest: null },
      contact: { flagResources: 'propose', logReminderDays: 14 },
      requests: { closeAfterDays: null, pendingAlert: { olderThanDays: 7, share: 0.3, minimum: 5 } },
      checkIns: { respondents: ['mentor', 'mentee', 'guardian'], overdueDays: [3, 7], questions: 'standard' },
      meetings: { promise: null },
      safety: { climbMinutes: 15, keywords: 'standard' },
      firstMeeting: { nudgeDays: 10, alertDays: 21 },
      surveys: { lowShare: 0.4 },
      sentiment: { slowShare: 0.5 },
      lifecycle: { kind: 'cohort', endsOn: null, inactiveDays: null },
      messaging: { dailyCap: null },
    };
    const links = { pair: 'http://localhost:3000/pairs/{id}', request: 'https://example.org/r?id={id}' };
    const { body } = await put('prog_whole', { ...document, links, policy }).expect(201);
    expect(body.policy).toMatchObject({
      meetings: { promise: null },
      lifecycle: policy.lifecycle,
      requests: policy.requests,
    });
    expect(body.policy.classWeek.focusDigest).toBeNull();
  });

  test('a key limited to other programs finds nothing, one without the scope may not', async () => {
    await put('prog_g', document).expect(201);
    const elsewhere = await api.bearer({ programIds: ['prog_other'] });
    await get('prog_g', elsewhere).expect(404);
    await get('prog_g/versions', elsewhere).expect(404);
    await request(api.app).put('/v1/programs/prog_g').set(elsewhere).send(document).expect(404);
    await request(api.app)
      .put('/v1/programs/prog_g')
      .set(await api.bearer({ scopes: ['read'] }))
      .send(document)
      .expect(403);
    await get('prog_g', await api.bearer({ programIds: ['prog_g'] })).expect(200);
  });

  test('no document whatever makes the API fail', async () => {
    const names = fc.constantFrom(
      'name',
      'zone',
      'policy',
      'classWeek',
      'messaging',
      'quietHours',
      'sms',
      'text',
      'at',
      'links',
      'pair',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.dictionary(names, tie('any')), fc.array(tie('any'))),
    })).any;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, value), async (body) => {
        const { status } = await put('prog_any', { ...document, ...body });
        expect([200, 201, 400, 422]).toContain(status);
      }),
      { numRuns: 150 },
    );
  });
});
