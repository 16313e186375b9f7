import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventRoutes } from '../../api/routes/events.ts';
import { DAY, HOUR, MINUTE } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair } from '../support/facts.ts';
import { counted, fakeGateway, seedPerson, seedProgram } from '../support/mentoring.ts';

const now = Date.UTC(2026, 9, 1, 12);
const clock = { now: async () => now };
const metrics = createMetrics();
const gateway = fakeGateway();
let api: TestApi;
let auth: { Authorization: string };
let count: ReturnType<typeof counted>;
let wakes = 0;

beforeAll(async () => {
  api = await createTestApi({
    clock,
    metrics,
    routes: (database) => {
      count = counted(database);
      const relay = { wake: () => wakes++, storing: <T>(_entries: number, work: () => Promise<T>) => work() };
      return eventRoutes({ database: count.database, clock, metrics, gateway, relay });
    },
  });
  auth = await api.bearer();
  for (const [program, days] of [
    ['prog_a', 7],
    ['prog_b', 3],
  ] as const) {
    await seedProgram(api.database, program, now, { policy: { classWeek: { lateArrivalDays: days } } });
  }
  for (const id of ['mentor', 'mentee']) await seedPerson(api.database, id);
  const people = { mentorId: 'mentor', menteeId: 'mentee' };
  await insertPair(api.database, { id: 'pair_a', programId: 'prog_a', ...people });
  await insertPair(api.database, { id: 'pair_b', programId: 'prog_b', ...people });
});
afterAll(() => api.drop());
beforeEach(() => {
  wakes = 0;
  count.reset();
});

let number = 0;
const at = (instant: number) => new Date(instant).toISOString();
const event = (change: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id: `evt_${++number}`,
  source: 'https://platform.example.org',
  type: 'tandem.lesson.completed',
  subject: 'pair_a',
  time: at(now - HOUR),
  data: { by: 'mentor', sessionDate: '2026-09-30' },
  ...change,
});
const structured = 'application/cloudevents+json';
const send = (body: unknown, type = structured, headers = {}) =>
  request(api.app)
    .post('/v1/events')
    .set({ ...auth, 'Content-Type': type, ...headers })
    .send(JSON.stringify(body));
const batch = (items: unknown[], headers = {}) => send(items, 'application/cloudevents-batch+json', headers);
const plain = 'application/json';

interface JournalRow {
  seq: bigint;
  state: string;
  type: string;
  ref: string;
  owner: string | null;
  history: boolean;
  urgent: boolean;
  data: Record<string, unknown>;
  texts: Record<string, string>;
}
async function journal(eventId: string): Promise<JournalRow[]> {
  const sql = `
    select j.*, coalesce((select jsonb_object_agg(field, text) from free_texts t where t.seq = j.seq), '{}') as texts
    from journal j where event_id = $1`;
  return queryRows<JournalRow>(api.database, sql, eventId);
}
const stored = async (eventId: string) => (await journal(eventId))[0] as JournalRow;
const outcomes = async (outcome: string) =>
  (await metrics.events.get()).values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;

describe('one event', () => {
  test('E1 is stored by one statement, acknowledged, and carried on', async () => {
    const sent = event();
    const answer = await send(sent).expect(202);
    expect(answer.body).toEqual({ id: sent.id, state: 'accepted' });
    expect(count.statements()).toBe(1);
    expect(wakes).toBe(1);
    const ref = expect.stringMatching(new RegExp(`^${sent.id}~[0-9a-f]{8}$`));
    const row = { state: 'recorded', type: 'lesson.completed', ref, owner: 'pair:prog_a:pair_a', history: false };
    expect(await stored(sent.id)).toMatchObject({ ...row, data: { by: 'mentor', sessionDate: '2026-09-30' } });
  });

  test('E1 is the same event in structured, plain and binary form, and a repetition gets the first answer', async () => {
    const sent = event();
    await send(sent).expect(202);
    const { data, ...attributes } = sent;
    const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
    for (const again of [
      send(sent, plain),
      send({ ...sent, traceparent: '00-1', time: '2026-10-01T07:00:00-04:00' }),
      send(data, plain, headers),
    ]) {
      expect((await again.expect(202)).body).toEqual({ id: sent.id, state: 'accepted' });
    }
    expect(await journal(sent.id)).toHaveLength(1);
    expect(wakes).toBe(1);
  });

  test('E1 the same id with other content is 409, from another source it is another event', async () => {
    const sent = event();
    await send(sent).expect(202);
    const other = await send({ ...sent, data: { by: 'mentor' } }).expect(409);
    expect(other.body).toMatchObject({ code: 'event_conflict' });
    await send({ ...sent, data: { by: 'mentor' }, source: '/other' }).expect(202);
    expect(await journal(sent.id)).toHaveLength(2);
  });

  test('E1 sixty at once with one id are one row', async () => {
    const sent = event();
    const answers = await Promise.all(Array.from({ length: 60 }, () => send(sent)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(await journal(sent.id)).toHaveLength(1);
    expect(wakes).toBe(1);
  });

  test('E3 of an unknown pair is parked, a repetition too; of a known person it is noted', async () => {
    const sent = event({ subject: 'pair_nowhere' });
    for (let time = 0; time < 2; time++) {
      expect((await send(sent).expect(202)).body).toEqual({ id: sent.id, state: 'parked' });
    }
    expect(await stored(sent.id)).toMatchObject({ state: 'parked', owner: null });
    const active = event({ type: 'tandem.person.active', subject: 'mentor', data: undefined });
    for (let time = 0; time < 2; time++) {
      expect((await send(active).expect(202)).body).toEqual({ id: active.id, state: 'accepted' });
    }
    expect((await stored(active.id)).state).toBe('noted');
    const stranger = event({ type: 'tandem.person.active', subject: 'stranger', data: {} });
    expect((await send(stranger).expect(202)).body.state).toBe('parked');
    expect((await send(stranger).expect(202)).body.state).toBe('parked');
  });

  test('of a pair outside the programs of the key is 404 and leaves nothing', async () => {
    const limited = await api.bearer({ programIds: ['prog_a'] });
    const sent = event({ subject: 'pair_b' });
    await send(sent, structured, limited).expect(404);
    expect(await journal(sent.id)).toEqual([]);
    await send(sent).expect(202);
  });

  test('E2 lies at most five minutes ahead', async () => {
    const late = await send(event({ time: at(now + 6 * MINUTE) })).expect(422);
    expect(late.body.errors).toEqual([{ pointer: '/time', detail: expect.any(String) }]);
    await send(event({ time: at(now + 4 * MINUTE) })).expect(202);
  });

  test("E2 is history when it is older than its program's limit, judged once", async () => {
    const history = async (subject: string, days: number) => {
      const sent = event({ subject, time: at(now - days * DAY) });
      await send(sent).expect(202);
      return (await stored(sent.id)).history;
    };
    expect(await history('pair_a', 6)).toBe(false);
    expect(await history('pair_a', 8)).toBe(true);
    expect(await history('pair_b', 2)).toBe(false);
    expect(await history('pair_b', 6)).toBe(true);
    expect(await history('pair_unknown', 6)).toBe(false);
    expect(await history('pair_unknown', 8)).toBe(true);
  });

  test('keeps words apart from codes, and names what it takes back by its identity', async () => {
    const flag = event({
      type: 'tandem.flag.submitted',
      data: { by: 'mentee', topic: 'money', priority: 'immediate', text: 'he asked me for money' },
    });
    await send(flag).expect(202);
    const coded = { by: 'mentee', topic: 'money', priority: 'immediate' };
    expect(await stored(flag.id)).toMatchObject({
      urgent: true,
      data: coded,
      texts: { text: 'he asked me for money' },
    });
    const excused = event({ type: 'tandem.week.excused', data: { sessionDate: '2026-09-30', reason: 'Anna was ill' } });
    await send(excused).expect(202);
    const { data, texts } = await stored(excused.id);
    expect({ data, texts }).toEqual({ data: { sessionDate: '2026-09-30' }, texts: { reason: 'Anna was ill' } });
    const back = event({ data: { retracts: flag.id } });
    await send(back).expect(202);
    expect((await stored(back.id)).data).toEqual({ retracts: (await stored(flag.id)).ref });
  });

  test('K6 a safety concern is urgent, its answers are words, and instants become numbers', async () => {
    const answers = { safe: false, why: 'words', none: null };
    const data = { respondent: 'mentee', mode: 'phone', answers, safetyConcern: true, notes: 'words' };
    const sent = event({ type: 'tandem.checkin.recorded', data });
    await send(sent).expect(202);
    const texts = { 'answers.safe': 'false', 'answers.why': 'words', notes: 'words' };
    expect(await stored(sent.id)).toMatchObject({ urgent: true, texts });
    expect(JSON.stringify((await stored(sent.id)).data)).not.toContain('words');
    const meeting = event({ type: 'tandem.meeting.scheduled', data: { at: '2026-10-02T12:00:00Z' } });
    await send(meeting).expect(202);
    expect(await stored(meeting.id)).toMatchObject({ urgent: false, data: { at: Date.UTC(2026, 9, 2, 12) } });
  });
});

describe('an event that is not valid', () => {
  const wrong: Array<[string, Record<string, unknown>, string[]]> = [
    ['of an unknown type', { type: 'tandem.lesson.skipped' }, ['/type']],
    ['without offset', { time: '2026-10-01T11:00:00' }, ['/time']],
    ['with an id that is none', { id: 'a b' }, ['/id']],
    ['with an empty source', { source: '' }, ['/source']],
    ["with Tandem's own source", { source: 'tandem' }, ['/source']],
    ['without what its type needs', { data: {} }, ['/data/by']],
    ['without data', { data: undefined }, ['/data']],
    ['with a field that is none', { data: { by: 'mentor', foo: 1 } }, ['/data/foo']],
    ['with a date that is none', { data: { by: 'mentor', sessionDate: '2026-02-30' } }, ['/data/sessionDate']],
    ['reported by a name', { data: { by: 'Anna Miller' } }, ['/data/by']],
    [
      'with a score outside its scale',
      { type: 'tandem.survey.answered', data: { by: 'mentor', instrument: 'mqs', score: 6, scale: 5 } },
      ['/data/score'],
    ],
    [
      "with an option that is the mentor's alone",
      { type: 'tandem.contact.trouble', data: { by: 'mentee', option: 'unmatch_no_rematch' } },
      ['/data/option'],
    ],
  ];
  test.each(wrong)('E3 %s is 422 with a pointer', async (_, change, pointers) => {
    for (const type of [structured, plain]) {
      const answer = await send(event(change), type).expect(422);
      expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    }
  });

  test('E3 in binary form points to headers and into the body', async () => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'x', 'ce-type': 'tandem.lesson.completed', 'ce-source': '/s' };
    const answer = await send({ by: 5 }, plain, { ...headers, 'ce-subject': 'pair_a' }).expect(422);
    const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['/by', '/header/ce-time']);
  });

  test('E3 without any body is 422', async () => {
    await request(api.app).post('/v1/events').set(auth).expect(422);
  });

  test('E3 hostile bodies and headers are never our failure', async () => {
    const names = fc.constantFrom(
      'specversion',
      'id',
      'source',
      'type',
      'subject',
      'time',
      'data',
      'by',
      'retracts',
      'x',
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('1.0', 'tandem.meeting.recorded', '2026-10-01T11:00:00Z', 1e308),
    );
    const body = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(names, value),
      fc.record({ data: fc.dictionary(names, value) }).map(event),
    );
    const type = fc.constantFrom(structured, plain, 'application/cloudevents-batch+json');
    const header = fc.dictionary(
      fc.constantFrom('ce-id', 'ce-type', 'ce-time', 'ce-source', 'prefer'),
      fc.stringMatching(/^[\x21-\x7e]{0,30}$/),
    );
    await fc.assert(
      fc.asyncProperty(body, type, header, async (given, mediaType, headers) => {
        const wrapped = mediaType.includes('batch') ? [given, event()] : given;
        const { status } = await send(wrapped, mediaType, headers);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a batch', () => {
  test('E3 of good events is 202, stored by one statement', async () => {
    const events = Array.from({ length: 100 }, () => event());
    const answer = await batch(events).expect(202);
    expect(answer.body.items).toEqual(events.map(({ id }) => ({ id, status: 202, state: 'accepted' })));
    expect(count.statements()).toBe(1);
    await batch([]).expect(202);
  });

  test('E3 answers per item, 207 when one was not accepted', async () => {
    const [good, wrong, parked, ahead] = [
      event(),
      event({ data: {} }),
      event({ subject: 'pair_nowhere' }),
      event({ time: at(now + HOUR) }),
    ];
    await send(good).expect(202);
    const items = (await batch([{ ...good, data: { by: 'mentor' } }, good, wrong, parked, ahead, 5]).expect(207)).body
      .items;
    expect(items).toMatchObject([
      { id: good.id, status: 409, code: 'event_conflict' },
      { id: good.id, status: 202, state: 'accepted' },
      { id: wrong.id, status: 422, errors: [{ pointer: '/data/by' }] },
      { id: parked.id, status: 202, state: 'parked' },
      { id: ahead.id, status: 422, errors: [{ pointer: '/time' }] },
      { id: null, status: 422 },
    ]);
  });

  test('E1 may hold one identity twice', async () => {
    const sent = event();
    const answer = await batch([sent, sent, { ...sent, data: { by: 'mentee' } }]).expect(207);
    expect(answer.body.items.map(({ status }: { status: number }) => status)).toEqual([202, 202, 409]);
    expect(await journal(sent.id)).toHaveLength(1);
  });

  test('has at most a hundred events', async () => {
    await batch(Array.from({ length: 101 }, () => event())).expect(422);
  });
});

describe('Prefer: wait', () => {
  const apply = (eventId: string) =>
    execute(
      api.database,
      `update journal set state = 'applied', effect = '{"cancelled": ["pair_a/x/class-email"]}' where event_id = $1`,
      eventId,
    );

  test('E4 answers what the event changed, once it is applied', async () => {
    const next = { key: 'k', at: '2026-10-05T12:00:00Z', template: 'class-reminder' };
    gateway.answers.view = { classWeek: { missedStreak: 1 }, next: [next] };
    const sent = event();
    const pending = send(sent, structured, { Prefer: 'respond-async, wait=5' }).then((answer) => answer);
    await expect.poll(() => journal(sent.id)).toHaveLength(1);
    await apply(sent.id);
    const answer = await pending;
    expect(answer.status).toBe(200);
    expect(answer.headers['preference-applied']).toBe('wait=5');
    const changed = { cancelled: ['pair_a/x/class-email'], streak: 1, next };
    expect(answer.body).toEqual({ id: sent.id, state: 'applied', ...changed });
    expect((await send(sent, structured, { Prefer: 'wait=1' }).expect(200)).body).toMatchObject(changed);
  });

  test('E4 answers 202 without Preference-Applied when it takes longer, and at once for what is parked', async () => {
    const answer = await send(event(), structured, { Prefer: 'wait=1' }).expect(202);
    expect(answer.headers['preference-applied']).toBeUndefined();
    const started = performance.now();
    await send(event({ subject: 'pair_nowhere' }), structured, { Prefer: 'wait=5' }).expect(202);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

test('events are counted by outcome', async () => {
  const before = [await outcomes('accepted'), await outcomes('duplicate'), await outcomes('refused')] as const;
  const sent = event();
  await send(sent).expect(202);
  await send(sent).expect(202);
  await send({ ...sent, subject: 'pair_b' }).expect(409);
  await send({}, plain).expect(422);
  expect(await outcomes('accepted')).toBe(before[0] + 1);
  expect(await outcomes('duplicate')).toBe(before[1] + 1);
  expect(await outcomes('refused')).toBe(before[2] + 2);
});
