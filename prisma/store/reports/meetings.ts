import type { PromiseRecord } from '../../../policy/pair/meetings/records.ts';
import type { HeldMeeting } from '../../../policy/reports/meetings.ts';
import type { ReportDays } from '../../../policy/reports/span.ts';
import { type Queryable, queryRows } from '../../database.ts';
import { pairBatches } from './record-batches.ts';

/** A pair's periods, the oldest first, and every meeting that it held. */
export interface RecordedPeriods {
  pairId: string;
  periods: PromiseRecord[];
  held: HeldMeeting[];
}

const sql = `
  select p.pair_id as "pairId", p.periods, coalesce(m.held, '[]'::jsonb) as held
  from (
    select pair_id, jsonb_agg(data order by key) as periods from pair_records
    where pair_id = any($1::text[]) and kind = 'promise' and ($2::text is null or day >= $2) and ($3::text is null or day <= $3)
    group by pair_id
  ) p
  left join (
    select pair_id, jsonb_agg(jsonb_build_object('day', day, 'minutes', data->'minutes')) as held from pair_records
    where pair_id = any($1::text[]) and kind = 'meeting' and data->'occurred' = 'true'::jsonb
    group by pair_id
  ) m on m.pair_id = p.pair_id
  order by p.pair_id collate "C"`;

/** The periods of a program that end on these days, batch by batch, by pair. */
export async function* recordedPeriods(
  on: Queryable,
  programId: string,
  { from, to }: ReportDays,
): AsyncGenerator<RecordedPeriods[]> {
  for await (const pairIds of pairBatches(on, programId)) yield await queryRows(on, sql, pairIds, from, to);
}
