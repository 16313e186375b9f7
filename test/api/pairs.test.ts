import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pairCommandRoutes } from '../../api/routes/pair-commands.ts';
import { pairRoutes } from '../../api/routes/pairs.ts';
import { planPair, viewPair } from '../../policy/pair/decide.ts';
import { DAY, HOUR, toRfc3339 } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { putProgram, readProgram } from '../../prisma/store/programs.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { notesOf } from '../support/facts.ts';
import { insertMessage } from '../support/ledger.ts';
import {
  counted,
  type FakeGateway,
  fakeGateway,
  project,
  seedClass,
  seedPerson,
  seedProgram,
  testStaff,
} from '../support/mentoring.ts';

let now = Date.UTC(2026, 8, 1, 12);
const clock = { now: async () => now };
let gateway: FakeGateway = fakeGateway();
let api: TestApi;
let auth: { Authorization: string };
let limited: { Authorization: string };
let count: ReturnType<typeof counted>;
let wakes = 0;

beforeAll(async () => {
  const live = fakeGateway();
  gateway = live;
  api = await createTestApi({
    clock,
    routes: (database) => {
      count = counted(database);
      const deps = { database: count.database, clock, gateway: live, relay: { wake: () => wakes++ } };
      return [...pairRoutes(deps), ...pairCommandRoutes(deps)];
    },
  });
  auth = await api.bearer();
  limited = await api.bearer({ programIds: ['prog_a'] });
  const { database } = api;
  await seedProgram(database, 'prog_a', now);
  await seedProgram(database, 'prog_b', now, { staff: {} });
  await seedClass(database, 'class_a', 'prog_a', now);
  await seedClass(database, 'class_a2', 'prog_a', now);
  await seedClass(database, 'class_b', 'prog_b', now);
  const programs = ['prog_a', 'prog_b'];
  await seedPerson(database, 'mentor', { programs });
  await seedPerson(database, 'mentee', { programs, role: 'mentee' });
  await seedPerson(database, 'minor', { programs, role: 'mentee', minor: true, guardianId: 'guardian' });
  await seedPerson(database, 'elsewhere', { programs: ['prog_b'] });
  await seedPerson(database, 'gone', { programs, removed: true });
  await seedPerson(database, 'unsure', { programs, enrolment: 'unconfirmed' });
});
afterAll(() => api.drop());
beforeEach(() => {
  wakes = 0;
  now = Date.UTC(2026, 8, 1, 12);
  gateway.commands = [];
  gateway.answers = { view: null, plan: null, command: 'applied' };
  count.reset();
});

let number = 0;
const newPair = (change: Record<string, unknown> = {}) => ({
  id: `pair_${++number}`,
  programId: 'prog_a',
  mentorId: 'mentor',
  menteeId: 'mentee',
  classId: 'class_a',
  ...change,
});
const post = (path: string, body: object = {}, headers: Record<string, string> = auth) =>
  request(api.app).post(`/v1/pairs${path}`).set(headers).send(body);
const get = (path: string, headers = auth) => request(api.app).get(`/v1/pairs${path}`).set(headers);
const patch = (id: string, body: object, headers = auth) =>
  request(api.app).patch(`/v1/pairs/${id}`).set(headers).send(body);
async function made(change: Record<string, unknown> = {}): Promise<string> {
  const pair = newPair(change);
  await post('', pair).expect(201);
  return pair.id;
}
const entriesOf = (pairId: string) =>
  queryRows<{ type: string; state: string; ref: string; data: unknown; refusal: string | null }>(
    api.database,
    'select type, state, ref, data, refusal from journal where pair_id = $1 order by seq',
    pairId,
  );
async function insertCase(id: string, pairId: string, change: Record<string, unknown> = {}): Promise<void> {
  const row = { owner: 'staff', kind: 'task', state: 'open', assignee: 'per_pc', supervisor: 'per_sup', ...change };
  const sql = `
    insert into cases (id, owner, kind, program_id, pair_id, state, assignee, supervisor, reason, facts, details, opened_at)
    values ($1, $2, $3, 'prog_a', $4, $5, $6, $7, 'r', '{}', '{}', $8)`;
  const { owner, kind, state, assignee, supervisor } = row;
  await execute(api.database, sql, id, owner, kind, pairId, state, assignee, supervisor, new Date(now));
}

describe('making a pair', () => {
  test('is one row with its first entry, answered as it opens', async () => {
    const pair = newPair({ matchedAt: '2026-08-20T09:00:00-04:00' });
    const answer = await post('', pair).expect(201);
    expect(answer.body).toMatchObject({
      ...pair,
      matchedAt: '2026-08-20T13:00:00.000Z',
      state: 'active',
      policyVersion: 1,
    });
    expect(answer.body).toMatchObject({ coordinator: 'per_pc', supervisor: 'per_sup', openCases: [], warnings: [] });
    const ref = `pair.opened:${pair.id}`;
    expect(await entriesOf(pair.id)).toEqual([
      { type: 'pair.opened', state: 'recorded', ref, data: {}, refusal: null },
    ]);
    expect(wakes).toBe(1);
  });

  test('the same again is the same pair, another one under its id is 409', async () => {
    const pair = newPair();
    await post('', pair).expect(201);
    await patch(pair.id, { classId: 'class_a2' }).expect(200);
    wakes = 0;
    expect((await post('', pair).expect(200)).body).toMatchObject({ id: pair.id, classId: 'class_a2' });
    expect((await post('', { ...pair, menteeId: 'minor' }).expect(409)).body.code).toBe('pair_exists');
    expect(wakes).toBe(0);
  });

  test('twenty at once with one id make one pair', async () => {
    const pair = newPair();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('', pair)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
    expect(await entriesOf(pair.id)).toHaveLength(1);
  });

  const wrong: Array<[string, Record<string, unknown>, number, string[]]> = [
    ['an unknown program', { programId: 'nowhere' }, 404, ['/programId']],
    ['unknown people', { mentorId: 'nobody', menteeId: 'noone' }, 422, ['/mentorId', '/menteeId']],
    ['a class of another program', { classId: 'class_b' }, 422, ['/classId']],
    ['one person in both roles', { menteeId: 'mentor' }, 422, ['/menteeId']],
    ['an id that is none', { id: 'a:b' }, 422, ['/id']],
  ];
  test.each(wrong)('with %s is refused with pointers', async (_, change, status, pointers) => {
    const answer = await post('', newPair(change)).expect(status);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  test('with someone removed or unconfirmed is 409 with a code', async () => {
    expect((await post('', newPair({ mentorId: 'gone' })).expect(409)).body).toMatchObject({
      code: 'removed',
      field: 'mentorId',
    });
    expect((await post('', newPair({ menteeId: 'unsure' })).expect(409)).body.code).toBe('unconfirmed');
  });

  test('K6 someone in an open safety case is held, for others unavailable, unless staff override with a reason', async () => {
    await seedPerson(api.database, 'careful', { programs: ['prog_a'], role: 'mentee' });
    await seedPerson(api.database, 'their_mentor', { programs: ['prog_a'] });
    const held = { menteeId: 'careful' };
    const first = await made({ ...held, mentorId: 'their_mentor' });
    await insertCase(`case_${first}`, first, { kind: 'safety', state: 'acknowledged' });
    expect((await post('', newPair(held)).expect(409)).body).toMatchObject({ code: 'held', field: 'menteeId' });
    expect((await post('', newPair({ mentorId: 'their_mentor' })).expect(409)).body.field).toBe('mentorId');
    const plain = await api.bearer({ scopes: ['command'] });
    expect((await post('', newPair(held), plain).expect(409)).body.code).toBe('mentee_unavailable');
    await post('', newPair({ ...held, override: true })).expect(422);
    const id = await made({ ...held, override: true, reason: 'cleared_by_phone' });
    expect((await entriesOf(id))[0]?.data).toEqual({ override: true, reason: 'cleared_by_phone' });
    await execute(api.database, `update cases set state = 'resolved' where pair_id = $1`, first);
    await made(held);
  });

  test('E3 takes up the events that waited for it, of keys that may write to its program', async () => {
    const pair = newPair();
    const park = (eventId: string, allowed: string[] | null, type = 'lesson.completed') =>
      execute(
        api.database,
        `insert into journal (source, event_id, digest, ref, type, subject, occurred_at, received_at, history, urgent, data,
           state, allowed_programs)
         values ('s', $1, '', $1, $2, $3, now(), now(), false, false, '{}', 'parked', $4::text[])`,
        eventId,
        type,
        pair.id,
        allowed,
      );
    await park('for_all', null);
    await park('for_a', ['prog_a']);
    await park('for_b', ['prog_b']);
    await park('person', null, 'person.active');
    await post('', pair).expect(201);
    const states = await queryRows<{ ref: string; state: string; owner: string | null }>(
      api.database,
      `select ref, state, owner from journal where subject = $1 and source = 's' order by ref`,
      pair.id,
    );
    const taken = { state: 'recorded', owner: `pair:prog_a:${pair.id}` };
    const left = { state: 'parked', owner: null };
    expect(states).toEqual([
      { ref: 'for_a', ...taken },
      { ref: 'for_all', ...taken },
      { ref: 'for_b', ...left },
      { ref: 'person', ...left },
    ]);
  });

  test("V9 a minor whose guardian has not consented makes a warning and one task, not one's own to withdraw", async () => {
    const pair = newPair({ menteeId: 'minor' });
    const answer = await post('', pair).expect(201);
    expect(answer.body.warnings).toMatchObject([{ code: 'guardian_consent_missing' }]);
    expect(answer.body.openCases).toMatchObject([{ kind: 'task' }]);
    expect((await post('', pair).expect(200)).body.warnings).toHaveLength(1);
    const cases = await queryRows(api.database, 'select owner, key, assignee from cases where pair_id = $1', pair.id);
    expect(cases).toEqual([{ owner: 'import', key: `prog_a/${pair.id}/guardian-consent`, assignee: 'per_pc' }]);
    await api.database.consent.create({
      data: {
        personId: 'minor',
        channel: 'contact',
        granted: true,
        byPersonId: 'guardian',
        source: 's',
        wording: 'w',
        givenAt: new Date(now),
        recordedAt: new Date(now),
      },
    });
    expect((await post('', newPair({ menteeId: 'minor' })).expect(201)).body.warnings).toEqual([]);
  });

  test('without a coordinator makes a warning, unless the pair has its own', async () => {
    const pair = { programId: 'prog_b', classId: 'class_b' };
    const answer = await post('', newPair(pair)).expect(201);
    expect(answer.body.warnings).toMatchObject([{ code: 'unrouted' }]);
    const own = await post('', newPair({ ...pair, staff: { coordinator: 'per_own' } })).expect(201);
    expect(own.body).toMatchObject({ warnings: [], coordinator: 'per_own' });
  });

  test('a limited key makes pairs of its programs and their people only', async () => {
    await post('', newPair(), limited).expect(201);
    await post('', newPair({ programId: 'prog_b', classId: 'class_b' }), limited).expect(404);
    const answer = await post('', newPair({ mentorId: 'elsewhere' }), limited).expect(422);
    expect(answer.body.errors).toMatchObject([{ pointer: '/mentorId' }]);
    await post('', newPair({ mentorId: 'elsewhere' })).expect(201);
  });

  test('hostile bodies are never our failure', async () => {
    const names = fc.constantFrom(
      'id',
      'programId',
      'mentorId',
      'menteeId',
      'classId',
      'matchedAt',
      'staff',
      'history',
    );
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('prog_a', 'mentor', '2026-09-01T00:00:00Z', 1e308));
    const body = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.dictionary(names, value),
      fc.dictionary(names, value).map((change) => newPair(change)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        expect((await post('', given)).status).toBeLessThan(500);
        expect((await patch('pair_1', given)).status).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });
});

describe('reading a pair', () => {
  test('E5 asks its workflow, and otherwise reads by the same function what it last said', async () => {
    const id = await made();
    const opening = await get(`/${id}`).expect(200);
    expect(opening.headers['tandem-source']).toBe('projection');
    expect(opening.body).toMatchObject({ state: 'active', classWeek: { missedStreak: 0 } });
    const { state, ctx } = await project(api.database, id);
    now = Date.UTC(2026, 8, 3, 12);
    const stored = await get(`/${id}`).expect(200);
    expect(stored.headers['tandem-source']).toBe('projection');
    const view = JSON.parse(JSON.stringify(viewPair(state, now, ctx)));
    expect(stored.body).toMatchObject(view);
    expect(stored.body.next[0]).toMatchObject({ key: `${id}/2026-09-02/class-email`, unless: expect.any(String) });
    gateway.answers.view = view;
    const live = await get(`/${id}`).expect(200);
    expect(live.headers['tandem-source']).toBeUndefined();
    expect(live.body).toEqual(stored.body);
    expect((await get(`?personId=mentor&limit=200`).expect(200)).body.items).toContainEqual(stored.body);
  });

  test('adds the open cases of staff, safety cases only for keys that may see them', async () => {
    for (const person of ['watched', 'watching']) await seedPerson(api.database, person, { programs: ['prog_a'] });
    const id = await made({ mentorId: 'watching', menteeId: 'watched' });
    const own = { id: 'case_own', kind: 'escalation', since: toRfc3339(now - HOUR) };
    gateway.answers.view = { state: 'active', policyVersion: 1, openCases: [own], next: [] };
    await insertCase(`case_own_${id}`, id, { owner: `pair:prog_a:${id}`, kind: 'escalation' });
    await insertCase(`case_staff_${id}`, id);
    await insertCase(`case_done_${id}`, id, { state: 'resolved' });
    await insertCase(`case_safe_${id}`, id, { kind: 'safety' });
    const plain = await api.bearer({ scopes: ['read'] });
    const ids = async (headers: { Authorization: string }) =>
      (await get(`/${id}`, headers).expect(200)).body.openCases.map((open: { id: string }) => open.id);
    expect(await ids(auth)).toEqual(['case_own', `case_safe_${id}`, `case_staff_${id}`]);
    expect(await ids(plain)).toEqual(['case_own', `case_staff_${id}`]);
  });

  test('V2 plans 28 days ahead, or until told', async () => {
    const id = await made();
    const { state, ctx } = await project(api.database, id);
    const plan = await get(`/${id}/plan`).expect(200);
    const expected = planPair(state, now, now + 28 * DAY, ctx).map((step) => ({ ...step, at: toRfc3339(step.at) }));
    expect(plan.body).toEqual({ items: expected, next: null });
    expect(expected.length).toBeGreaterThan(4);
    const short = await get(`/${id}/plan?until=2026-09-06T12:00:00Z`).expect(200);
    expect(short.body.items).toHaveLength(1);
    await get(`/${id}/plan?until=2029-01-01T00:00:00Z`).expect(422);
    gateway.answers.plan = [];
    expect((await get(`/${id}/plan`).expect(200)).body.items).toEqual([]);
  });

  test('a limited key finds nothing outside its programs', async () => {
    const id = await made({ programId: 'prog_b', classId: 'class_b' });
    for (const path of [`/${id}`, `/${id}/plan`, `/${id}/timeline`]) await get(path, limited).expect(404);
    for (const command of ['pause', 'close']) await post(`/${id}:${command}`, { reason: 'r' }, limited).expect(404);
    await patch(id, { classId: null }, limited).expect(404);
    const seen = (await get('?limit=200', limited).expect(200)).body.items;
    expect(new Set(seen.map(({ programId }: { programId: string }) => programId))).toEqual(new Set(['prog_a']));
  });

  test('shows entries and messages in the order of their times', async () => {
    const id = await made();
    const message = (name: string, at: number) =>
      insertMessage(api.database, { id: `msg_${id}_${name}`, programId: 'prog_a', pairIds: [id], at });
    await message('b', now + DAY);
    await message('a', now - DAY);
    const whole = (await get(`/${id}/timeline`).expect(200)).body;
    expect(whole.items).toMatchObject([
      {
        kind: 'message',
        key: `key/msg_${id}_a`,
        type: 'class-reminder',
        to: 'mentor',
        channel: 'email',
        state: 'waiting',
      },
      { kind: 'entry', type: 'pair.opened', state: 'recorded', receivedAt: toRfc3339(now) },
      { kind: 'message', key: `key/msg_${id}_b` },
    ]);
    const first = (await get(`/${id}/timeline?limit=2`).expect(200)).body;
    const rest = (await get(`/${id}/timeline?limit=2&cursor=${first.next}`).expect(200)).body;
    expect([...first.items, ...rest.items]).toEqual(whole.items);
    expect(rest.next).toBeNull();
  });
});

describe('listing pairs', () => {
  const ids = async (query: string) =>
    (await get(`?limit=200&${query}`).expect(200)).body.items.map(({ id }: { id: string }) => id);

  test('pages newest first, by one statement however many there are', async () => {
    const mine = { mentorId: 'pager' };
    await seedPerson(api.database, 'pager', { programs: ['prog_a'] });
    const pairs: string[] = [];
    for (let index = 0; index < 5; index++) {
      if (index !== 3) now += HOUR;
      pairs.push(await made(mine));
    }
    for (const id of pairs) await project(api.database, id);
    count.reset();
    const all = (await get('?mentorId=pager').expect(200)).body;
    expect(count.statements()).toBe(1);
    expect(all.next).toBeNull();
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const { items, next } = (await get(`?mentorId=pager&limit=2${cursor}`).expect(200)).body;
      found.push(...items.map(({ id }: { id: string }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(found).toEqual(all.items.map(({ id }: { id: string }) => id));
    expect(found).toEqual([pairs[4], pairs[2], pairs[3], pairs[1], pairs[0]]);
  });

  test('filters by person, staff, program, state and open escalations', async () => {
    await seedPerson(api.database, 'filter_mentor', { programs: ['prog_a'] });
    const mine = { mentorId: 'filter_mentor' };
    const [plain, paused, over, closed, focus] = [
      await made(mine),
      await made(mine),
      await made(mine),
      await made(mine),
      await made({ ...mine, staff: { coordinator: 'per_own', supervisor: 'per_boss' } }),
    ];
    const pause = (until: number | null) => (carried: Awaited<ReturnType<typeof project>>) => ({
      ...carried,
      ctx: { ...carried.ctx, pauses: [{ from: now - HOUR, until }] },
    });
    await project(api.database, paused, pause(null));
    await project(api.database, over, pause(now));
    await project(api.database, closed, (carried) => ({
      ...carried,
      state: { ...carried.state, closed: { at: now, reason: 'r' } },
    }));
    await insertCase(`case_${focus}`, focus, { kind: 'escalation', state: 'acknowledged' });
    const who = 'mentorId=filter_mentor';
    expect((await ids(`${who}&state=active`)).sort()).toEqual([plain, over, focus].sort());
    expect(await ids(`${who}&state=paused`)).toEqual([paused]);
    expect(await ids(`${who}&state=closed`)).toEqual([closed]);
    expect(await ids(`${who}&focus=true`)).toEqual([focus]);
    expect(await ids(`coordinator=per_own&supervisor=per_boss&${who}`)).toEqual([focus]);
    expect(await ids(`${who}&programId=prog_b`)).toEqual([]);
    expect(await ids(`${who}&menteeId=minor`)).toEqual([]);
    expect(await ids('personId=filter_mentor')).toHaveLength(5);
    const states = (await get(`?${who}`).expect(200)).body.items.map(({ id, state }: { id: string; state: string }) => [
      id,
      state,
    ]);
    expect(Object.fromEntries(states)).toMatchObject({ [paused]: 'paused', [over]: 'active', [closed]: 'closed' });
  });

  test('refuses filters and cursors that are none', async () => {
    for (const query of ['state=open', 'focus=yes', 'cursor=xx', 'limit=0', 'foo=1'])
      await get(`?${query}`).expect(422);
  });
});

describe('commands', () => {
  const commands: Array<[string, object, string, string, object]> = [
    [
      'pause',
      { reason: 'summer', until: '2026-10-01T00:00:00Z' },
      'pausePair',
      'pair.paused',
      { until: Date.UTC(2026, 9, 1) },
    ],
    ['resume', {}, 'resumePair', 'pair.resumed', {}],
    ['close', { reason: 'moved_away', by: 'per_pc' }, 'closePair', 'pair.closed', { by: 'per_pc' }],
    ['resumeReminders', { by: 'per_pc' }, 'resumeReminders', 'reminders.resumed', { by: 'per_pc' }],
  ];
  test.each(commands)(':%s is on the journal as asked before its pair is', async (command, body, name, type, data) => {
    const id = await made();
    const answer = await post(`/${id}:${command}`, body).expect(200);
    expect(answer.body.id).toBe(id);
    const [given] = gateway.commands;
    expect(given).toMatchObject({ owner: `pair:prog_a:${id}`, name, event: { type, data, at: now } });
    const entry = (await entriesOf(id)).at(-1);
    expect(entry).toMatchObject({ type, state: 'asked', ref: given?.event.ref, data });
    expect(given?.event.ref).not.toContain('~');
  });

  test('a refusal is 409 with its code, and marked', async () => {
    const id = await made();
    gateway.answers.command = { refused: 'not_paused' };
    expect((await post(`/${id}:resume`).expect(409)).body.code).toBe('not_paused');
    expect((await entriesOf(id)).at(-1)).toMatchObject({ state: 'refused', refusal: 'not_paused' });
  });

  test('a pair that does not answer is asked again by the relay', async () => {
    const id = await made();
    gateway.answers.command = 'asked';
    wakes = 0;
    expect((await post(`/${id}:pause`, { reason: 'r' }).expect(202)).body).toEqual({ id, state: 'asked' });
    expect((await entriesOf(id)).at(-1)).toMatchObject({ state: 'asked' });
    expect(wakes).toBe(1);
  });

  test('the same Idempotency-Key asks once', async () => {
    const id = await made();
    const keyed = { ...auth, 'Idempotency-Key': `key-${id}` };
    for (let time = 0; time < 2; time++) await post(`/${id}:close`, { reason: 'r' }, keyed).expect(200);
    expect(gateway.commands).toHaveLength(1);
    await post(`/${id}:close`, { reason: 'other' }, keyed).expect(422);
  });

  test('a pair whose run has ended is not asked', async () => {
    const id = await made();
    await execute(api.database, `update pairs set state = 'closed', completed_at = now() where id = $1`, id);
    expect((await post(`/${id}:pause`, { reason: 'r' }).expect(409)).body.code).toBe('pair_closed');
    expect(gateway.commands).toEqual([]);
  });

  test('reasons are codes, and are needed', async () => {
    const id = await made();
    await post(`/${id}:pause`, {}).expect(422);
    await post(`/${id}:pause`, { reason: 'she is very ill' }).expect(422);
    await post(`/${id}:resumeReminders`, {}).expect(422);
    await post('/nowhere:pause', { reason: 'r' }).expect(404);
  });
});

describe('changing a pair', () => {
  test('a new class is one entry, the same again is none', async () => {
    const id = await made();
    wakes = 0;
    expect((await patch(id, { classId: 'class_a2' }).expect(200)).body.classId).toBe('class_a2');
    await patch(id, { classId: 'class_a2' }).expect(200);
    expect(wakes).toBe(1);
    const entries = (await entriesOf(id)).filter(({ type }) => type === 'class.changed');
    expect(entries).toMatchObject([{ state: 'recorded', data: { classId: 'class_a2' } }]);
    expect((await patch(id, { classId: null }).expect(200)).body.classId).toBeNull();
    expect((await patch(id, { classId: 'class_b' }).expect(422)).body.errors).toMatchObject([{ pointer: '/classId' }]);
    await patch(id, {}).expect(422);
  });

  test('new staff keep what is left out, null gives a role back, and cases of staff follow', async () => {
    const id = await made({ staff: { supervisor: 'per_boss' } });
    await insertCase(`case_follow_${id}`, id);
    await insertCase(`case_own_${id}`, id, { owner: `pair:prog_a:${id}` });
    await insertCase(`case_over_${id}`, id, { state: 'resolved' });
    const changed = await patch(id, { staff: { coordinator: 'per_new' } }).expect(200);
    expect(changed.body).toMatchObject({ coordinator: 'per_new', supervisor: 'per_boss' });
    const back = await patch(id, { staff: { supervisor: null } }).expect(200);
    expect(back.body).toMatchObject({ coordinator: 'per_new', supervisor: testStaff.supervisor });
    const staff = (await entriesOf(id)).filter(({ type }) => type === 'staff.changed').map(({ data }) => data);
    expect(staff).toEqual([
      { staff: { coordinator: 'per_new', supervisor: 'per_boss' } },
      { staff: { coordinator: 'per_new' } },
    ]);
    const cases = await queryRows(api.database, 'select id, assignee from cases where pair_id = $1 order by id', id);
    expect(cases).toEqual([
      { id: `case_follow_${id}`, assignee: 'per_new' },
      { id: `case_over_${id}`, assignee: 'per_pc' },
      { id: `case_own_${id}`, assignee: 'per_pc' },
    ]);
  });

  test('a closed pair is not changed', async () => {
    const id = await made();
    await execute(api.database, `update pairs set state = 'closed' where id = $1`, id);
    expect((await patch(id, { classId: null }).expect(409)).body.code).toBe('pair_closed');
  });
});

test('a pair that is made while its program gets a new version has the version or its entry', async () => {
  const { database } = api;
  for (let round = 0; round < 5; round++) {
    const pair = newPair();
    const stands = (await readProgram(database, 'prog_a'))?.document;
    if (!stands) throw new Error('no program');
    const put = putProgram(database, { id: 'prog_a', document: { ...stands, name: pair.id }, applyNow: true, now });
    const [{ version }] = await Promise.all([put, post('', pair).expect(201)]);
    const [row] = await queryRows<{ policy_version: number }>(
      database,
      'select policy_version from pairs where id = $1',
      pair.id,
    );
    const noted = (await notesOf(database, 'policy.changed')).some(({ pairId }) => pairId === pair.id);
    expect(noted || row?.policy_version === version).toBe(true);
  }
});
