import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseRoutes } from '../../api/routes/cases.ts';
import { changeRoutes } from '../../api/routes/changes.ts';
import { enrolmentRoutes } from '../../api/routes/enrolment.ts';
import { erasureRoutes } from '../../api/routes/erasure.ts';
import { pairRoutes } from '../../api/routes/pairs.ts';
import { peopleRoutes } from '../../api/routes/people.ts';
import { requestAnswerRoutes } from '../../api/routes/request-answers.ts';
import { requestRoutes } from '../../api/routes/requests.ts';
import { applyEvent } from '../../policy/pair/state.ts';
import { DAY, HOUR } from '../../policy/time.ts';
import { type Database, execute, openDatabase, queryRows } from '../../prisma/database.ts';
import { readChanges } from '../../prisma/store/changes.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { fakeGateway, project, seedPerson, seedProgram } from '../support/mentoring.ts';

let api: TestApi;
let auth: { Authorization: string };
let now = Date.UTC(2026, 8, 1, 15);
const clock = { now: async () => now };

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => {
      const relay = { wake: () => undefined };
      const nudge = async () => undefined;
      const deps = { database, clock, relay, nudge, inboundDomain: null, gateway: fakeGateway() };
      return [
        ...changeRoutes(deps),
        ...enrolmentRoutes(deps),
        ...peopleRoutes(deps),
        ...erasureRoutes(deps),
        ...pairRoutes(deps),
        ...requestRoutes(deps),
        ...requestAnswerRoutes(deps),
        ...caseRoutes(deps),
      ];
    },
  });
  auth = await api.bearer();
  for (const id of ['north', 'south']) await seedProgram(api.database, id, now);
});
afterAll(() => api.drop());

interface Change extends Record<string, unknown> {
  at: string;
  kind: string;
  id: string;
  change: string;
}

async function feed(query: string, as = auth): Promise<{ items: Change[]; next: string }> {
  const { body } = await request(api.app).get(`/v1/changes${query}`).set(as).expect(200);
  return body;
}

/** Everything after a cursor, page by page; the cursor at the end with it. */
async function rest(after: string, as = auth, limit = 200): Promise<{ items: Change[]; next: string }> {
  const items: Change[] = [];
  for (let next = after; ; ) {
    const page = await feed(`?limit=${limit}&after=${next}`, as);
    if (page.items.length === 0) return { items, next: page.next };
    items.push(...page.items);
    next = page.next;
  }
}

/** The cursor at the end of everything so far. */
const end = async (): Promise<string> => (await rest((await feed('?limit=1')).next)).next;
const post = (path: string, body: object) => request(api.app).post(path).set(auth).send(body);
const put = (path: string, body: object) => request(api.app).put(path).set(auth).send(body);
const told = ({ items }: { items: Change[] }) => items.map(({ kind, id, change }) => `${kind} ${id} ${change}`);

/** What the pair's next say would write of its state. */
async function sayState(id: string, data: { type: 'pair.paused' | 'pair.resumed' | 'pair.closed'; until?: number }) {
  const { type, ...rest } = data;
  const carried = await project(api.database, id, ({ state, ctx }) => {
    const earlier = paused.get(id) ?? { state, ctx };
    const event = { seq: 1, ref: `${type}:${now}`, type, at: now, receivedAt: now, data: { reason: 'x', ...rest } };
    return applyEvent(earlier.state, event, earlier.ctx, now);
  });
  paused.set(id, carried);
  const sql = 'update pairs set paused = $2 where id = $1';
  await execute(api.database, sql, id, type === 'pair.paused');
}
const paused = new Map<string, Awaited<ReturnType<typeof project>>>();

describe('the feed of changes', () => {
  test('every change of a pair, a request, a person and a case is told in order, with ids and codes only', async () => {
    const from = await end();
    const asked = { id: 'r1', programId: 'north', menteeId: 'mia', mentorId: 'ada', message: 'May I learn from you?' };
    for (const [id, role] of Object.entries({ ada: 'mentor', mia: 'mentee' })) {
      const enrolment = { programId: 'north', role, joinedAt: new Date(now).toISOString(), profileComplete: true };
      await put(`/v1/people/${id}`, { name: `Name of ${id}`, programs: [enrolment] }).expect(201);
    }
    now += HOUR;
    await post('/v1/requests', asked).expect(201);
    now += HOUR;
    await post('/v1/requests/r1:accept', { by: 'ada' }).expect(200);
    now += HOUR;
    await sayState('pair_r1', { type: 'pair.paused' });
    now += HOUR;
    await sayState('pair_r1', { type: 'pair.resumed' });
    now += HOUR;
    const opened = await post('/v1/cases', { kind: 'task', pairId: 'pair_r1', reason: 'look', by: 'per_pc' }).expect(
      201,
    );
    now += HOUR;
    await post(`/v1/cases/${opened.body.id}:acknowledge`, { by: 'per_pc' }).expect(200);
    now += HOUR;
    await post(`/v1/cases/${opened.body.id}:resolve`, { by: 'per_pc', outcome: 'resolved' }).expect(200);
    await sayState('pair_r1', { type: 'pair.closed' });
    await put('/v1/people/ada/availability', { available: false }).expect(200);
    await post('/v1/people/ada/enrolment', { programId: 'north', choice: 'optOut' }).expect(200);
    now += HOUR;
    await request(api.app).delete('/v1/people/ada').set(auth).expect(204);
    const all = await rest(from);
    expect(told(all)).toEqual([
      'person ada enrolment.active',
      'person mia enrolment.active',
      'request r1 pending',
      'request r1 accepted',
      'pair pair_r1 active',
      'pair pair_r1 paused',
      'pair pair_r1 active',
      `case ${opened.body.id} open`,
      `case ${opened.body.id} acknowledged`,
      `case ${opened.body.id} resolved`,
      'pair pair_r1 closed',
      'person ada unavailable',
      'person ada enrolment.optedOut',
      'person ada erased',
      'person ada enrolment.removed',
    ]);
    expect(all.items.map(({ at }) => (now - Date.parse(at)) / HOUR)).toEqual([
      8, 8, 7, 6, 6, 5, 4, 3, 2, 1, 1, 1, 1, 0, 0,
    ]);
    expect(all.items[4]).toMatchObject({ programIds: ['north'], mentorId: 'ada', menteeId: 'mia' });
    expect(all.items[3]).toMatchObject({ requestKind: 'request', pairId: 'pair_r1' });
    expect(all.items[7]).toMatchObject({ caseKind: 'task', pairId: 'pair_r1' });
    expect(JSON.stringify(all.items)).not.toContain('Name of');
    expect(JSON.stringify(all.items)).not.toContain('learn');
  });

  test('the end gives a cursor too, from which the next change is read', async () => {
    const { items, next } = await rest(await end());
    expect(items).toEqual([]);
    expect((await feed(`?after=${next}`)).next).toBe(next);
    await seedPerson(api.database, 'late', { programs: ['south'] });
    expect(told(await rest(next))).toEqual(['person late enrolment.active']);
    await request(api.app).get('/v1/changes?after=nonsense').set(auth).expect(422);
  });

  test('pages of one come to the same as one page, and what changes nothing is not told', async () => {
    const from = await end();
    for (const id of ['p1', 'p2', 'p3']) await seedPerson(api.database, id, { programs: ['north', 'south'] });
    await execute(api.database, `update people set available = available, name = 'x' where id = 'p1'`);
    await execute(api.database, `update enrolments set state = state where person_id = 'p1'`);
    const whole = await rest(from);
    expect(whole.items).toHaveLength(6);
    expect((await rest(from, auth, 1)).items).toEqual(whole.items);
  });

  test('an absence is told where it holds already, and not while it lies ahead', async () => {
    for (const id of ['away', 'later']) await seedPerson(api.database, id, { programs: ['north'] });
    const from = await end();
    const leave = (days: number) => ({
      available: false,
      from: new Date(now + days * DAY).toISOString(),
      until: new Date(now + 9 * DAY).toISOString(),
    });
    await put('/v1/people/later/availability', leave(3)).expect(200);
    await put('/v1/people/away/availability', leave(-1)).expect(200);
    await put('/v1/people/away/availability', { available: false }).expect(200);
    await put('/v1/people/later/availability', { available: true }).expect(200);
    await put('/v1/people/away/availability', { available: true }).expect(200);
    expect(told(await rest(from))).toEqual(['person away unavailable', 'person away available']);
  });

  test('an enrolment that ends is told although its row is gone', async () => {
    const person = { name: 'Noa', programs: [{ programId: 'north', role: 'mentor' }] };
    await put('/v1/people/noa', person).expect(201);
    const from = await end();
    now += HOUR;
    await put('/v1/people/noa', { name: 'Noa', programs: [] }).expect(200);
    const { items } = await rest(from);
    expect(items).toMatchObject([{ id: 'noa', change: 'enrolment.ended', at: new Date(now).toISOString() }]);
  });

  test('a key limited to programs sees theirs, and safety cases only with the scope for them', async () => {
    const from = await end();
    await seedPerson(api.database, 'both', { programs: ['north', 'south'] });
    await put('/v1/people/both/availability', { available: false }).expect(200);
    const about = { personId: 'both', reason: 'worry', by: 'per_pc' };
    await post('/v1/cases', { ...about, kind: 'safety', programId: 'south' }).expect(201);
    const south = await api.bearer({ programIds: ['south'], scopes: ['read', 'sensitive'] });
    const seen = await rest(from, south);
    expect(told(seen).map((line) => line.replace(/case_\w+/, 'case'))).toEqual([
      'person both enrolment.active',
      'person both unavailable',
      'case case open',
    ]);
    expect(seen.items.map(({ programIds }) => programIds)).toEqual([['south'], ['south'], ['south']]);
    const without = await api.bearer({ programIds: ['south'], scopes: ['read'] });
    expect((await rest(from, without)).items.map(({ kind }) => kind)).toEqual(['person', 'person']);
    const north = await api.bearer({ programIds: ['north'], scopes: ['read', 'sensitive'] });
    expect((await rest(from, north)).items).toHaveLength(2);
    const none = await api.bearer({ scopes: ['command'] });
    await request(api.app).get('/v1/changes').set(none).expect(403);
  });
});

describe('changes that are committed in another order than they were written', () => {
  const all = { programIds: null, safety: true };

  /** Writers that hold their changes back for a while before they commit; each changes one person of its own. */
  async function writers(database: Database, prefix: string, reading: () => Promise<void>): Promise<void> {
    const write = (n: number) =>
      database.$transaction(
        async (on) => {
          await sleep((n * 7) % 23);
          const sql = `insert into enrolments (person_id, program_id, role, state, joined_at, profile_complete)
            values ($1, 'north', 'mentor', 'active', '2026-09-01', true)`;
          await execute(on, sql, `${prefix}_${n}`);
          await sleep((n * 13) % 40);
          await execute(on, `update enrolments set state = 'optedOut' where person_id = $1`, `${prefix}_${n}`);
          await sleep((n * 5) % 30);
        },
        { timeout: 20_000, maxWait: 20_000 },
      );
    let writing = true;
    const reader = (async () => {
      while (writing) await reading();
    })();
    for (let n = 0; n < people; n++) await seedPerson(api.database, `${prefix}_${n}`);
    await Promise.all(Array.from({ length: people }, (_, n) => write(n)));
    writing = false;
    await reader;
    await reading();
  }
  const people = 80;

  test('one that is committed late is told when it is, behind those that were read before', async () => {
    const from = await end();
    for (const id of ['slow', 'swift']) await seedPerson(api.database, id, { programs: ['north'] });
    const { next } = await rest(from);
    const leave = (on: Database, id: string) =>
      execute(on, `update enrolments set state = 'optedOut' where person_id = $1`, id);
    let seenMeanwhile: string[] = [];
    await api.database.$transaction(async (on) => {
      await leave(on as Database, 'slow');
      await leave(api.database, 'swift');
      seenMeanwhile = told(await rest(next));
    });
    expect(seenMeanwhile).toEqual(['person swift enrolment.optedOut']);
    expect(told(await rest(next))).toEqual(['person swift enrolment.optedOut', 'person slow enrolment.optedOut']);
  });

  test('no reader ever skips one, or sees the changes of one thing out of their order', async () => {
    const database = openDatabase(api.url, { applicationName: 'writers', maxConnections: 16 });
    let after = 0n;
    const seen: string[] = [];
    const positions: bigint[] = [];
    await writers(database, 'safe', async () => {
      const { changes, upTo } = await readChanges(api.database, after, 7, all);
      seen.push(...changes.map(({ subjectId, change }) => `${subjectId} ${change}`));
      positions.push(...changes.map(({ position }) => position));
      after = upTo;
    });
    for (let more = true; more; ) {
      const { changes, upTo } = await readChanges(api.database, after, 200, all);
      seen.push(...changes.map(({ subjectId, change }) => `${subjectId} ${change}`));
      positions.push(...changes.map(({ position }) => position));
      more = changes.length > 0;
      after = upTo;
    }
    await database.close();
    const [counted] = await queryRows<{ n: number }>(api.database, 'select count(*)::int as n from changes');
    expect(seen).toHaveLength(counted?.n as number);
    expect(positions).toEqual(positions.map((_, index) => BigInt(index + 1)));
    for (let n = 0; n < people; n++) {
      const own = seen.filter((line) => line.startsWith(`safe_${n} `));
      expect(own).toEqual([`safe_${n} enrolment.active`, `safe_${n} enrolment.optedOut`]);
    }
  });

  test('the control: who goes by the numbers in which changes were written misses some', async () => {
    const database = openDatabase(api.url, { applicationName: 'writers', maxConnections: 16 });
    const [newest] = await queryRows<{ id: bigint }>(api.database, 'select max(id) as id from changes');
    let after = newest?.id ?? 0n;
    const seen: bigint[] = [];
    await writers(database, 'unsafe', async () => {
      const sql = 'select id from changes where id > $1 order by id limit 7';
      const rows = await queryRows<{ id: bigint }>(api.database, sql, after);
      seen.push(...rows.map(({ id }) => id));
      after = rows.at(-1)?.id ?? after;
    });
    await database.close();
    const sql = 'select count(*)::int as n from changes where id > $1';
    const [written] = await queryRows<{ n: number }>(api.database, sql, newest?.id ?? 0n);
    expect(written?.n).toBe(2 * people);
    expect(seen.length).toBeLessThan(2 * people);
  });
});
