import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { caseRoutes } from '../../api/routes/cases.ts';
import { HOUR, toRfc3339 } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair, notesOf } from '../support/facts.ts';
import { insertMessage } from '../support/ledger.ts';
import { counted, seedPerson, seedProgram } from '../support/mentoring.ts';

let now = Date.UTC(2026, 9, 1, 12);
const clock = { now: async () => now };
let api: TestApi;
let auth: { Authorization: string };
let plain: { Authorization: string };
let count: ReturnType<typeof counted>;
let wakes = 0;
let nudges: string[] = [];

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => {
      count = counted(database);
      const nudge = async (shard: string) => void nudges.push(shard);
      const relay = { wake: () => wakes++ };
      return caseRoutes({ database: count.database, clock, relay, nudge, inboundDomain: 'in.example.org' });
    },
  });
  auth = await api.bearer();
  plain = await api.bearer({ scopes: ['read', 'command'] });
  const { database } = api;
  for (const id of ['prog_a', 'prog_b']) await seedProgram(database, id, now);
  for (const id of ['mentor', 'mentee']) await seedPerson(database, id, { programs: ['prog_a'] });
  for (const id of ['per_pc', 'per_sup']) await seedPerson(database, id);
  const people = { mentorId: 'mentor', menteeId: 'mentee' };
  for (const id of ['pair_a', 'pair_x']) await insertPair(database, { id, programId: 'prog_a', ...people });
  await insertPair(database, { id: 'pair_b', programId: 'prog_b', ...people });
  await insertPair(database, { id: 'pair_over', programId: 'prog_a', ...people, completed: true });
  const staff = `update pairs set coordinator_id = 'per_pc', supervisor_id = 'per_sup'`;
  await execute(database, staff);
});
afterAll(() => api.drop());
beforeEach(async () => {
  wakes = 0;
  nudges = [];
  now = Date.UTC(2026, 9, 1, 12);
  await noIntervention();
});

/** A pair has one open intervention: what an earlier one left open is closed. */
async function noIntervention(): Promise<void> {
  await execute(
    api.database,
    `update cases set state = 'withdrawn' where kind = 'intervention' and state <> 'resolved'`,
  );
}

const post = (path: string, body: object, headers = auth) =>
  request(api.app).post(`/v1/cases${path}`).set(headers).send(body);
const get = (path: string, headers = auth) => request(api.app).get(`/v1/cases${path}`).set(headers);
const given = { kind: 'task', pairId: 'pair_a', reason: 'call_them', by: 'per_pc' };
async function opened(change: object = {}): Promise<string> {
  return (await post('', { ...given, ...change }).expect(201)).body.id;
}
const notes = async (type: string, caseId: string) =>
  (await notesOf(api.database, type)).filter(({ data }) => (data as { caseId: string }).caseId === caseId);

describe('opening a case', () => {
  test('W20 about a pair tells the pair', async () => {
    const body = { ...given, kind: 'escalation', pauseReminders: true };
    const answer = await post('', body).expect(201);
    const { id } = answer.body;
    expect(id).toMatch(/^case_[0-9a-f]{32}$/);
    expect(answer.body).toEqual({
      id,
      kind: 'escalation',
      programId: 'prog_a',
      pairId: 'pair_a',
      outreachAddress: `outreach+${id}@in.example.org`,
      state: 'open',
      assignee: 'per_pc',
      supervisor: 'per_sup',
      openedBy: 'per_pc',
      openedAt: toRfc3339(now),
      endedAt: null,
      reason: 'call_them',
      outcome: null,
      facts: [],
      entries: [],
    });
    const data = { caseId: id, caseKind: 'escalation', pauseReminders: true, by: 'per_pc' };
    const place = { owner: 'pair:prog_a:pair_a', pairId: 'pair_a', state: 'recorded' };
    expect(await notes('case.opened', id)).toMatchObject([{ ref: `case.opened:${id}`, ...place, data }]);
    expect(wakes).toBe(1);
  });

  test('about a person tells no pair', async () => {
    const id = await opened({ pairId: undefined, personId: 'mentor', programId: 'prog_a' });
    expect((await get(`/${id}`).expect(200)).body).toMatchObject({ personId: 'mentor', assignee: 'per_pc' });
    expect(await notes('case.opened', id)).toEqual([]);
    expect(wakes).toBe(0);
  });

  test('K6 a safety case goes to the first of the ladder, may outlive its pair, and is urgent', async () => {
    const id = await opened({ kind: 'safety', pairId: 'pair_over' });
    expect((await get(`/${id}`).expect(200)).body.assignee).toBe('per_safe');
    const rows = await queryRows(api.database, 'select urgent from journal where event_id = $1', `case.opened:${id}`);
    expect(rows).toEqual([{ urgent: true }]);
    expect((await post('', { ...given, kind: 'escalation', pairId: 'pair_over' }).expect(409)).body.code).toBe(
      'pair_closed',
    );
  });

  const wrong: Array<[string, object, string[]]> = [
    ['without pair and person', { pairId: undefined }, ['/pairId']],
    ['about an unknown pair', { pairId: 'nowhere' }, ['/pairId']],
    ['about a pair of another program', { programId: 'prog_b' }, ['/programId']],
    ['about a person without program', { pairId: undefined, personId: 'mentor' }, ['/programId']],
    ['about an unknown person', { pairId: undefined, personId: 'nobody', programId: 'prog_a' }, ['/personId']],
    ['of a kind that pairs open', { kind: 'trouble' }, ['/kind']],
    ['with words for a reason', { reason: 'she cries' }, ['/reason']],
    ['that pauses reminders and is no escalation', { pauseReminders: true }, ['/pauseReminders']],
  ];
  test.each(wrong)('%s is 422 with a pointer', async (_, change, pointers) => {
    const answer = await post('', { ...given, ...change }).expect(422);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  test('with one Idempotency-Key is one case', async () => {
    const keyed = { ...auth, 'Idempotency-Key': 'open-1' };
    const [one, two] = [await post('', given, keyed).expect(201), await post('', given, keyed).expect(201)];
    expect(two.body.id).toBe(one.body.id);
  });
});

describe('looking after a safety case', () => {
  test('K6 its pair learns who has seen it and that it is cleared, before everything else', async () => {
    const id = await opened({ kind: 'safety' });
    await post(`/${id}:acknowledge`, { by: 'per_sup' }).expect(200);
    await post(`/${id}:acknowledge`, { by: 'per_sup' }).expect(200);
    await post(`/${id}:resolve`, { by: 'per_sup', outcome: 'cleared' }).expect(200);
    const about = { caseId: id, caseKey: null, caseKind: 'safety', by: 'per_sup' };
    const owner = 'pair:prog_a:pair_a';
    expect(await notes('case.acknowledged', id)).toMatchObject([{ owner, data: about }]);
    expect(await notes('case.resolved', id)).toMatchObject([{ owner, data: { ...about, outcome: 'cleared' } }]);
    const sql = 'select urgent from journal where event_id = any($1::text[])';
    const refs = ['case.opened', 'case.acknowledged', 'case.resolved'].map((type) => `${type}:${id}`);
    expect(await queryRows(api.database, sql, refs)).toEqual(refs.map(() => ({ urgent: true })));
    expect((await get(`/${id}`).expect(200)).body).toMatchObject({ assignee: 'per_sup' });
  });

  test('K6 about a person it is its program that learns', async () => {
    const id = await opened({ kind: 'safety', pairId: undefined, personId: 'mentor', programId: 'prog_a' });
    expect((await get(`/${id}`).expect(200)).body).toMatchObject({ personId: 'mentor', assignee: 'per_safe' });
    await post(`/${id}:acknowledge`, { by: 'per_sup' }).expect(200);
    await post(`/${id}:resolve`, { by: 'per_sup', outcome: 'cleared' }).expect(200);
    for (const type of ['case.opened', 'case.acknowledged', 'case.resolved'])
      expect(await notes(type, id)).toMatchObject([{ owner: 'program:prog_a', pairId: null }]);
  });

  test('K6 whoever is on the ladder and opens it has seen it', async () => {
    const id = await opened({ kind: 'safety', by: 'per_safe' });
    expect((await get(`/${id}`).expect(200)).body).toMatchObject({ state: 'acknowledged', assignee: 'per_safe' });
  });

  test('K6 whoever it is about does not take it off the hands of staff', async () => {
    const id = await opened({ kind: 'safety' });
    for (const act of ['acknowledge', 'resolve']) {
      const answer = await post(`/${id}:${act}`, { by: 'mentor', outcome: act === 'resolve' ? 'cleared' : undefined });
      expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([422, '/by']);
    }
  });
});

describe('looking after a case', () => {
  test('acknowledging is written once, notes are kept with who and when', async () => {
    const id = await opened();
    for (let time = 0; time < 2; time++) await post(`/${id}:acknowledge`, { by: 'per_pc' }).expect(200);
    now += HOUR;
    const noted = await post(`/${id}:note`, { by: 'per_sup', text: 'Offered a cinema ticket' }).expect(200);
    expect(noted.body.state).toBe('acknowledged');
    expect(noted.body.entries).toEqual([
      { at: toRfc3339(now - HOUR), by: 'per_pc', code: 'acknowledged' },
      { at: toRfc3339(now), by: 'per_sup', code: 'note', text: 'Offered a cinema ticket' },
    ]);
    const seen = (await get(`/${id}`, plain).expect(200)).body;
    expect(seen.entries[1]).toEqual({ at: toRfc3339(now), by: 'per_sup', code: 'note' });
  });

  test('a line that its workflow wrote is a code with what it is about', async () => {
    const id = await opened();
    const sql = `insert into case_entries (case_id, at, by, code) values ($1, $2, 'tandem', 'missed_again:2026-09-30')`;
    await execute(api.database, sql, id, new Date(now));
    const line = { at: toRfc3339(now), by: 'tandem', code: 'missed_again', ref: '2026-09-30' };
    expect((await get(`/${id}`).expect(200)).body.entries).toEqual([line]);
  });

  test('resolving ends it and tells its pair; then it takes nothing more', async () => {
    const id = await opened({ kind: 'intervention' });
    await execute(api.database, `update cases set key = 'pair_a/x/intervention' where id = $1`, id);
    const end = { by: 'per_pc', outcome: 'rematch', personId: 'mentor', note: 'as agreed' };
    const answer = await post(`/${id}:resolve`, end).expect(200);
    expect(answer.body).toMatchObject({ state: 'resolved', outcome: 'rematch', endedAt: toRfc3339(now) });
    expect(answer.body.entries).toMatchObject([{ code: 'resolved', by: 'per_pc', text: 'as agreed' }]);
    const about = { caseId: id, caseKey: 'pair_a/x/intervention', caseKind: 'intervention', by: 'per_pc' };
    const [note] = await notes('case.resolved', id);
    expect(note?.data).toEqual({ ...about, outcome: 'rematch', personId: 'mentor' });
    expect(wakes).toBe(2);
    expect(nudges).toEqual([]);
    for (const [call, body] of [
      ['resolve', end],
      ['acknowledge', { by: 'per_pc' }],
      ['note', { by: 'per_pc', text: 'x' }],
    ] as const) {
      expect((await post(`/${id}:${call}`, body).expect(409)).body.code).toBe('case_ended');
    }
  });

  test('two who resolve it at once end it once', async () => {
    const id = await opened();
    const end = { by: 'per_pc', outcome: 'resolved' };
    const answers = await Promise.all([post(`/${id}:resolve`, end), post(`/${id}:resolve`, end)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await notes('case.resolved', id)).toHaveLength(1);
  });

  test('S4 what acts on one party names the mentor or the mentee of the pair by id', async () => {
    const attempt = async (outcome: string, personId?: string, about: object = {}) => {
      await noIntervention();
      const id = await opened({ kind: 'intervention', ...about });
      const answer = await post(`/${id}:resolve`, { by: 'per_pc', outcome, ...(personId && { personId }) });
      return answer.status === 200 ? 200 : answer.body.errors[0].pointer;
    };
    for (const outcome of ['unavailable', 'removed']) {
      expect(await attempt(outcome)).toBe('/personId');
      expect(await attempt(outcome, 'per_pc')).toBe('/personId');
      expect(await attempt(outcome, 'mentee')).toBe(200);
    }
    expect(await attempt('rematch', 'per_pc')).toBe('/personId');
    expect(await attempt('rematch')).toBe(200);
    expect(await attempt('rematch', 'mentor')).toBe(200);
    const ofPerson = { pairId: undefined, personId: 'mentor', programId: 'prog_a' };
    expect(await attempt('removed', 'mentor', ofPerson)).toBe('/outcome');
    expect(await attempt('resolved', undefined, ofPerson)).toBe(200);
  });

  test('S7 a review that is done by acknowledging it is done, and saying so again changes nothing', async () => {
    const id = await opened();
    await execute(api.database, `update cases set details = '{"doneBy": "acknowledging"}' where id = $1`, id);
    for (let time = 0; time < 2; time++) {
      const { body } = await post(`/${id}:acknowledge`, { by: 'per_pc' }).expect(200);
      expect([body.state, body.outcome, body.entries.length]).toEqual(['resolved', 'resolved', 1]);
    }
    await post(`/${id}:note`, { by: 'per_pc', text: 'x' }).expect(409);
  });

  test('the same request once more whose answer was lost is the same case, and tells its pair once', async () => {
    const body = { ...given, kind: 'safety', reason: 'bruises' };
    const ask = async () => {
      const keyed = { ...auth, 'Idempotency-Key': 'lost-answer' };
      return (await post('', body, keyed).expect(201)).body.id;
    };
    const id = await ask();
    await execute(api.database, 'delete from idempotency_keys');
    expect(await ask()).toBe(id);
    expect(await notes('case.opened', id)).toHaveLength(1);
    expect((await post('', body).expect(201)).body.id).not.toBe(id);
  });

  test('S3 a pair has one open intervention: another is 409 and names it', async () => {
    const pairId = 'pair_only';
    await insertPair(api.database, { id: pairId, programId: 'prog_a', mentorId: 'mentor', menteeId: 'mentee' });
    const id = await opened({ kind: 'intervention', pairId });
    const again = await post('', { kind: 'intervention', pairId, reason: 'again', by: 'per_pc' }).expect(409);
    expect(again.body).toMatchObject({ code: 'intervention_open', caseId: id });
    await post(`/${id}:resolve`, { by: 'per_pc', outcome: 'resolved' }).expect(200);
    await opened({ kind: 'intervention', pairId });
  });

  test('S4 K6 each kind has its outcomes', async () => {
    const attempt = async (kind: string, outcome: string, personId?: string) => {
      await noIntervention();
      const id = await opened({ kind });
      return (await post(`/${id}:resolve`, { by: 'per_pc', outcome, ...(personId && { personId }) })).status;
    };
    expect(await attempt('task', 'resolved')).toBe(200);
    expect(await attempt('task', 'rematch')).toBe(422);
    expect(await attempt('escalation', 'cleared')).toBe(422);
    expect(await attempt('intervention', 'removed', 'mentor')).toBe(200);
    expect(await attempt('intervention', 'cleared')).toBe(422);
    expect(await attempt('safety', 'resolved')).toBe(422);
    expect(await attempt('safety', 'cleared')).toBe(200);
  });

  test('K6 clearing a safety case has what it held looked at again', async () => {
    const id = await opened({ kind: 'safety', pairId: 'pair_x' });
    await insertMessage(api.database, { id: 'msg_held', programId: 'prog_a', pairIds: ['pair_x'], at: now + HOUR });
    await insertMessage(api.database, { id: 'msg_other', programId: 'prog_a', pairIds: ['pair_a'], at: now + HOUR });
    await post(`/${id}:resolve`, { by: 'per_safe', outcome: 'cleared' }).expect(200);
    const rows = await queryRows(api.database, `select id from messages where look_at is null`);
    expect(rows).toEqual([{ id: 'msg_held' }]);
    expect(nudges.sort()).toEqual(['people', 'urgent']);
  });
});

describe('seeing cases', () => {
  test('K6 a safety case does not exist for keys without the scope for it', async () => {
    const id = await opened({ kind: 'safety' });
    await get(`/${id}`, plain).expect(404);
    await post(`/${id}:acknowledge`, { by: 'per_pc' }, plain).expect(404);
    await post(`/${id}:resolve`, { by: 'per_pc', outcome: 'cleared' }, plain).expect(404);
    const kinds = async (headers: { Authorization: string }) =>
      new Set((await get('?limit=200', headers).expect(200)).body.items.map(({ kind }: { kind: string }) => kind));
    expect(await kinds(auth)).toContain('safety');
    expect(await kinds(plain)).not.toContain('safety');
  });

  test('a limited key sees the cases of its programs only', async () => {
    const limited = await api.bearer({ programIds: ['prog_b'] });
    const [inside, outside] = [await opened({ pairId: 'pair_b' }), await opened()];
    await get(`/${inside}`, limited).expect(200);
    await get(`/${outside}`, limited).expect(404);
    await post(`/${outside}:note`, { by: 'per_pc', text: 'x' }, limited).expect(404);
    await post('', given, limited).expect(422);
    const { items } = (await get('', limited).expect(200)).body;
    expect(items.map(({ id }: { id: string }) => id)).toEqual([inside]);
  });

  test('filters and pages newest first, by one statement with all entries', async () => {
    const cases: string[] = [];
    for (let index = 0; index < 5; index++) {
      now += HOUR;
      const id = await opened({ pairId: 'pair_x', kind: index === 0 ? 'intervention' : 'task' });
      await post(`/${id}:note`, { by: 'per_pc', text: `note ${index}` }).expect(200);
      cases.unshift(id);
    }
    const ids = async (query: string) =>
      (await get(`?pairId=pair_x&${query}`).expect(200)).body.items.map(({ id }: { id: string }) => id);
    count.reset();
    const { items } = (await get('?pairId=pair_x&state=open').expect(200)).body;
    expect(count.statements()).toBe(1);
    expect(items.map(({ id }: { id: string }) => id)).toEqual(cases);
    expect(items[0].entries).toMatchObject([{ text: 'note 4' }]);
    const first = (await get('?pairId=pair_x&state=open&limit=3').expect(200)).body;
    const second = await ids(`state=open&limit=3&cursor=${first.next}`);
    expect([...first.items.map(({ id }: { id: string }) => id), ...second]).toEqual(cases);
    expect(await ids('kind=intervention')).toEqual([cases[4]]);
    expect(await ids('assignee=nobody')).toEqual([]);
    expect(await ids('state=resolved&kind=task')).toEqual([]);
    expect(await ids('assignee=per_pc&programId=prog_a&state=open')).toEqual(cases);
    await get('?kind=none').expect(422);
  });
});
