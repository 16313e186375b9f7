import type { ReportDays, ReportSpan } from '../../../policy/reports/span.ts';
import type { Instant } from '../../../policy/time.ts';
import { type Queryable, queryRows } from '../../database.ts';
import { pairConditions } from '../pair-filter.ts';

/** How many pairs talk with each other (T12). */
export interface Engagement {
  pairs: number;
  active: number;
  none: number;
  oneOrTwo: number;
  threeOrMore: number;
}

/**
 * The pairs of a program that lasted at some time of the span, those of them that are active at `now`, and how many
 * conversations they had: within the days where there are bounds, else all that they ever counted, imported ones included.
 */
export async function engagementOf(
  on: Queryable,
  programId: string,
  { days, span }: { days: ReportDays; span: ReportSpan },
  now: Instant,
): Promise<Engagement> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const program = value(programId);
  const isActive = pairConditions({ state: 'active' }, { programIds: null, now }, value).join(' and ');
  const [from, to] = [value(days.from), value(days.to)];
  const [since, until] = [value(span.from), value(span.until)];
  const sql = `
    with lasting as (
      select p.id, ${isActive} as active,
        case when ${from}::text is null and ${to}::text is null then p.conversations else coalesce(c.count, 0) end as talks
      from pairs p
      left join (
        select pair_id, count(*)::int as count from pair_records
        where program_id = ${program} and kind = 'conversation' and (${from}::text is null or day >= ${from})
          and (${to}::text is null or day <= ${to})
        group by pair_id
      ) c on c.pair_id = p.id
      where p.program_id = ${program}
        and (${until}::bigint is null or extract(epoch from p.matched_at) * 1000 < ${until}::bigint)
        and (${since}::bigint is null or p.state <> 'closed'
          or (p.projection->'ctx'->'closed'->>'at')::bigint >= ${since}::bigint)
    )
    select count(*)::int as pairs, (count(*) filter (where active))::int as active,
      (count(*) filter (where talks = 0))::int as none,
      (count(*) filter (where talks in (1, 2)))::int as "oneOrTwo",
      (count(*) filter (where talks >= 3))::int as "threeOrMore"
    from lasting`;
  const [row] = await queryRows<Engagement>(on, sql, ...values);
  return row as Engagement;
}
