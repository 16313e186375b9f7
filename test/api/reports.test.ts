import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportRoutes } from '../../api/routes/reports.ts';
import { type CheckInRecord, checkInState } from '../../policy/pair/check-ins/state-at.ts';
import { DAY, dateOf, instantOf } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair } from '../support/facts.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';
import { checkInRecord, type GivenRecord, insertRecords, recordZone } from '../support/records.ts';

let api: TestApi;
let auth: { Authorization: string };
const now = instantOf('2027-03-15', '12:00', recordZone);
const clock = { now: async () => now };
let programs = 0;

beforeAll(async () => {
  api = await createTestApi({ clock, routes: (database) => reportRoutes({ database, clock }) });
  auth = await api.bearer();
  for (const id of ['ada', 'mia']) await seedPerson(api.database, id);
});
afterAll(() => api.drop());

/** A program with so many pairs, of ids that begin with its own. */
async function newProgram(pairs: number): Promise<{ programId: string; pairIds: string[] }> {
  const programId = `p${++programs}`;
  await seedProgram(api.database, programId, now);
  const pairIds = Array.from({ length: pairs }, (_, index) => `${programId}_pair_${index}`);
  for (const id of pairIds) await insertPair(api.database, { id, programId, mentorId: 'ada', menteeId: 'mia' });
  await execute(api.database, `update pairs set coordinator_id = 'per_pc' where program_id = $1`, programId);
  return { programId, pairIds };
}

const report = (name: string, query: Record<string, string>, headers: Record<string, string> = {}) =>
  request(api.app)
    .get(`/v1/reports/${name}`)
    .query(query)
    .set({ ...auth, ...headers });

describe('K12 the standards export', () => {
  /** Every kind of check-in: made, late, missed, excused, open and not yet open. */
  function kinds(pairId: string): GivenRecord[] {
    return [
      checkInRecord(pairId, '2026-10-01', 'mentor', { contactOn: '2026-10-06', mode: 'phone' }),
      checkInRecord(pairId, '2026-11-01', 'mentor', { contactOn: '2026-11-07' }),
      checkInRecord(pairId, '2026-12-01', 'mentor'),
      checkInRecord(pairId, '2027-01-01', 'mentor', { excused: 'paused' }),
      checkInRecord(pairId, '2027-02-01', 'mentor', { excused: 'safety' }),
      checkInRecord(pairId, '2027-03-12', 'mentor'),
      checkInRecord(pairId, '2027-04-12', 'mentor'),
    ];
  }

  test('K12 every contact is told as due, made, late or missed, with its reason', async () => {
    const { programId, pairIds } = await newProgram(1);
    const pairId = pairIds[0] as string;
    await insertRecords(api.database, programId, kinds(pairId));
    const { body } = await report('standards', { programId }).expect(200);
    const item = (dueOn: string, state: string, mode: string | null, reason: string | null) => {
      return { pairId, respondent: 'mentor', dueOn, state, mode, by: mode && 'per_pc', reason };
    };
    expect(body.items).toEqual([
      item('2026-10-01', 'satisfied', 'phone', null),
      item('2026-11-01', 'late', 'email', 'after_window'),
      item('2026-12-01', 'missed', null, 'no_contact'),
      item('2027-01-01', 'excused', null, 'paused'),
      item('2027-02-01', 'excused', null, 'safety'),
      item('2027-03-12', 'open', null, null),
      item('2027-04-12', 'upcoming', null, null),
    ]);
    expect(body.totals).toEqual({ due: 4, made: 1, late: 1, missed: 1, open: 1, upcoming: 1, excused: 2 });
    expect(body.next).toBeNull();
  });

  test('K6 that somebody was in a safety case is for keys with the scope sensitive alone', async () => {
    const { programId, pairIds } = await newProgram(1);
    await insertRecords(api.database, programId, kinds(pairIds[0] as string));
    const reading = await api.bearer({ scopes: ['read'] });
    const { body, text } = await report('standards', { programId }, reading).expect(200);
    expect(body.items[4]).toMatchObject({ state: 'excused', reason: 'unavailable' });
    expect(text).not.toContain('safety');
  });

  test('K12 as CSV it has the same items in the same order', async () => {
    const { programId, pairIds } = await newProgram(2);
    await insertRecords(api.database, programId, pairIds.flatMap(kinds));
    const { body } = await report('standards', { programId }).expect(200);
    const csv = await report('standards', { programId }, { Accept: 'text/csv' }).expect(200);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [columns, ...lines] = csv.text.trimEnd().split('\r\n');
    expect(columns).toBe('pairId,respondent,dueOn,state,mode,by,reason');
    const rows = lines.map((line) => line.split(',').map((cell) => cell || null));
    expect(rows).toEqual(body.items.map((item: object) => Object.values(item)));
  });

  test('K12 dates bound the due day, both included', async () => {
    const { programId, pairIds } = await newProgram(1);
    await insertRecords(api.database, programId, kinds(pairIds[0] as string));
    const between = async (from: string, to: string) => {
      const { body } = await report('standards', { programId, from, to }).expect(200);
      return body.items.map(({ dueOn }: { dueOn: string }) => dueOn);
    };
    expect(await between('2026-11-01', '2027-01-01')).toEqual(['2026-11-01', '2026-12-01', '2027-01-01']);
    expect(await between('2026-11-02', '2026-12-31')).toEqual(['2026-12-01']);
    // An instant ends the span: midnight in New York is not a part of the first of January.
    expect(await between('2026-11-01T00:00:00-04:00', '2027-01-01T00:00:00-05:00')).toEqual([
      '2026-11-01',
      '2026-12-01',
    ]);
    expect(await between('2026-11-01', '2026-11-01')).toEqual(['2026-11-01']);
  });

  test('K12 without any record it is empty', async () => {
    const { programId } = await newProgram(0);
    const { body } = await report('standards', { programId }).expect(200);
    expect(body.items).toEqual([]);
    expect(body.totals.due).toBe(0);
    const csv = await report('standards', { programId }, { Accept: 'text/csv' }).expect(200);
    expect(csv.text).toBe('pairId,respondent,dueOn,state,mode,by,reason\r\n');
  });

  test('K12 its totals are those that SQL counts for itself, over more pairs than are read at once', async () => {
    const { programId, pairIds } = await newProgram(230);
    const records = pairIds.flatMap((pairId, index) =>
      ['2026-10-01', '2026-11-01', '2026-12-01', '2027-03-12'].flatMap((dueOn, month) =>
        (['mentor', 'mentee', 'guardian'] as const).map((respondent, who) => {
          const kind = (index * 7 + month * 3 + who) % 5;
          const contactOn = kind === 0 ? `${dueOn.slice(0, 8)}15` : kind < 3 ? dueOn : undefined;
          const excused = kind === 3 ? ('trouble' as const) : null;
          return checkInRecord(pairId, dueOn, respondent, { ...(contactOn && { contactOn }), excused });
        }),
      ),
    );
    await insertRecords(api.database, programId, records);
    const { body } = await report('standards', { programId }).expect(200);
    const [counted] = await queryRows<Record<string, number>>(
      api.database,
      `with day as (
         select r.*, to_timestamp((data#>>'{contact,at}')::bigint / 1000.0) at time zone (data->>'zone') as made_at,
           to_timestamp($2::bigint / 1000.0) at time zone (data->>'zone') as today
         from pair_records r where program_id = $1 and kind = 'check-in'),
       told as (
         select case
           when made_at::date <= (data->>'closesOn')::date then 'made'
           when made_at is not null then 'late'
           when data->>'excused' is not null then 'excused'
           when today::date < (data->>'opensOn')::date then 'upcoming'
           when today::date <= (data->>'closesOn')::date then 'open'
           else 'missed' end as state from day)
       select (count(*) filter (where state not in ('upcoming', 'excused')))::int as due,
         ${['made', 'late', 'missed', 'open', 'upcoming', 'excused']
           .map((state) => `(count(*) filter (where state = '${state}'))::int as ${state}`)
           .join(', ')}
       from told`,
      programId,
      now,
    );
    expect(body.totals).toEqual(counted);
    expect(body.items).toHaveLength(records.length);
    expect(Math.min(counted?.made ?? 0, counted?.late ?? 0, counted?.missed ?? 0, counted?.open ?? 0)).toBeGreaterThan(
      0,
    );
    const keys = body.items.map((item: Record<string, string>) => `${item.pairId} ${item.dueOn}/${item.respondent}`);
    expect(keys).toEqual([...keys].sort());
  });
});

describe('what every report is asked for', () => {
  const names = ['requests', 'engagement', 'meetings', 'sentiment', 'standards', 'workload'];

  test.each(names)('K12 /%s takes a program that the key may see, and no other', async (name) => {
    const { programId } = await newProgram(1);
    const limited = await api.bearer({ programIds: ['another'] });
    await report(name, { programId }).expect(200);
    await report(name, { programId }, limited).expect(404);
    await report(name, { programId: 'unknown' }).expect(404);
    await report(name, {}).expect(422);
    await report(name, { programId }, await api.bearer({ scopes: ['events'] })).expect(403);
    const csv = await report(name, { programId }, { Accept: 'text/csv' }).expect(200);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
  });

  test.each([
    ['2026-11-31', '/query/from', {}],
    ['yesterday', '/query/from', {}],
    ['2026-11-02', '/query/to', { to: '2026-11-01' }],
    ['2026-11-02T12:00:00Z', '/query/to', { to: '2026-11-02T12:00:00Z' }],
  ])('from %s is refused at %s', async (from, pointer, more) => {
    const { programId } = await newProgram(0);
    const { body } = await report('standards', { programId, from, ...more }).expect(422);
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual([pointer]);
  });
});

describe('K12 workload', () => {
  const openCase = async (programId: string, id: string, assignee: string, kind: string, state = 'open') => {
    const sql = `
      insert into cases (id, owner, kind, program_id, state, assignee, reason, facts, details, opened_at)
      values ($1, 'staff', $2, $3, $4, $5, 'r', '{}', '{}', $6)`;
    await execute(api.database, sql, `${programId}_${id}`, kind, programId, state, assignee, new Date(now - DAY));
  };

  test('K12 pairs, open and overdue check-ins and cases lie with those who have them', async () => {
    const { programId, pairIds } = await newProgram(3);
    const [first = '', second = '', closed = ''] = pairIds;
    await execute(api.database, `update pairs set coordinator_id = 'per_other' where id = $1`, second);
    await execute(api.database, `update pairs set state = 'closed' where id = $1`, closed);
    await insertRecords(api.database, programId, [
      checkInRecord(first, '2027-03-12', 'mentor'),
      checkInRecord(first, '2027-03-15', 'mentee'),
      checkInRecord(first, '2027-03-20', 'guardian'),
      checkInRecord(first, '2027-02-12', 'mentor'),
      checkInRecord(second, '2027-02-20', 'mentor'),
      checkInRecord(second, '2027-01-20', 'mentor'),
      checkInRecord(second, '2027-03-12', 'mentee', { contactOn: '2027-03-13' }),
      checkInRecord(second, '2027-03-12', 'guardian', { excused: 'paused' }),
      checkInRecord(closed, '2027-03-12', 'mentor'),
    ]);
    await openCase(programId, 'a', 'per_pc', 'trouble');
    await openCase(programId, 'b', 'per_pc', 'safety', 'acknowledged');
    await openCase(programId, 'c', 'per_pc', 'task', 'resolved');
    await openCase(programId, 'd', 'per_sup', 'escalation');
    const { body } = await report('workload', { programId }).expect(200);
    expect(body.items).toEqual([
      { staffId: 'per_other', pairs: 1, openCheckIns: 0, overdue: 1, openCases: 0 },
      { staffId: 'per_pc', pairs: 1, openCheckIns: 3, overdue: 1, openCases: 2 },
      { staffId: 'per_sup', pairs: 0, openCheckIns: 0, overdue: 0, openCases: 1 },
    ]);
    const reading = await report('workload', { programId }, await api.bearer({ scopes: ['read'] })).expect(200);
    expect(reading.body.items[1]).toMatchObject({ staffId: 'per_pc', openCases: 1 });
    const csv = await report('workload', { programId }, { Accept: 'text/csv' }).expect(200);
    expect(csv.text.split('\r\n')[2]).toBe('per_pc,1,3,1,2');
  });

  test('K12 what is open there is open by the rule that pairs decide with', async () => {
    const { programId, pairIds } = await newProgram(40);
    const records = pairIds.flatMap((pairId, index) =>
      Array.from({ length: 6 }, (_, step) => {
        const dueOn = dateOf(now + ((index * 13 + step * 7) % 60) * DAY - 40 * DAY, recordZone);
        const contactOn = (index + step) % 3 === 0 ? dueOn : undefined;
        const given = {
          ...(contactOn && { contactOn }),
          excused: (index + step) % 7 === 0 ? ('paused' as const) : null,
        };
        return checkInRecord(pairId, dueOn, step % 2 ? 'mentor' : 'mentee', given);
      }),
    );
    const distinct = [...new Map(records.map((record) => [`${record.pairId} ${record.key}`, record])).values()];
    await insertRecords(api.database, programId, distinct);
    const states = distinct.map(({ data }) => checkInState(data as CheckInRecord, now));
    const { body } = await report('workload', { programId }).expect(200);
    expect(body.items[0].openCheckIns).toBe(states.filter((state) => state === 'open').length);
    expect(body.items[0].openCheckIns).toBeGreaterThan(10);
  });
});

describe('K9 the meetings report', () => {
  const promise = (pairId: string, from: string, to: string, given: object): GivenRecord => ({
    ...{ pairId, kind: 'promise', key: from, day: to },
    data: {
      from,
      to,
      kind: 'count',
      per: 'week',
      promised: 1,
      held: 0,
      minutes: 0,
      judgedAt: 0,
      broken: null,
      ...given,
    },
  });
  const meeting = (
    pairId: string,
    key: string,
    day: string,
    occurred: unknown,
    minutes: number | null,
  ): GivenRecord => {
    return { pairId, kind: 'meeting', key, day, data: { occurred, at: 0, minutes, reports: [] } };
  };

  test('K9 each period tells what was promised and held, and whether that was enough', async () => {
    const { programId, pairIds } = await newProgram(1);
    const pairId = pairIds[0] as string;
    const later = now + DAY;
    await insertRecords(api.database, programId, [
      promise(pairId, '2027-02-01', '2027-02-07', { broken: false, held: 1 }),
      promise(pairId, '2027-02-08', '2027-02-14', { broken: true }),
      promise(pairId, '2027-02-15', '2027-02-21', { judgedAt: now, held: 1 }),
      promise(pairId, '2027-02-22', '2027-02-28', { promised: 0, judgedAt: now }),
      promise(pairId, '2027-03-01', '2027-03-31', { kind: 'hours', promised: 2, minutes: 60, judgedAt: later }),
      meeting(pairId, 'm1', '2027-02-01', true, 30),
      meeting(pairId, 'm2', '2027-02-07', true, null),
      meeting(pairId, 'm3', '2027-02-08', false, 60),
      meeting(pairId, 'm4', '2027-02-14', 'contradicted', 60),
      meeting(pairId, 'm5', '2027-02-16', true, 45),
      meeting(pairId, 'm6', '2027-03-02', true, 60),
    ]);
    const { body } = await report('meetings', { programId }).expect(200);
    const item = (
      period: string,
      promised: number,
      held: number,
      minutes: number,
      kept: unknown,
      unit = 'meetings',
    ) => {
      return { pairId, period, unit, promised, held, minutes, kept };
    };
    expect(body.items).toEqual([
      item('2027-02-01/2027-02-07', 1, 2, 30, true),
      item('2027-02-08/2027-02-14', 1, 0, 0, false),
      item('2027-02-15/2027-02-21', 1, 1, 45, true),
      item('2027-02-22/2027-02-28', 0, 0, 0, null),
      item('2027-03-01/2027-03-31', 2, 1, 60, null, 'hours'),
    ]);
    const some = await report('meetings', { programId, from: '2027-02-14', to: '2027-02-21' }).expect(200);
    expect(some.body.items.map(({ period }: { period: string }) => period.slice(0, 10))).toEqual([
      '2027-02-08',
      '2027-02-15',
    ]);
    const csv = await report('meetings', { programId }, { Accept: 'text/csv' }).expect(200);
    expect(csv.text.split('\r\n')[5]).toBe(`${pairId},2027-03-01/2027-03-31,hours,2,1,60,`);
  });
});

describe('T12 engagement', () => {
  test('T12 pairs are told by their conversations, in all or within a time', async () => {
    const { programId, pairIds } = await newProgram(4);
    const [none = '', two = '', many = '', closed = ''] = pairIds;
    const count = 'update pairs set conversations = $2 where id = $1';
    await execute(api.database, count, two, 2);
    await execute(api.database, count, many, 5);
    await execute(api.database, count, closed, 3);
    const projection = JSON.stringify({
      ctx: { pauses: [], closed: { at: instantOf('2027-01-10', '12:00', recordZone) } },
    });
    await execute(
      api.database,
      `update pairs set state = 'closed', projection = $2::jsonb where id = $1`,
      closed,
      projection,
    );
    const talk = (pairId: string, day: string): GivenRecord => ({
      pairId,
      kind: 'conversation',
      key: day,
      day,
      data: {},
    });
    const days = ['2026-12-01', '2027-01-05', '2027-02-01', '2027-02-02'];
    await insertRecords(api.database, programId, [
      ...days.map((day) => talk(many, day)),
      talk(two, '2027-02-02'),
      talk(closed, '2026-12-01'),
    ]);
    const told = async (bounds: object) => (await report('engagement', { programId, ...bounds }).expect(200)).body;
    expect(await told({})).toEqual({
      pairs: 4,
      active: 3,
      conversations: { none: 1, one_or_two: 1, three_or_more: 2 },
    });
    // The imported ones of before have no day, and the closed pair did not last until then.
    expect(await told({ from: '2027-02-01' })).toEqual({
      ...{ pairs: 3, active: 3 },
      conversations: { none: 1, one_or_two: 2, three_or_more: 0 },
    });
    expect(await told({ from: '2026-12-01', to: '2027-02-01' })).toMatchObject({
      conversations: { none: 2, one_or_two: 1, three_or_more: 1 },
    });
    expect(await told({ to: '2026-08-31' })).toMatchObject({ pairs: 0 });
    expect(none).not.toBe('');
  });
});

describe('S7 sentiment', () => {
  test('S7 ratings are told as shares of their scales, beside the same number of days before', async () => {
    const { programId, pairIds } = await newProgram(1);
    const pairId = pairIds[0] as string;
    const answer = (day: string, score: number, scale: number, low: boolean): GivenRecord => {
      return {
        pairId,
        kind: 'survey',
        key: `${day} ${score}`,
        day,
        data: { instrument: 'mqs', score, scale, low, at: 0 },
      };
    };
    await insertRecords(api.database, programId, [
      answer('2027-01-31', 5, 5, false),
      answer('2027-02-01', 1, 5, true),
      answer('2027-02-14', 2, 5, true),
      answer('2027-02-15', 4, 5, false),
      answer('2027-02-28', 6, 10, false),
      answer('2027-03-01', 1, 5, true),
    ]);
    const told = async (bounds: object) => (await report('sentiment', { programId, ...bounds }).expect(200)).body;
    const half = await told({ from: '2027-02-15', to: '2027-02-28' });
    expect(half).toMatchObject({ responses: 2, low: 0, previous: { responses: 2, low: 2 } });
    expect([half.mean, half.previous.mean]).toEqual([expect.closeTo(0.7), expect.closeTo(0.3)]);
    expect([half.temperature, half.previous.temperature]).toEqual(['mild', 'cold']);
    expect(await told({})).toMatchObject({ responses: 6, low: 3, previous: null });
    expect(await told({ from: '2027-03-01' })).toMatchObject({ responses: 1, previous: { responses: 3 } });
    expect(await told({ from: '2028-01-01' })).toMatchObject({ responses: 0, mean: null, temperature: null, low: 0 });
    const csv = await report('sentiment', { programId, from: '2028-01-01' }, { Accept: 'text/csv' }).expect(200);
    expect(csv.text).toBe('span,responses,mean,temperature,low\r\ncurrent,0,,,0\r\nprevious,0,,,0\r\n');
  });
});
