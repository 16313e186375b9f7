import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { channelRoutes } from '../../api/routes/channels.ts';
import { focusListRoutes } from '../../api/routes/focus-list.ts';
import { HOUR, MINUTE, toRfc3339 } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { limitChannel, parkChannel } from '../../prisma/store/channels.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertMessage } from '../support/ledger.ts';
import { seedProgram } from '../support/mentoring.ts';
import { insertSend } from '../support/sends.ts';
import { expectProblem } from '../support/things.ts';

const start = Date.UTC(2026, 10, 21, 14);
let now = start;
const clock = { now: async () => now };
const providers = { email: 'sendgrid', sms: 'twilio' };
const nudged: string[] = [];
const nudge = async (shard: string) => void nudged.push(shard);
let api: TestApi;
let auth: { Authorization: string };

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => [
      ...channelRoutes({ database, clock, providers, nudge }),
      ...focusListRoutes({ database, clock, providers }),
    ],
  });
  auth = await api.bearer();
  await seedProgram(api.database, 'school', start);
});
afterAll(() => api.drop());
beforeEach(async () => {
  now = start;
  nudged.length = 0;
  for (const table of ['channels', 'channel_changes', 'messages', 'sends', 'provider_reports']) {
    await execute(api.database, `truncate ${table} cascade`);
  }
});

const list = async () => (await request(api.app).get('/v1/channels').set(auth).expect(200)).body.items;
const resume = (name: string, headers = auth) =>
  request(api.app).post(`/v1/channels/${name}:resume`).set(headers).send({ by: 'per_ops' });
const open = (name: string, carries: string[]) => ({
  name,
  carries,
  state: 'open',
  code: null,
  since: null,
  resumeAt: null,
});

describe('channels', () => {
  test('M10 are listed with what they carry and whether they take messages', async () => {
    expect(await list()).toEqual([open('sendgrid', ['email']), open('twilio', ['sms'])]);
    await parkChannel(api.database, 'sendgrid', '401', now, now);
    await limitChannel(api.database, 'twilio', now + MINUTE);
    expect(await list()).toEqual([
      { ...open('sendgrid', ['email']), state: 'parked', code: '401', since: toRfc3339(now) },
      { ...open('twilio', ['sms']), state: 'limited', resumeAt: toRfc3339(now + MINUTE) },
    ]);
    now += MINUTE;
    expect((await list())[1]).toEqual(open('twilio', ['sms']));
  });

  test('one that carries both is listed once', async () => {
    const outbox = { email: 'outbox', sms: 'outbox' };
    const other = await createTestApi({
      database: api.database,
      routes: channelRoutes({ database: api.database, clock, providers: outbox, nudge }),
    });
    const { body } = await request(other.app).get('/v1/channels').set(auth).expect(200);
    expect(body.items).toEqual([open('outbox', ['email', 'sms'])]);
    await other.drop();
  });

  test('M10 a parked channel is opened by staff: what waited is looked at again, and who did it is on record', async () => {
    await parkChannel(api.database, 'sendgrid', '401', now, now);
    await insertMessage(api.database, { id: 'msg_due', programId: 'school', at: now - HOUR });
    await insertMessage(api.database, { id: 'msg_text', programId: 'school', channel: 'sms', at: now - HOUR });
    now += HOUR;
    expect((await resume('sendgrid').expect(200)).body).toEqual(open('sendgrid', ['email']));
    const looks = await queryRows(api.database, 'select id, look_at is null as again from messages order by id');
    expect(looks).toEqual([
      { id: 'msg_due', again: true },
      { id: 'msg_text', again: false },
    ]);
    expect(nudged).toEqual(['people', 'urgent']);
    const changes = 'select change, by_person_id as by, at from channel_changes order by id';
    expect(await queryRows(api.database, changes)).toEqual([
      { change: 'parked', by: null, at: new Date(start) },
      { change: 'resumed', by: 'per_ops', at: new Date(now) },
    ]);
  });

  test('M10 what was handed over before staff opened a channel does not park it again when it is refused', async () => {
    const claimedAt = now;
    await parkChannel(api.database, 'sendgrid', '401', now, claimedAt);
    now += MINUTE;
    await resume('sendgrid').expect(200);
    expect(await parkChannel(api.database, 'sendgrid', '401', now, claimedAt)).toBe(false);
    expect((await list())[0].state).toBe('open');
    expect(await parkChannel(api.database, 'sendgrid', '401', now, now)).toBe(true);
    expect((await list())[0].state).toBe('parked');
  });

  test('one that is open, or not there, cannot be opened, and nobody is woken', async () => {
    const refusal = await resume('sendgrid');
    expectProblem(refusal, 409, 'conflict');
    expect(refusal.body.code).toBe('channel_open');
    expectProblem(await resume('pigeon'), 404, 'not-found');
    expect(nudged).toEqual([]);
  });

  test('a key that is limited to some programs, or may not command, opens none', async () => {
    await parkChannel(api.database, 'twilio', '20003', now, now);
    expectProblem(await resume('twilio', await api.bearer({ programIds: ['school'] })), 403, 'forbidden');
    expectProblem(await resume('twilio', await api.bearer({ scopes: ['read', 'admin'] })), 403, 'forbidden');
    expect((await list())[1].state).toBe('parked');
  });
});

describe('the health of a program', () => {
  const health = async () => (await request(api.app).get('/v1/programs/school/health').set(auth).expect(200)).body;

  test('M10 names parked channels, unless they carry nothing any more', async () => {
    expect((await health()).parkedChannels).toEqual([]);
    await parkChannel(api.database, 'twilio', '20003', now, now);
    await parkChannel(api.database, 'former', '401', now, now);
    expect((await health()).parkedChannels).toEqual([{ name: 'twilio', code: '20003', since: toRfc3339(now) }]);
  });

  test('M9 names messages that are unknown for 15 minutes, and no younger or settled ones', async () => {
    const send = async (name: string, minutes: number, state: string, programId = 'school') => {
      const at = start - minutes * MINUTE;
      await insertMessage(api.database, { id: `msg_${name}`, programId, state, at });
      const sendState = state === 'sent' ? 'accepted' : state;
      await insertSend(api.database, { id: `snd_${name}`, messageIds: [`msg_${name}`], state: sendState, at });
    };
    await send('old', 15, 'unknown');
    await send('young', 14, 'unknown');
    await send('settled', 20, 'sent');
    await send('elsewhere', 20, 'unknown', 'other');
    const since = toRfc3339(start - 15 * MINUTE);
    expect((await health()).unknownSends).toEqual([{ messageId: 'msg_old', channel: 'email', since }]);
  });

  test('M10 names reports that belong to no send', async () => {
    const report = (state: string) =>
      execute(
        api.database,
        `insert into provider_reports (provider, report_key, status, state, occurred_at, received_at)
         values ('sendgrid', $1, 'bounce', $1, $2, $2)`,
        state,
        new Date(now),
      );
    await report('applied');
    expect((await health()).quarantinedReports).toEqual([]);
    await report('quarantined');
    expect((await health()).quarantinedReports).toEqual([
      { provider: 'sendgrid', status: 'bounce', code: null, since: toRfc3339(now) },
    ]);
  });
});
