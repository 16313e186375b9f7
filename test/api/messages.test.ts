import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messageRoutes } from '../../api/routes/messages.ts';
import { HOUR, toRfc3339 } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertMessage } from '../support/ledger.ts';
import { counted } from '../support/mentoring.ts';

const now = Date.UTC(2026, 10, 21, 14);
const clock = { now: async () => now };
let api: TestApi;
let auth: { Authorization: string };
let count: ReturnType<typeof counted>;
const deps = { showBodies: false };

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => {
      count = counted(database);
      return messageRoutes({
        database: count.database,
        get showBodies() {
          return deps.showBodies;
        },
      });
    },
  });
  auth = await api.bearer();
  const { database } = api;
  for (const id of ['1', '2', '3']) {
    await insertMessage(database, { id: `msg_${id}`, programId: 'prog_a', pairIds: ['pair_a'], at: now - HOUR });
  }
  await insertMessage(database, { id: 'msg_4', programId: 'prog_a', pairIds: ['pair_a', 'pair_b'], at: now });
  await insertMessage(database, {
    id: 'msg_5',
    programId: 'prog_b',
    personId: 'other',
    channel: 'sms',
    at: now + HOUR,
  });
  await execute(
    database,
    `insert into sends (id, person_id, channel, message_ids, state, exempt, priority, claimed_at, lease_until, provider, provider_id,
       provider_status, subject, body)
     values ('snd_1', 'mentor', 'email', '{msg_4}', 'accepted', false, 2, $1, $1, 'sendgrid', 'sg_1', 'delivered', 'Hello', 'Words')`,
    new Date(now),
  );
  await execute(
    database,
    `update messages set state = 'sent', send_id = 'snd_1', sent_at = $1, variant = 'missed-week', bcc = '{per_ops}',
       because = '{"rule": "W6", "facts": ["evt_1~0a1b2c3d", "evt_2"]}',
       gates = '[{"gate": "quiet_hours", "at": "2026-11-21T06:00:00+00:00"}]' where id = 'msg_4'`,
    new Date(now),
  );
  await execute(
    database,
    `update messages set bcc = '{per_ops}', state = 'skipped', reason = 'expired' where id = 'msg_5'`,
  );
});
afterAll(() => api.drop());
beforeEach(() => {
  deps.showBodies = false;
  count.reset();
});

const get = (path: string, headers = auth) => request(api.app).get(`/v1/messages${path}`).set(headers);
const ids = async (query: string, headers = auth) =>
  (await get(`?${query}`, headers).expect(200)).body.items.map(({ id }: { id: string }) => id);

describe('the ledger', () => {
  test('shows a row as the contract says', async () => {
    const plain = await api.bearer({ scopes: ['read'] });
    const { body } = await get('/msg_4', plain).expect(200);
    expect(body).toEqual({
      id: 'msg_4',
      key: 'key/msg_4',
      to: 'mentor',
      role: 'mentor',
      programId: 'prog_a',
      pairIds: ['pair_a', 'pair_b'],
      channel: 'email',
      template: 'class-reminder',
      variant: 'missed-week',
      bcc: ['per_ops'],
      state: 'sent',
      reason: null,
      plannedFor: toRfc3339(now),
      expiresAt: toRfc3339(now + 48 * HOUR),
      sentAt: toRfc3339(now),
      policyVersion: 1,
      because: { rule: 'W6', facts: ['evt_1', 'evt_2'] },
      broadcastId: null,
      provider: { name: 'sendgrid', id: 'sg_1', status: 'delivered' },
      gates: [{ gate: 'quiet_hours', at: '2026-11-21T06:00:00.000Z' }],
      settled: [],
    });
    const skipped = (await get('/msg_5').expect(200)).body;
    expect(skipped).toMatchObject({
      state: 'skipped',
      reason: 'expired',
      bcc: [],
      provider: null,
      sentAt: null,
      gates: [],
      settled: [],
    });
  });

  test('shows words to keys that may see them, and to all in a rehearsal', async () => {
    const plain = await api.bearer({ scopes: ['read'] });
    const words = { subject: 'Hello', body: 'Words' };
    expect((await get('/msg_4').expect(200)).body).toMatchObject(words);
    expect((await get('?pairId=pair_b').expect(200)).body.items).toMatchObject([words]);
    expect((await get('?pairId=pair_b', plain).expect(200)).body.items[0]).not.toHaveProperty('body');
    deps.showBodies = true;
    expect((await get('/msg_4', plain).expect(200)).body).toMatchObject(words);
    expect((await get('/msg_1', plain).expect(200)).body).toMatchObject({ subject: null, body: null });
  });

  test('M7 shows no link by which its recipient answers, but in a rehearsal', async () => {
    const link = 'https://tandem.example.org/responses/Yy9wYWly.SXmCR50F-_KQ';
    const worded = (body: string) => execute(api.database, 'update sends set body = $1', body);
    await worded(`Answer here: ${link}`);
    expect((await get('/msg_4')).body.body).toBe('Answer here: https://tandem.example.org/responses/…');
    expect((await get('?pairId=pair_b')).body.items[0].body).not.toContain('SXmC');
    deps.showBodies = true;
    expect((await get('/msg_4')).body.body).toBe(`Answer here: ${link}`);
    await worded('Words');
  });

  test('filters, newest first, by one statement', async () => {
    expect(await ids('')).toEqual(['msg_5', 'msg_4', 'msg_3', 'msg_2', 'msg_1']);
    expect(count.statements()).toBe(1);
    expect(await ids('programId=prog_b')).toEqual(['msg_5']);
    expect(await ids('pairId=pair_b')).toEqual(['msg_4']);
    expect(await ids('personId=other&channel=sms&state=skipped')).toEqual(['msg_5']);
    expect(await ids('template=class-reminder&state=waiting&pairId=pair_a')).toEqual(['msg_3', 'msg_2', 'msg_1']);
    expect(await ids('template=task')).toEqual([]);
    await get('?state=gone').expect(422);
  });

  test('pages without gaps within one instant', async () => {
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const { items, next } = (await get(`?limit=2&pairId=pair_a${cursor}`).expect(200)).body;
      found.push(...items.map(({ id }: { id: string }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(found).toEqual(['msg_4', 'msg_3', 'msg_2', 'msg_1']);
  });

  test('a limited key sees the messages of its programs only', async () => {
    const limited = await api.bearer({ programIds: ['prog_b'] });
    expect(await ids('', limited)).toEqual(['msg_5']);
    await get('/msg_4', limited).expect(404);
    expect(await ids('programId=prog_a', limited)).toEqual([]);
  });
});
