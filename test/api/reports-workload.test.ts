import { describe, expect, test } from 'vitest';
import { type CheckInRecord, checkInState } from '../../policy/pair/check-ins/state-at.ts';
import { DAY, dateOf } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { checkInRecord, insertRecords, recordZone } from '../support/records.ts';
import { newProgram, now, openReportApi, report, world } from '../support/report-api.ts';

openReportApi();

describe('K12 workload', () => {
  const openCase = async (programId: string, id: string, assignee: string, kind: string, state = 'open') => {
    const sql = `
      insert into cases (id, owner, kind, program_id, state, assignee, reason, facts, details, opened_at)
      values ($1, 'staff', $2, $3, $4, $5, 'r', '{}', '{}', $6)`;
    await execute(world.api.database, sql, `${programId}_${id}`, kind, programId, state, assignee, new Date(now - DAY));
  };

  test('K12 pairs, open and overdue check-ins and cases lie with those who have them', async () => {
    const { programId, pairIds } = await newProgram(3);
    const [first = '', second = '', closed = ''] = pairIds;
    await execute(world.api.database, `update pairs set coordinator_id = 'per_other' where id = $1`, second);
    await execute(world.api.database, `update pairs set state = 'closed' where id = $1`, closed);
    await insertRecords(world.api.database, programId, [
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
    const reading = await report('workload', { programId }, await world.api.bearer({ scopes: ['read'] })).expect(200);
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
    await insertRecords(world.api.database, programId, distinct);
    const states = distinct.map(({ data }) => checkInState(data as CheckInRecord, now));
    const { body } = await report('workload', { programId }).expect(200);
    expect(body.items[0].openCheckIns).toBe(states.filter((state) => state === 'open').length);
    expect(body.items[0].openCheckIns).toBeGreaterThan(10);
  });
});
