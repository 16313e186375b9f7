import type { CheckInRecord } from '../../../policy/pair/check-ins/state-at.ts';
import type { ReportDays } from '../../../policy/reports/span.ts';
import { type Queryable, queryRows } from '../../database.ts';
import { pairBatches } from './record-batches.ts';

export interface RecordedCheckIn {
  pairId: string;
  record: CheckInRecord;
}

const sql = `
  select pair_id as "pairId", data as record from pair_records
  where pair_id = any($1::text[]) and kind = 'check-in' and ($2::text is null or day >= $2) and ($3::text is null or day <= $3)
  order by pair_id collate "C", key collate "C"`;

/** The check-ins of a program that are due on these days, batch by batch: by pair, then by due day and respondent. */
export async function* recordedCheckIns(
  on: Queryable,
  programId: string,
  { from, to }: ReportDays,
): AsyncGenerator<RecordedCheckIn[]> {
  for await (const pairIds of pairBatches(on, programId)) yield await queryRows(on, sql, pairIds, from, to);
}
