import type { CheckInRecord } from '../../policy/pair/check-ins/state-at.ts';
import { idOf } from '../../policy/pair/context.ts';
import { addDays, instantOf } from '../../policy/time.ts';
import { type Database, execute } from '../../prisma/database.ts';

/** Check-ins as pairs record them, without a workflow. */

export interface CheckInFacts extends Partial<CheckInRecord> {
  pairId: string;
  programId: string;
  personId: string;
  dueOn: string;
}

/** A check-in with the usual window; answers its id. */
export async function insertCheckIn(database: Database, facts: CheckInFacts): Promise<string> {
  const { pairId, programId, personId, dueOn, respondent = 'mentor', zone = 'America/New_York', ...given } = facts;
  const record: CheckInRecord = {
    id: idOf('chk', `${pairId}/${dueOn}/${respondent}`),
    respondent,
    dueOn,
    opensOn: addDays(dueOn, -5),
    closesOn: addDays(dueOn, 5),
    askAt: instantOf(addDays(dueOn, -2), '09:00', zone),
    zone,
    contact: null,
    excused: null,
    live: false,
    policyVersion: 1,
    ...given,
  };
  const sql = `
    insert into pair_records (pair_id, kind, key, program_id, person_id, day, data)
    values ($1, 'check-in', $2, $3, $4, $5, $6::jsonb)`;
  await execute(database, sql, pairId, `${dueOn}/${respondent}`, programId, personId, dueOn, JSON.stringify(record));
  return record.id;
}
