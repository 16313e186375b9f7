import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { focusListRoutes } from '../../api/routes/focus-list.ts';
import { DAY, HOUR, toRfc3339 } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair } from '../support/facts.ts';
import { insertMessage } from '../support/ledger.ts';
import { counted, project, seedClass, seedPerson, seedProgram } from '../support/mentoring.ts';

const now = Date.UTC(2026, 8, 28, 12);
const clock = { now: async () => now };
let api: TestApi;
let auth: { Authorization: string };
let count: ReturnType<typeof counted>;
let number = 0;

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => {
      count = counted(database);
      return focusListRoutes({ database: count.database, clock, providers: { email: 'sendgrid', sms: 'twilio' } });
    },
  });
  auth = await api.bearer();
  const { database } = api;
  for (const id of ['prog_a', 'prog_b']) await seedProgram(database, id, Date.UTC(2026, 7, 1));
  await seedClass(database, 'class_a', 'prog_a', Date.UTC(2026, 7, 1));
  for (const id of ['mentor', 'mentee']) await seedPerson(database, id);
  const people = { mentorId: 'mentor', menteeId: 'mentee' };
  for (const id of ['pair_1', 'pair_2', 'pair_3', 'pair_4']) {
    await insertPair(database, { id, programId: 'prog_a', classId: 'class_a', ...people });
  }
  await insertPair(database, { id: 'pair_b', programId: 'prog_b', ...people });
});
afterAll(() => api.drop());

const get = (path: string, headers = auth) => request(api.app).get(path).set(headers);
async function insertCase(
  id: string,
  pairId: string,
  since: number,
  change: Record<string, unknown> = {},
): Promise<void> {
  const row = {
    program: 'prog_a',
    kind: 'escalation',
    state: 'open',
    assignee: 'per_pc',
    details: {},
    person: null,
    ...change,
  };
  await execute(
    api.database,
    `insert into cases (id, owner, kind, program_id, pair_id, person_id, state, assignee, supervisor, reason, facts, details,
       opened_at)
     values ($1, 'o', $2, $3, $4, $5, $6, $7, 'per_sup', 'missed_weeks', '{}', $8::jsonb, $9)`,
    id,
    row.kind,
    row.program,
    pairId,
    row.person,
    row.state,
    row.assignee,
    JSON.stringify(row.details),
    new Date(since),
  );
}
async function outreach(pairId: string, at: number, data: object): Promise<string> {
  const ref = `out_${++number}`;
  await execute(
    api.database,
    `insert into journal (source, event_id, digest, ref, type, subject, owner, occurred_at, received_at, history, urgent,
       data, state)
     values ('s', $1, '', $1, 'outreach.recorded', $2, 'pair:prog_a:' || $2, $3, $3, false, false, $4::jsonb, 'applied')`,
    ref,
    pairId,
    new Date(at),
    JSON.stringify(data),
  );
  return ref;
}

describe('the Focus List', () => {
  test('W20 shows each escalated pair with its streak, outreach and reminders, oldest first', async () => {
    const { database } = api;
    await insertCase('case_2', 'pair_2', now - 2 * DAY, { details: { from: now - 16 * DAY, streak: 2 } });
    await insertCase('case_1', 'pair_1', now - 9 * DAY, { state: 'acknowledged', details: { from: now - 23 * DAY } });
    await insertCase('case_over', 'pair_3', now - 9 * DAY, { state: 'resolved' });
    await insertCase('case_task', 'pair_3', now - 9 * DAY, { kind: 'task' });
    await project(database, 'pair_1');
    const reminder = { programId: 'prog_a', state: 'skipped' };
    await insertMessage(database, {
      ...reminder,
      id: 'm1',
      pairIds: ['pair_1'],
      reason: 'no_consent',
      at: now - 10 * DAY,
    });
    await insertMessage(database, {
      ...reminder,
      id: 'm2',
      pairIds: ['pair_1'],
      reason: 'suppressed',
      at: now - 9 * DAY,
    });
    await insertMessage(database, { ...reminder, id: 'm0', pairIds: ['pair_1'], state: 'sent', at: now - 30 * DAY });
    await insertMessage(database, { ...reminder, id: 'm3', pairIds: ['pair_2'], state: 'sent', at: now - 3 * DAY });
    await outreach('pair_1', now - 3 * DAY, { by: 'per_pc' });
    const wrong = await outreach('pair_1', now - DAY, { by: 'per_sup' });
    await outreach('pair_1', now - HOUR, { retracts: wrong });
    await outreach('pair_1', now - HOUR, { by: 'mentor' });
    for (const code of ['note', 'note', 'acknowledged']) {
      const sql = `insert into case_entries (case_id, at, by, code) values ('case_1', now(), 'per_pc', $1)`;
      await execute(database, sql, code);
    }
    count.reset();
    const { body } = await get('/v1/focus-list?coordinator=per_pc').expect(200);
    expect(count.statements()).toBe(1);
    expect(body.items).toEqual([
      {
        pairId: 'pair_1',
        programId: 'prog_a',
        caseId: 'case_1',
        reason: 'missed_weeks',
        state: 'acknowledged',
        streak: 3,
        since: toRfc3339(now - 9 * DAY),
        lastOutreach: toRfc3339(now - 3 * DAY),
        reminderDelivered: false,
        notDeliveredBecause: 'suppressed',
        notes: 2,
      },
      expect.objectContaining({
        caseId: 'case_2',
        streak: 2,
        lastOutreach: null,
        reminderDelivered: true,
        notDeliveredBecause: null,
        notes: 0,
      }),
    ]);
    const first = (await get('/v1/focus-list?supervisor=per_sup&limit=1').expect(200)).body;
    const second = (await get(`/v1/focus-list?supervisor=per_sup&limit=1&cursor=${first.next}`).expect(200)).body;
    expect([...first.items, ...second.items]).toEqual(body.items);
    expect(second.next).toBeNull();
  });

  test('W20 W21 a reminder that was accepted and then bounced is not delivered, and says so', async () => {
    const { database } = api;
    await insertCase('case_4', 'pair_4', now - DAY, { assignee: 'per_pc_4', details: { from: now - 16 * DAY } });
    await insertMessage(database, {
      id: 'm4',
      programId: 'prog_a',
      pairIds: ['pair_4'],
      state: 'sent',
      at: now - 5 * DAY,
    });
    await execute(
      database,
      `insert into sends (id, person_id, channel, message_ids, state, exempt, priority, claimed_at, lease_until, provider)
       values ('s4', 'mentor', 'email', '{m4}', 'accepted', false, 2, now(), now(), 'sendgrid')`,
    );
    const item = async () => (await get('/v1/focus-list?coordinator=per_pc_4').expect(200)).body.items[0];
    expect(await item()).toMatchObject({ reminderDelivered: true, notDeliveredBecause: null });
    await execute(database, `update sends set state = 'undelivered', outcome = 'bounce' where id = 's4'`);
    await execute(database, `update messages set state = 'skipped', reason = 'suppressed' where id = 'm4'`);
    expect(await item()).toMatchObject({ reminderDelivered: false, notDeliveredBecause: 'bounced' });
  });

  test('is that of one coordinator or one supervisor', async () => {
    const items = async (query: string, headers = auth) =>
      (await get(`/v1/focus-list?${query}`, headers).expect(200)).body.items;
    expect(await items('coordinator=per_sup')).toEqual([]);
    expect(await items('coordinator=per_pc&programId=prog_b')).toEqual([]);
    expect(await items('coordinator=per_pc', await api.bearer({ programIds: ['prog_b'] }))).toEqual([]);
    await get('/v1/focus-list').expect(422);
    await get('/v1/focus-list?coordinator=a&supervisor=b').expect(422);
  });
});

describe("a program's health", () => {
  test('lists what is unrouted, unreachable, overdue, parked, without consent and incomplete', async () => {
    const { database } = api;
    await seedPerson(database, 'minor', { minor: true, guardianId: 'guardian' });
    await insertPair(database, { id: 'pair_minor', programId: 'prog_a', mentorId: 'mentor', menteeId: 'minor' });
    await seedPerson(database, 'vague', { programs: ['prog_a'] });
    await execute(database, `update enrolments set profile_complete = false where person_id = 'vague'`);
    await insertCase('case_nobody', 'pair_3', now - DAY, { kind: 'task', assignee: null });
    await insertCase('case_safety', 'pair_3', now - DAY, { kind: 'safety', assignee: null });
    await insertCase('case_lost', 'pair_3', now - DAY, { kind: 'unreachable', person: 'mentor' });
    await insertCase('case_late', 'pair_3', now - 8 * DAY);
    await insertCase('case_elsewhere', 'pair_b', now - 8 * DAY, { program: 'prog_b', assignee: null });
    for (const [index, allowed] of [null, ['prog_a'], ['prog_b']].entries()) {
      await execute(
        database,
        `insert into journal (source, event_id, digest, ref, type, subject, occurred_at, received_at, history, urgent, data,
           state, allowed_programs)
         values ('p', $1, '', $1, 'message.sent', 'nowhere', now(), now(), false, false, '{}', 'parked', $2::text[])`,
        `parked_${index}`,
        allowed,
      );
    }
    const plain = await api.bearer({ scopes: ['read'] });
    const { body } = await get('/v1/programs/prog_a/health', plain).expect(200);
    const since = toRfc3339(now - DAY);
    expect(body).toEqual({
      unrouted: [{ caseId: 'case_nobody', kind: 'task', pairId: 'pair_3', since }],
      unreachable: [{ personId: 'mentor', caseId: 'case_lost', since }],
      overdue: [{ caseId: 'case_late', kind: 'escalation', pairId: 'pair_3', since: toRfc3339(now - 8 * DAY) }],
      parked: 2,
      guardianConsentMissing: [{ personId: 'minor', pairId: 'pair_minor' }],
      profileIncomplete: ['vague'],
      parkedChannels: [],
      unknownSends: [],
      quarantinedReports: [],
    });
    const whole = (await get('/v1/programs/prog_a/health').expect(200)).body;
    expect(whole.unrouted.map(({ caseId }: { caseId: string }) => caseId)).toEqual(['case_nobody', 'case_safety']);
    await get('/v1/programs/nowhere/health').expect(404);
    await get('/v1/programs/prog_a/health', await api.bearer({ programIds: ['prog_b'] })).expect(404);
  });
});
