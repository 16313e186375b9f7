import type { CheckInRecord } from '../../policy/pair/check-ins/state-at.ts';
import { addDays, instantOf } from '../../policy/time.ts';
import { type Database, execute } from '../../prisma/database.ts';

/** What pairs tell reports, as tests put it there. */

export interface GivenRecord {
  pairId: string;
  kind: string;
  key: string;
  day: string;
  personId?: string;
  data: object;
}

/** Writes records of pairs of one program, all in one statement. */
export async function insertRecords(database: Database, programId: string, records: GivenRecord[]): Promise<void> {
  const sql = `
    insert into pair_records (pair_id, kind, key, program_id, person_id, day, data)
    select r."pairId", r.kind, r.key, $1, r."personId", r.day, r.data
    from jsonb_to_recordset($2::jsonb) as r("pairId" text, kind text, key text, "personId" text, day text, data jsonb)`;
  await execute(database, sql, programId, JSON.stringify(records));
}

export const recordZone = 'America/New_York';

/** A check-in with a window of five days to each side, without a contact unless told otherwise. */
export function checkInRecord(
  pairId: string,
  dueOn: string,
  respondent: CheckInRecord['respondent'],
  { contactOn, ...change }: Partial<CheckInRecord> & { contactOn?: string; mode?: string } = {},
): GivenRecord {
  const { mode = 'email', ...rest } = change;
  const contact = contactOn === undefined ? null : { at: instantOf(contactOn, '12:00', recordZone), mode };
  const event = `evt_${pairId}_${dueOn}`;
  const data: CheckInRecord = {
    id: `chk_${pairId}_${dueOn}_${respondent}`,
    respondent,
    dueOn,
    opensOn: addDays(dueOn, -5),
    closesOn: addDays(dueOn, 5),
    askAt: instantOf(addDays(dueOn, -2), '09:00', recordZone),
    zone: recordZone,
    contact: contact && { id: event, ref: `${event}~s`, by: 'per_pc', ...contact },
    excused: null,
    live: ['phone', 'video', 'in_person'].includes(mode),
    policyVersion: 1,
    ...rest,
  };
  return { pairId, kind: 'check-in', key: `${dueOn}/${respondent}`, day: dueOn, personId: `per_${respondent}`, data };
}
