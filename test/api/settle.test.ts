import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { settleSends } from '../../activities/dispatch/settle.ts';
import { messageRoutes } from '../../api/routes/messages.ts';
import { settleRoutes } from '../../api/routes/settle.ts';
import { HOUR, toRfc3339 } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { recordReports } from '../../prisma/store/provider-reports.ts';
import { recordOutcomesIn } from '../../prisma/store/send-outcomes.ts';
import { classify } from '../../templates/table.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertMessage } from '../support/ledger.ts';
import { insertSend } from '../support/sends.ts';
import { expectProblem } from '../support/things.ts';

const now = Date.UTC(2026, 10, 21, 14);
const clock = { now: async () => now };
const nudged: string[] = [];
const nudge = async (shard: string) => void nudged.push(shard);
let api: TestApi;
let auth: { Authorization: string };

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => [
      ...settleRoutes({ database, clock, nudge }),
      ...messageRoutes({ database, showBodies: false }),
    ],
  });
  auth = await api.bearer();
});
afterAll(() => api.drop());
beforeEach(async () => {
  nudged.length = 0;
  await execute(api.database, 'truncate messages, sends cascade');
  for (const id of ['1', '2']) {
    const facts = { id: `msg_${id}`, programId: 'school', pairIds: [`pair_${id}`], state: 'unknown', at: now - HOUR };
    await insertMessage(api.database, facts);
  }
  await insertSend(api.database, { id: 'snd_1', messageIds: ['msg_1', 'msg_2'], at: now - HOUR });
});

const settle = (id: string, body: object, headers = auth) =>
  request(api.app)
    .post(`/v1/messages/${id}:settle`)
    .set(headers)
    .send({ by: 'per_ops', ...body });
const rows = () =>
  queryRows<{ state: string; reason: string | null }>(
    api.database,
    'select state, reason, send_id as "sendId", look_at as "lookAt", sent_at as "sentAt" from messages order by id',
  );
const sendState = async () =>
  (await queryRows<{ state: string }>(api.database, "select state from sends where id = 'snd_1'"))[0]?.state;

/** A channel that finds what it is asked for, or finds that it never came. */
const channelThat = (fate: 'accepted' | 'absent') => ({
  provider: 'sendgrid',
  carries: ['email' as const],
  settleAfterSeconds: 15,
  deliver: async () => ({ class: 'ambiguous' as const, code: 'none' }),
  lookUp: async () => (fate === 'accepted' ? { fate, providerId: 'sg_1' } : { fate }),
});
const automatic = (fate: 'accepted' | 'absent') =>
  settleSends({ database: api.database, clock, classify: () => classify('task') }, channelThat(fate));

describe('settling by hand', () => {
  test('M9 sent: the message went when it was claimed, and all that travelled with it', async () => {
    const { body } = await settle('msg_2', { outcome: 'sent', note: 'She said so' }).expect(200);
    expect(body).toMatchObject({ id: 'msg_2', state: 'skipped', reason: 'merged' });
    expect(await rows()).toMatchObject([
      { state: 'sent', reason: null, sentAt: new Date(now - HOUR) },
      { state: 'skipped', reason: 'merged' },
    ]);
    expect(await sendState()).toBe('accepted');
  });

  test('M9 notSent: it goes back to its mailbox at once, and the dispatchers are woken', async () => {
    await settle('msg_1', { outcome: 'notSent' }).expect(200);
    const waiting = { state: 'waiting', reason: null, sendId: null, lookAt: new Date(now), sentAt: null };
    expect(await rows()).toEqual([waiting, waiting]);
    expect(nudged).toEqual(['people', 'urgent']);
    expect(await sendState()).toBe('not_sent');
  });

  test('M6 notSent does not bring back what was withdrawn meanwhile', async () => {
    await execute(api.database, `update messages set withdrawn = true where id = 'msg_1'`);
    await settle('msg_1', { outcome: 'notSent' }).expect(200);
    expect(await rows()).toMatchObject([{ state: 'skipped', reason: 'withdrawn' }, { state: 'waiting' }]);
  });

  test('M9 drop: it is given up, by staff and not by a provider', async () => {
    await settle('msg_1', { outcome: 'drop' }).expect(200);
    const given = { state: 'failed', reason: 'withdrawn' };
    expect(await rows()).toMatchObject([given, given]);
    expect(await queryRows(api.database, 'select outcome from sends')).toEqual([{ outcome: 'dropped_by_staff' }]);
  });

  test('M9 the ledger says who settled what and when, and the note to those who may read words', async () => {
    await settle('msg_1', { outcome: 'notSent', note: 'Nothing arrived' }).expect(200);
    const read = async (headers = auth) =>
      (await request(api.app).get('/v1/messages/msg_1').set(headers).expect(200)).body.settled;
    const said = { outcome: 'notSent', by: 'per_ops', at: toRfc3339(now) };
    expect(await read()).toEqual([{ ...said, note: 'Nothing arrived' }]);
    expect(await read(await api.bearer({ scopes: ['read'] }))).toEqual([said]);
  });

  test('M9 what a provider reports on after staff said that it never went is unknown again, and settled again', async () => {
    await settle('msg_1', { outcome: 'notSent' }).expect(200);
    const opened = { key: 'k', sendId: 'snd_1', providerId: '', status: 'open', code: null, address: null };
    const deps = { classify: () => classify('task') };
    await recordReports(api.database, 'sendgrid', [{ ...opened, occurredAt: now }], now, deps);
    expect(await rows()).toMatchObject([{ state: 'unknown' }, { state: 'unknown' }]);
    const { body } = await settle('msg_1', { outcome: 'sent', note: 'It was opened' }).expect(200);
    expect(body.settled).toMatchObject([{ outcome: 'sent', by: 'per_ops' }]);
  });

  test.each(['waiting', 'sending', 'sent', 'skipped', 'failed'])(
    'M9 a message that is %s is not settled',
    async (state) => {
      await execute(api.database, 'update messages set state = $1', state);
      const refusal = await settle('msg_1', { outcome: 'notSent' });
      expectProblem(refusal, 409, 'conflict');
      expect(refusal.body).toMatchObject({ code: 'not_unknown', state });
      expect(await sendState()).toBe('unknown');
      expect(nudged).toEqual([]);
    },
  );

  test('what is not there, not in its programs, or not well formed is refused', async () => {
    expectProblem(await settle('msg_9', { outcome: 'sent' }), 404, 'not-found');
    const limited = await api.bearer({ programIds: ['other'] });
    expectProblem(await settle('msg_1', { outcome: 'sent' }, limited), 404, 'not-found');
    expectProblem(await settle('msg_1', { outcome: 'maybe' }), 422, 'validation');
    expectProblem(await settle('msg_1', { outcome: 'sent', by: undefined }), 422, 'validation');
    expectProblem(await settle('msg_1', { outcome: 'sent' }, await api.bearer({ scopes: ['read'] })), 403, 'forbidden');
    expect(await sendState()).toBe('unknown');
  });
});

describe('of several who settle one send', () => {
  test('M9 the first wins: what the provider said stands against staff', async () => {
    expect(await automatic('accepted')).toBe(1);
    expectProblem(await settle('msg_1', { outcome: 'notSent' }), 409, 'conflict');
    expect((await rows())[0]).toMatchObject({ state: 'sent' });
  });

  test('M9 the first wins: what staff said stands against the provider', async () => {
    await settle('msg_1', { outcome: 'sent' }).expect(200);
    expect(await automatic('absent')).toBe(0);
    expect((await rows())[0]).toMatchObject({ state: 'sent' });
  });

  test('M9 the first wins: what is being recorded while staff settle stands', async () => {
    const outcome = { kind: 'accepted', providerId: 'sg_1' } as const;
    const answer = await api.database.$transaction(async (tx) => {
      await recordOutcomesIn(tx, [{ id: 'snd_1', outcome }], now, { classify: () => classify('task') });
      const asked = settle('msg_1', { outcome: 'notSent' }).then((response) => response);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { asked };
    });
    const refusal = await answer.asked;
    expectProblem(refusal, 409, 'conflict');
    expect(refusal.body).toMatchObject({ code: 'not_unknown', state: 'sent' });
    expect(await queryRows(api.database, 'select outcome from settlements')).toEqual([]);
    expect((await rows())[0]).toMatchObject({ state: 'sent' });
  });

  test('M9 many at once: exactly one wins, and the ledger says what it said', async () => {
    const wanted = ['sent', 'notSent', 'drop', 'sent', 'notSent', 'drop'];
    const [answers] = await Promise.all([
      Promise.all(wanted.map((outcome) => settle('msg_1', { outcome }))),
      automatic('absent'),
    ]);
    const won = answers.filter(({ status }) => status === 200);
    const said = await queryRows<{ outcome: string }>(api.database, 'select outcome from settlements');
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(won.length).toBeLessThanOrEqual(1);
    expect(said).toHaveLength(won.length);
    const state = { sent: 'accepted', notSent: 'not_sent', drop: 'failed' }[said[0]?.outcome ?? 'notSent'];
    expect(await sendState()).toBe(state);
  });

  test('control: without the look at the state of the send, the second one would win too', async () => {
    await settle('msg_1', { outcome: 'sent' }).expect(200);
    await execute(api.database, `update sends set state = 'unknown'`);
    await execute(api.database, `update messages set state = 'unknown'`);
    expect(await automatic('absent')).toBe(1);
    expect((await rows())[0]).toMatchObject({ state: 'waiting' });
  });
});
