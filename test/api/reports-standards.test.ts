import { describe, expect, test } from 'vitest';
import { queryRows } from '../../prisma/database.ts';
import { checkInRecord, type GivenRecord, insertRecords } from '../support/records.ts';
import { newProgram, now, openReportApi, report, world } from '../support/report-api.ts';

openReportApi();

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
    await insertRecords(world.api.database, programId, kinds(pairId));
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
    await insertRecords(world.api.database, programId, kinds(pairIds[0] as string));
    const reading = await world.api.bearer({ scopes: ['read'] });
    const { body, text } = await report('standards', { programId }, reading).expect(200);
    expect(body.items[4]).toMatchObject({ state: 'excused', reason: 'unavailable' });
    expect(text).not.toContain('safety');
  });

  test('K12 as CSV it has the same items in the same order', async () => {
    const { programId, pairIds } = await newProgram(2);
    await insertRecords(world.api.database, programId, pairIds.flatMap(kinds));
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
    await insertRecords(world.api.database, programId, kinds(pairIds[0] as string));
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
    await insertRecords(world.api.database, programId, records);
    const { body } = await report('standards', { programId }).expect(200);
    const [counted] = await queryRows<Record<string, number>>(
      world.api.database,
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
