import { describe, expect, test } from 'vitest';
import { DAY, instantOf } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { type GivenRecord, insertRecords, recordZone } from '../support/records.ts';
import { newProgram, now, openReportApi, report, world } from '../support/report-api.ts';

openReportApi();

describe('what every report is asked for', () => {
  const names = ['requests', 'engagement', 'meetings', 'sentiment', 'standards', 'workload'];

  test.each(names)('K12 /%s takes a program that the key may see, and no other', async (name) => {
    const { programId } = await newProgram(1);
    const limited = await world.api.bearer({ programIds: ['another'] });
    await report(name, { programId }).expect(200);
    await report(name, { programId }, limited).expect(404);
    await report(name, { programId: 'unknown' }).expect(404);
    await report(name, {}).expect(422);
    await report(name, { programId }, await world.api.bearer({ scopes: ['events'] })).expect(403);
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
    await insertRecords(world.api.database, programId, [
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
    await execute(world.api.database, count, two, 2);
    await execute(world.api.database, count, many, 5);
    await execute(world.api.database, count, closed, 3);
    const projection = JSON.stringify({
      ctx: { pauses: [], closed: { at: instantOf('2027-01-10', '12:00', recordZone) } },
    });
    await execute(
      world.api.database,
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
    await insertRecords(world.api.database, programId, [
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
    await insertRecords(world.api.database, programId, [
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
