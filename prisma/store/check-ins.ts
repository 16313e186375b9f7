import { type CheckInRecord, type CheckInState, checkInState } from '../../policy/pair/check-ins/state-at.ts';
import type { CivilDate } from '../../policy/program.ts';
import type { Respondent } from '../../policy/sections/check-ins.ts';
import { addDays, DAY, dateOf, type Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import type { ProgramLimit } from './people.ts';

/** Reading check-ins, as pairs recorded them. How each stands is worked out at reading, by the function that pairs use. */

export interface CheckInRow {
  pairId: string;
  programId: string;
  personId: string;
  /** Its place among those of its pair. */
  key: string;
  record: CheckInRecord;
}

export interface CheckInFilter {
  programId?: string | undefined;
  pairId?: string | undefined;
  personId?: string | undefined;
  respondent?: Respondent | undefined;
  coordinator?: string | undefined;
  supervisor?: string | undefined;
  state?: CheckInState | undefined;
  /** Those due on or before it that are still owed: a contact would still count for them. */
  due?: CivilDate | undefined;
}

/** Due day, pair and key: the order of the list. */
export type CheckInPosition = [CivilDate, string, string];

const columns = `r.pair_id as "pairId", r.program_id as "programId", r.person_id as "personId", r.key, r.data as record`;

/** Today in the zone of check-in `r`, as a lateral join named `z`; `now` is a parameter. */
export const todayOf = (now: string): string =>
  `cross join lateral (select to_char(${now}::timestamptz at time zone (r.data->>'zone'), 'YYYY-MM-DD') as today) z`;

/** A contact counts for check-in `r` until the window of the respondent's next one opens (K3). */
export const contactStillCounts = `
  (r.data->>'closesOn' >= z.today or not exists (
    select from pair_records n
    where n.pair_id = r.pair_id and n.kind = 'check-in' and n.day > r.day
      and n.data->>'respondent' = r.data->>'respondent' and n.data->>'opensOn' <= z.today))`;

const listSql = `
  select ${columns}
  from pair_records r join pairs p on p.id = r.pair_id ${todayOf('$15')}
  where r.kind = 'check-in'
    and (not $16::boolean or (p.state <> 'closed' and ${contactStillCounts}))
    and ($1::text[] is null or r.program_id = any($1::text[]))
    and ($2::text is null or r.program_id = $2)
    and ($3::text is null or r.pair_id = $3)
    and ($4::text is null or r.person_id = $4)
    and ($5::text is null or r.data->>'respondent' = $5)
    and ($6::text is null or p.coordinator_id = $6)
    and ($7::text is null or p.supervisor_id = $7)
    and case $8::text
      when 'owed' then r.data->>'contact' is null and r.data->>'excused' is null
      when 'excused' then r.data->>'contact' is null and r.data->>'excused' is not null
      when 'made' then r.data->>'contact' is not null
      when 'made late' then (r.data#>>'{contact,at}')::bigint >= extract(epoch from (r.data->>'closesOn')::date) * 1000
      else true end
    and ($9::text is null or r.day >= $9) and ($10::text is null or r.day <= $10)
    and ($11::text is null or (r.day, r.pair_id, r.key) > ($11, $12::text, $13::text))
  order by r.day, r.pair_id, r.key limit $14::int`;

/** What the database can tell of a state: never less than belongs to it. */
interface Rough {
  is: 'owed' | 'excused' | 'made' | 'made late' | null;
  from: CivilDate | null;
  to: CivilDate | null;
}

/** No window reaches further from its due day. */
const windowDaysAtMost = 31;

/** Days that are today somewhere, with the widest window around them. */
function roughOf({ state, due }: CheckInFilter, now: Instant): Rough {
  const first = addDays(dateOf(now - DAY, 'Etc/UTC'), -windowDaysAtMost);
  const last = addDays(dateOf(now + DAY, 'Etc/UTC'), windowDaysAtMost);
  const byState: Record<CheckInState, Rough> = {
    upcoming: { is: 'owed', from: first, to: null },
    open: { is: 'owed', from: first, to: last },
    missed: { is: 'owed', from: null, to: last },
    excused: { is: 'excused', from: null, to: null },
    satisfied: { is: 'made', from: null, to: null },
    late: { is: 'made late', from: null, to: null },
  };
  const rough = state ? byState[state] : { is: null, from: null, to: null };
  if (due === undefined) return rough;
  const to = rough.to !== null && rough.to < due ? rough.to : due;
  return { ...rough, is: rough.is ?? 'owed', to };
}

function belongs({ record }: CheckInRow, { state, due }: CheckInFilter, now: Instant): boolean {
  if (due !== undefined && (record.contact || record.excused)) return false;
  return state === undefined || checkInState(record, now) === state;
}

/** What is read at once while a page is filled. */
const rowsAtOnce = 200;

/** Check-ins, soonest due first. */
export async function listCheckIns(
  on: Queryable,
  filter: CheckInFilter,
  page: { programIds: ProgramLimit; now: Instant; after: CheckInPosition | null; limit: number },
): Promise<CheckInRow[]> {
  const { programId, pairId, personId, respondent, coordinator, supervisor } = filter;
  const ids = [programId, pairId, personId, respondent, coordinator, supervisor].map((value) => value ?? null);
  const { is, from, to } = roughOf(filter, page.now);
  const found: CheckInRow[] = [];
  const atOnce = Math.max(rowsAtOnce, page.limit);
  for (let after = page.after; ; ) {
    const place = after ?? [null, null, null];
    const bounds = [is, from, to, ...place, atOnce, new Date(page.now), filter.due !== undefined];
    const rows = await queryRows<CheckInRow>(on, listSql, page.programIds, ...ids, ...bounds);
    found.push(...rows.filter((row) => belongs(row, filter, page.now)));
    const last = rows.at(-1);
    if (found.length >= page.limit || rows.length < atOnce || !last) return found.slice(0, page.limit);
    after = positionOf(last);
  }
}

/** Where the list goes on behind a check-in. */
export function positionOf({ record, pairId, key }: CheckInRow): CheckInPosition {
  return [record.dueOn, pairId, key];
}

/** A check-in inside the limit; null where there is none for the caller. */
export async function readCheckIn(on: Queryable, id: string, programIds: ProgramLimit): Promise<CheckInRow | null> {
  const sql = `
    select ${columns} from pair_records r
    where r.kind = 'check-in' and r.data->>'id' = $1 and ($2::text[] is null or r.program_id = any($2::text[]))`;
  const [row] = await queryRows<CheckInRow>(on, sql, id, programIds);
  return row ?? null;
}
