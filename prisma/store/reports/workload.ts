import type { ReportDays, ReportSpan } from '../../../policy/reports/span.ts';
import type { Instant } from '../../../policy/time.ts';
import { type Queryable, queryRows } from '../../database.ts';
import { contactStillCounts, todayOf } from '../check-ins.ts';

/** What lies with one person of the staff (K12). */
export interface Workload {
  staffId: string;
  /** Pairs that last and that they coordinate. */
  pairs: number;
  /** Check-ins of these pairs whose window is open and with which nobody has been in touch. */
  openCheckIns: number;
  /** Those, and earlier ones, whose due day has passed: a contact would still count for them. */
  overdue: number;
  /** Cases that are theirs to take. */
  openCases: number;
}

const sql = `
  with theirs as (
    select id, coordinator_id as staff_id from pairs
    where program_id = $1 and state <> 'closed' and coordinator_id is not null
  ), owed as (
    select t.staff_id, r.day, r.data->>'closesOn' as closes_on, z.today
    from theirs t
    join pair_records r on r.pair_id = t.id and r.kind = 'check-in' ${todayOf('$2')}
    where r.data->'contact' = 'null' and r.data->'excused' = 'null' and r.data->>'opensOn' <= z.today
      and ($3::text is null or r.day >= $3) and ($4::text is null or r.day <= $4)
      and ${contactStillCounts}
  ), counted as (
    select staff_id, count(*) as pairs, 0 as open, 0 as overdue, 0 as cases from theirs group by staff_id
    union all
    select staff_id, 0, count(*) filter (where closes_on >= today), count(*) filter (where day < today), 0
    from owed group by staff_id
    union all
    select assignee, 0, 0, 0, count(*) from cases
    where program_id = $1 and state in ('open', 'acknowledged') and assignee is not null and ($5::boolean or kind <> 'safety')
      and ($6::timestamptz is null or opened_at >= $6) and ($7::timestamptz is null or opened_at < $7)
    group by assignee
  )
  select staff_id as "staffId", sum(pairs)::int as pairs, sum(open)::int as "openCheckIns", sum(overdue)::int as overdue,
    sum(cases)::int as "openCases"
  from counted group by staff_id order by staff_id collate "C"`;

/**
 * What lies with each of a program's staff at `now`; who has nothing is left out.
 * @param days bound the due days of check-ins, `span` the opening of cases
 * @param sensitive whether safety cases are counted
 */
export function workloads(
  on: Queryable,
  programId: string,
  { days, span, sensitive }: { days: ReportDays; span: ReportSpan; sensitive: boolean },
  now: Instant,
): Promise<Workload[]> {
  const at = (instant: Instant | null): Date | null => (instant === null ? null : new Date(instant));
  const bounds = [days.from, days.to, sensitive, at(span.from), at(span.until)];
  return queryRows(on, sql, programId, new Date(now), ...bounds);
}
