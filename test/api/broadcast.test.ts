import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { broadcastRoutes } from '../../api/routes/broadcast.ts';
import { messageRoutes } from '../../api/routes/messages.ts';
import { DAY, HOUR, MINUTE } from '../../policy/time.ts';
import { type Database, execute, queryRows } from '../../prisma/database.ts';
import { putResource } from '../../prisma/store/resources.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair } from '../support/facts.ts';
import { seedProgram } from '../support/mentoring.ts';
import { recordedSends } from '../support/recorded-sends.ts';

let api: TestApi;
let auth: { Authorization: string };
let programId = '';
let programs = 0;
/** Wednesday at noon in New York. */
const noon = Date.UTC(2026, 8, 2, 16);
let now = noon;
let nudged: string[] = [];
let failing: Error | null = null;
let sends: ReturnType<typeof recordedSends>;
/** What the broadcast's own transactions go through. */
let interfere: (sql: string, on: Database) => Promise<void> = async () => undefined;
const clock = { now: async () => now };

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes(database) {
      const nudge = async (shard: string) => {
        if (failing) throw failing;
        nudged.push(shard);
      };
      const providers = { email: 'recorder', sms: 'recorder' };
      const deps = { clock, nudge, providers, publicUrl: 'https://tandem.example.org' };
      return [
        ...broadcastRoutes({ ...deps, database: disturbed(database) }),
        ...messageRoutes({ database, showBodies: false }),
      ];
    },
  });
  auth = await api.bearer();
  sends = recordedSends(api.database, clock);
});
afterAll(() => api.drop());

beforeEach(async () => {
  [now, nudged, failing, interfere] = [noon, [], null, async () => undefined];
  sends.handed.length = 0;
  // What another test left waiting is not this one's.
  await execute(api.database, `delete from messages where state = 'waiting'`);
  programId = `p${++programs}`;
  const links = { preferences: 'https://example.org/choose', pair: 'https://example.org/p/{id}' };
  await seedProgram(api.database, programId, now, { name: 'Example High School', links });
});

/** The database, through which each statement of a transaction passes by `interfere` first. */
function disturbed(database: Database): Database {
  const inside = (tx: object): object =>
    new Proxy(tx, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (name !== '$executeRawUnsafe') return typeof value === 'function' ? value.bind(target) : value;
        return async (sql: string, ...values: unknown[]) => {
          await interfere(sql, target as Database);
          return value.call(target, sql, ...values);
        };
      },
    });
  return new Proxy(database, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== '$transaction') return typeof value === 'function' ? value.bind(target) : value;
      return (work: (tx: object) => unknown, options: object) =>
        value.call(target, (tx: object) => work(inside(tx)), options);
    },
  });
}

interface PersonGiven {
  email?: string | null;
  phone?: string | null;
  isMinor?: boolean;
  removed?: boolean;
  name?: string;
  texts?: boolean;
}

/** A person of this program; their id begins with its. */
async function person(name: string, given: PersonGiven = {}): Promise<string> {
  const id = `${programId}_${name}`;
  const { email = `${id}@example.org`, phone = null, isMinor = false, removed = false, texts = false } = given;
  const sql = `
    insert into people (id, version, name, email, phone, is_minor, available, removed_at, created_at, updated_at)
    values ($1, 1, $2, $3, $4, $5, true, case when $6::boolean then $7::timestamptz end, $7, $7)`;
  await execute(api.database, sql, id, given.name ?? name, email, phone, isMinor, removed, new Date(now));
  const consent = `
    insert into consents (person_id, channel, granted, by_person_id, source, wording, given_at, recorded_at)
    values ($1, 'sms', true, $1, 'form', 'Yes', $2, $2)`;
  if (texts) await execute(api.database, consent, id, new Date(now));
  return id;
}

let pairs = 0;

async function pair(mentorId: string, menteeId: string, conversations = 0): Promise<string> {
  const id = `${programId}_pair_${String(++pairs).padStart(4, '0')}`;
  await insertPair(api.database, { id, programId, mentorId, menteeId });
  await execute(api.database, 'update pairs set conversations = $2 where id = $1', id, conversations);
  return id;
}

const suppress = (email: string, category: string) =>
  execute(
    api.database,
    `insert into suppressions (channel, address_digest, category, reason, created_at)
     values ('email', address_digest($1), $2, 'unsubscribed', $3)`,
    email,
    category,
    new Date(now),
  );

const openSafetyCase = (pairId: string) =>
  execute(
    api.database,
    `insert into cases (id, owner, kind, program_id, pair_id, state, reason, facts, details, opened_at)
     values ($1, 'staff', 'safety', $2, $3, 'open', 'r', '{}', '{}', $4)`,
    `case_${pairId}`,
    programId,
    pairId,
    new Date(now),
  );

const words = { subject: 'Our picnic', text: 'Come and eat with us.\n\nBring a friend.' };
const broadcast = (change: object = {}, headers: Record<string, string> = {}) =>
  request(api.app)
    .post('/v1/messages:broadcast')
    .set({ ...auth, ...headers })
    .send({ programId, audience: 'both', channel: 'email', ...words, ...change });
const ledger = async (broadcastId: string, query: object = {}) => {
  const { body } = await request(api.app)
    .get('/v1/messages')
    .query({ broadcastId, limit: 200, ...query })
    .set(auth);
  return body.items as Array<Record<string, unknown>>;
};
const ids = (people: Array<{ personId: string }>) => people.map(({ personId }) => personId);
const rows = async (): Promise<number> =>
  (
    await queryRows<{ n: number }>(
      api.database,
      'select count(*)::int as n from messages where program_id = $1',
      programId,
    )
  )[0]?.n ?? 0;

/** When what has gathered is due. */
const gathered = async () => {
  now += 3 * MINUTE;
  await sends.dispatch();
};

describe('T10 a filtered set', () => {
  test('T10 the dry run tells who would get it and how it reads, and sends nothing', async () => {
    const [ada, bo, mia, noa] = [await person('ada'), await person('bo'), await person('mia'), await person('noa')];
    const [first, second] = [await pair(ada, mia, 0), await pair(bo, noa, 3)];
    const { body } = await broadcast({ filter: { conversations: '0' }, dryRun: true }).expect(200);
    expect(body.recipients).toEqual([
      { personId: ada, pairIds: [first], channel: 'email' },
      { personId: mia, pairIds: [first], channel: 'email' },
    ]);
    expect(body).toMatchObject({ excluded: [], counts: { recipients: 2, excluded: 0 }, broadcastId: null });
    expect(body.preview.subject).toBe('Our picnic');
    expect(body.preview.body).toContain(
      'Come and eat with us.\n\nBring a friend.\n\nWarm regards,\nExample High School',
    );
    expect([await rows(), nudged]).toEqual([0, []]);
    const many = await broadcast({ filter: { conversations: '3..' }, dryRun: true }).expect(200);
    expect(many.body.recipients[0].pairIds).toEqual([second]);
  });

  test('T10 those of the preview are those to whom it is sent, each once, in the words of the preview', async () => {
    const [ada, mia, noa] = [await person('ada'), await person('mia'), await person('noa')];
    await person('elsewhere');
    const [first, second] = [await pair(ada, mia, 0), await pair(ada, noa, 0)];
    await pair(await person('bo'), await person('ole'), 1);
    const preview = await broadcast({ filter: { conversations: '0' }, dryRun: true }).expect(200);
    const sent = await broadcast({ filter: { conversations: '0' } }).expect(200);
    expect(sent.body.recipients).toEqual(preview.body.recipients);
    expect(sent.body.recipients[0]).toEqual({ personId: ada, pairIds: [first, second], channel: 'email' });
    expect(nudged).toEqual(['people']);
    await gathered();
    expect(sends.handed.map(({ personId }) => personId).sort()).toEqual(ids(preview.body.recipients).sort());
    const toAda = sends.handed.find(({ personId }) => personId === ada);
    expect([toAda?.to, toAda?.subject]).toEqual([`${ada}@example.org`, 'Our picnic']);
    expect(toAda?.body).toContain('Hi ada,\n\nCome and eat with us.\n\nBring a friend.\n\nWarm regards,');
    await gathered();
    expect(sends.handed).toHaveLength(3);
  });

  test.each([
    ['mentor', ['ada', 'bo']],
    ['mentee', ['mia', 'noa']],
    ['both', ['ada', 'bo', 'mia', 'noa']],
  ])('T10 to %s it goes to these sides of a pair', async (audience, expected) => {
    await pair(await person('ada'), await person('mia'));
    await pair(await person('bo'), await person('noa'));
    const { body } = await broadcast({ audience, dryRun: true }).expect(200);
    expect(ids(body.recipients)).toEqual(expected.map((name) => `${programId}_${name}`));
  });

  test('T10 one person in two roles is written to once, about both pairs', async () => {
    const [kim, ada, mia] = [await person('kim'), await person('ada'), await person('mia')];
    const about = [await pair(kim, mia), await pair(ada, kim)];
    const { body } = await broadcast().expect(200);
    expect(body.recipients.find(({ personId }: { personId: string }) => personId === kim).pairIds).toEqual(about);
    const [row] = await ledger(body.broadcastId, { personId: kim });
    expect(row).toMatchObject({ role: 'mentor', pairIds: about, key: `${body.broadcastId}/${kim}` });
  });

  test('T10 closed and paused pairs are left out unless they are asked for', async () => {
    const open = await pair(await person('ada'), await person('mia'));
    const closed = await pair(await person('bo'), await person('noa'));
    await execute(api.database, `update pairs set state = 'closed' where id = $1`, closed);
    const paused = await pair(await person('cy'), await person('ole'));
    const carried = JSON.stringify({ ctx: { pauses: [{ from: now - DAY, until: null }] } });
    await execute(api.database, 'update pairs set projection = $2::jsonb where id = $1', paused, carried);
    const pairsOf = async (filter: object) => {
      const { body } = await broadcast({ filter, audience: 'mentor', dryRun: true }).expect(200);
      return body.recipients.flatMap(({ pairIds }: { pairIds: string[] }) => pairIds);
    };
    expect(await pairsOf({})).toEqual([open]);
    expect(await pairsOf({ state: 'closed' })).toEqual([closed]);
    expect(await pairsOf({ state: 'paused' })).toEqual([paused]);
  });

  test('T10 the filters are those of the list of pairs, and a fault has a pointer', async () => {
    const faultsOf = async (filter: object) => {
      const { body } = await broadcast({ filter, dryRun: true }).expect(422);
      return body.errors.map(({ pointer }: { pointer: string }) => pointer);
    };
    expect(await faultsOf({ conversations: 'many' })).toEqual(['/filter/conversations']);
    expect(await faultsOf({ limit: '5' })).toEqual(['/filter/limit']);
    expect(await faultsOf({ programId: 'another' })).toEqual(['/filter/programId']);
    await broadcast({ filter: { programId, meetings: '..1', focus: 'true' }, dryRun: true }).expect(200);
  });
});

describe('T10 the gates of every message', () => {
  /** Somebody for each gate, and `ada` who passes all. */
  async function everybody(): Promise<void> {
    const mia = await person('mia');
    await pair(await person('ada'), mia);
    await pair(await person('gone', { removed: true }), mia);
    await suppress(`${programId}_stopped@example.org`, 'announcement');
    await pair(await person('stopped'), mia);
    await pair(await person('nowhere', { email: null }), mia);
    await openSafetyCase(await pair(await person('held'), await person('minor', { isMinor: true })));
  }

  test('T10 who is excluded is told with the gate’s reason, and so is the ledger', async () => {
    await everybody();
    const { body } = await broadcast().expect(200);
    const excluded = {
      gone: 'removed',
      held: 'held',
      minor: 'no_consent',
      nowhere: 'unreachable',
      stopped: 'suppressed',
    };
    expect(body.excluded).toEqual(
      Object.entries(excluded).map(([name, reason]) => ({ personId: `${programId}_${name}`, reason })),
    );
    const reached = [`${programId}_ada`, `${programId}_mia`];
    expect(ids(body.recipients)).toEqual(reached);
    const told = await ledger(body.broadcastId, { state: 'skipped' });
    expect(Object.fromEntries(told.map(({ to, reason }) => [String(to).slice(programId.length + 1), reason]))).toEqual(
      excluded,
    );
    const nowhere = told.find(({ to }) => to === `${programId}_nowhere`);
    const detail = await request(api.app).get(`/v1/messages/${nowhere?.id}`).set(auth).expect(200);
    expect(detail.body.gates).toEqual([{ gate: 'address', at: new Date(noon).toISOString() }]);
    await gathered();
    expect(ids(sends.handed).sort()).toEqual(reached);
    expect(await ledger(body.broadcastId, { state: 'sent' })).toHaveLength(2);
    expect(await rows()).toBe(7);
  });

  test('K6 that somebody is held is told to keys with the scope sensitive alone', async () => {
    await everybody();
    const { body } = await broadcast({ dryRun: true }, await api.bearer({ scopes: ['command'] })).expect(200);
    expect(body.excluded[1]).toEqual({ personId: `${programId}_held`, reason: 'unavailable' });
  });

  test('M1 without the gates the excluded ones would have got it', async () => {
    await everybody();
    const { body } = await broadcast().expect(200);
    const open = `
      update messages set state = 'waiting', reason = null where owner = $1 and person_id in (
        select id from people where id like '%_held' or id like '%_stopped')`;
    await execute(api.database, open, `broadcast:${body.broadcastId}`);
    await execute(api.database, `delete from cases where program_id = $1`, programId);
    await execute(api.database, 'delete from suppressions');
    await gathered();
    expect(
      ids(sends.handed)
        .map((id) => id.slice(programId.length + 1))
        .sort(),
    ).toEqual(['ada', 'held', 'mia', 'stopped']);
  });

  test('M5 a text goes as a mail to who cannot get texts, with the same words', async () => {
    const [ada, mia] = [await person('ada', { phone: '+12125551000', texts: true }), await person('mia')];
    await pair(ada, mia);
    const { subject: _, ...text } = { ...words, channel: 'sms' };
    const { body } = await broadcast({ ...text, subject: undefined }).expect(200);
    expect(body.recipients.map(({ channel }: { channel: string }) => channel)).toEqual(['sms', 'email']);
    expect(body.preview).toMatchObject({ subject: null, segments: 1 });
    await gathered();
    await sends.dispatch();
    const handed = Object.fromEntries(
      sends.handed.map(({ personId, to, subject, body }) => [personId, { to, subject, body }]),
    );
    expect(handed[ada]).toMatchObject({ to: '+12125551000', subject: null });
    expect(handed[ada]?.body).toMatch(/^Example High School: Come and eat with us\.\n\nBring a friend\./);
    expect(handed[mia]).toMatchObject({ to: `${mia}@example.org`, subject: 'A message from Example High School' });
    expect(handed[mia]?.body).toContain('Come and eat with us.');
  });

  test('M2 at night it waits for the morning; M3 it takes the day’s place', async () => {
    now = noon + 10 * HOUR;
    await pair(await person('ada'), await person('mia'));
    const { body } = await broadcast({ audience: 'mentor' }).expect(200);
    await gathered();
    expect(sends.handed).toEqual([]);
    now = noon + 19 * HOUR;
    const again = await broadcast({ audience: 'mentor', subject: 'Something else' }).expect(200);
    await gathered();
    expect(sends.handed).toHaveLength(1);
    expect(sends.handed[0]?.subject).toBe('Messages from Example High School');
    expect(sends.handed[0]?.body).toContain('Our picnic\n\nCome and eat');
    expect(sends.handed[0]?.body).toContain('Something else\n\nCome and eat');
    expect((await ledger(body.broadcastId))[0]?.state).toBe('sent');
    expect((await ledger(again.body.broadcastId))[0]).toMatchObject({ state: 'skipped', reason: 'merged' });
    now += HOUR;
    await broadcast({ audience: 'mentor', subject: 'A third' }).expect(200);
    await gathered();
    expect(sends.handed).toHaveLength(1);
    now += DAY;
    await sends.dispatch();
    expect(sends.handed[1]?.subject).toBe('A third');
  });

  test('M6 who is in none of the pairs any more is not written to, and who still is in one is', async () => {
    now = noon + 10 * HOUR;
    const [ada, bo, mia] = [await person('ada'), await person('bo'), await person('mia')];
    const ended = [await pair(ada, mia), await pair(bo, mia)];
    await pair(bo, await person('noa'));
    const { body } = await broadcast({ audience: 'mentor' }).expect(200);
    await execute(api.database, `update pairs set state = 'closed' where id = any($1::text[])`, ended);
    now = noon + 20 * HOUR;
    await sends.dispatch();
    expect(ids(sends.handed)).toEqual([bo]);
    const [row] = await ledger(body.broadcastId, { personId: ada });
    expect(row).toMatchObject({ state: 'skipped', reason: 'withdrawn' });
  });

  test('M6 what is meant for closed pairs goes to them', async () => {
    const closed = await pair(await person('ada'), await person('mia'));
    await execute(api.database, `update pairs set state = 'closed' where id = $1`, closed);
    await broadcast({ filter: { state: 'closed' }, audience: 'mentor' }).expect(200);
    await gathered();
    expect(ids(sends.handed)).toEqual([`${programId}_ada`]);
  });
});

describe('M11 the words', () => {
  const faults = async (change: object) => {
    await pair(await person('ada'), await person('mia'));
    const { body } = await broadcast({ dryRun: true, ...change }).expect(422);
    return body.errors.map(({ pointer }: { pointer: string }) => pointer);
  };

  test.each([
    ['a link of somebody else', { text: 'See https://elsewhere.example/' }, '/text'],
    ['a link that leads each to another place', { text: 'See https://example.org/p/pair_1' }, '/text'],
    ['a link of somebody else in the subject', { subject: 'www.elsewhere.example' }, '/subject'],
    ['a control character', { text: 'Hi\u0007' }, '/text'],
    ['a subject of two lines', { subject: 'Hi\nBcc: all' }, '/subject'],
    ['no text', { text: ' \n ' }, '/text'],
    ['no subject of a mail', { subject: undefined }, '/subject'],
    ['a text of too many segments', { channel: 'sms', text: 'x'.repeat(700) }, '/text'],
    ['too long a text', { text: 'x'.repeat(5001) }, '/text'],
  ])('M11 %s is refused', async (_, change, pointer) => {
    expect(await faults(change)).toEqual([pointer]);
    expect(await rows()).toBe(0);
  });

  test('M11 fixed links of the program and addresses of its resources may stand in it, and leave with it', async () => {
    await pair(await person('ada'), await person('mia'));
    const url = 'https://guides.example/going-quiet';
    const put = { title: 'Guide', text: null, url, topics: [], audience: 'all', locale: 'en' } as const;
    await putResource(api.database, programId, { key: 'guide', off: false, ...put }, now);
    const text = `Choose at https://example.org/choose, and read ${url}.`;
    await broadcast({ text, audience: 'mentor' }).expect(200);
    await gathered();
    expect(sends.handed[0]?.body).toContain(text);
  });

  test('M11 what looks like a merge field stays as it is', async () => {
    await pair(await person('ada', { name: 'Ada' }), await person('mia'));
    const text = 'Hi {{ recipient.name }} {% if true %}';
    await broadcast({ text, audience: 'mentor' }).expect(200);
    await gathered();
    expect(sends.handed[0]?.body).toContain(text);
  });

  test('M8 a mail that is not copied carries the address on which one click ends such mail', async () => {
    await pair(await person('ada'), await person('mia'));
    await broadcast({ audience: 'mentee' }).expect(200);
    await gathered();
    expect(sends.handed[0]?.unsubscribeUrl).toMatch(/\/unsubscribe$/);
  });
});

describe('T10 nobody is written to twice', () => {
  /** 2,000 pairs of 2,000 mentors and one mentee, written set-based. */
  async function crowd(count: number): Promise<void> {
    const mia = await person('mia');
    const people = `
      insert into people (id, version, name, email, is_minor, available, created_at, updated_at)
      select $1 || '_m' || n, 1, 'Mentor ' || n, $1 || n || '@example.org', false, true, $3, $3
      from generate_series(1, $2::int) n`;
    await execute(api.database, people, programId, count, new Date(now));
    const made = `
      insert into pairs (id, owner, program_id, mentor_id, mentee_id, staff, history, matched_at, created_at, state, policy_version)
      select $1 || '_c' || n, $1 || 'c' || n, $1, $1 || '_m' || n, $4, '{}', '{}', $3, $3, 'active', 1
      from generate_series(1, $2::int) n`;
    await execute(api.database, made, programId, count, new Date(now), mia);
  }

  const each = async (broadcastId: string): Promise<unknown> => {
    const sql = `
      select count(*)::int as rows, count(distinct person_id)::int as people from messages where owner = $1`;
    return (await queryRows(api.database, sql, `broadcast:${broadcastId}`))[0];
  };

  test('T10 2,000 are written to in one go, and all are sent to', async () => {
    await crowd(2000);
    const began = performance.now();
    const preview = await broadcast({ audience: 'mentor', dryRun: true }).expect(200);
    const previewed = performance.now();
    const { body } = await broadcast({ audience: 'mentor' }).expect(200);
    const written = performance.now();
    expect(body.recipients).toEqual(preview.body.recipients);
    expect(body.counts).toEqual({ recipients: 2000, excluded: 0 });
    expect(await each(body.broadcastId)).toEqual({ rows: 2000, people: 2000 });
    now += 3 * MINUTE;
    for (let pass = 0; pass < 40 && sends.handed.length < 2000; pass++) await sends.dispatch();
    const sent = performance.now();
    expect(new Set(ids(sends.handed)).size).toBe(2000);
    expect(sends.handed).toHaveLength(2000);
    const [a, b, c] = [previewed - began, written - previewed, sent - written].map((ms) => `${Math.round(ms)} ms`);
    console.info(`2,000 recipients: previewed in ${a}, written in ${b}, handed over in ${c}`);
    expect(written - began).toBeLessThan(20_000);
  });

  test('T10 killed between two parts it has written to nobody; the same request again writes to each once', async () => {
    await crowd(2000);
    const key = { 'Idempotency-Key': `${programId}-killed` };
    let parts = 0;
    interfere = async (sql, on) => {
      if (!sql.includes('insert into messages') || ++parts !== 2) return;
      const [backend] = await queryRows<{ pid: number }>(on, 'select pg_backend_pid() as pid');
      await queryRows(api.database, 'select pg_terminate_backend($1::int)::text as done', backend?.pid);
    };
    const died = await broadcast({ audience: 'mentor' }, key);
    expect([died.status >= 500, parts]).toEqual([true, 2]);
    expect(await rows()).toBe(0);
    expect(nudged).toEqual([]);
    const again = await broadcast({ audience: 'mentor' }, key).expect(200);
    expect(await each(again.body.broadcastId)).toEqual({ rows: 2000, people: 2000 });
  });

  test('T10 died after it was written and before it was told, the same request tells the same broadcast', async () => {
    await pair(await person('ada'), await person('mia'));
    await pair(await person('nowhere', { email: null }), `${programId}_mia`);
    const key = { 'Idempotency-Key': `${programId}-untold` };
    failing = new Error('Temporal is away');
    await broadcast({}, key).expect(500);
    expect(await rows()).toBe(3);
    failing = null;
    const { body } = await broadcast({}, key).expect(200);
    expect(await each(body.broadcastId)).toEqual({ rows: 3, people: 3 });
    expect(ids(body.recipients)).toEqual([`${programId}_ada`, `${programId}_mia`]);
    expect(body.excluded).toEqual([{ personId: `${programId}_nowhere`, reason: 'unreachable' }]);
    expect(nudged).toEqual(['people']);
    // The stored answer may be forgotten after a day; the broadcast is not.
    await execute(api.database, 'delete from idempotency_keys');
    expect((await broadcast({}, key).expect(200)).body.broadcastId).toBe(body.broadcastId);
    expect(await rows()).toBe(3);
  });

  test('T10 the same key with other words is refused, and another key is another broadcast', async () => {
    await pair(await person('ada'), await person('mia'));
    const key = (name: string) => ({ 'Idempotency-Key': `${programId}-${name}` });
    const first = await broadcast({}, key('a')).expect(200);
    await broadcast({ text: 'Other words' }, key('a')).expect(422);
    const second = await broadcast({}, key('b')).expect(200);
    expect(second.body.broadcastId).not.toBe(first.body.broadcastId);
    expect(await rows()).toBe(4);
  });

  test('T10 it takes the scope command and a program that the key may see', async () => {
    await broadcast({}, await api.bearer({ scopes: ['read'] })).expect(403);
    await broadcast({}, await api.bearer({ programIds: ['another'] })).expect(404);
    await broadcast({ programId: 'unknown' }).expect(404);
  });
});
