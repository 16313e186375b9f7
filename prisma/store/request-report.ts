import type { RequestStatus } from '../../policy/request/request.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';

/** How long requests were pending, by what became of them, and apart from that the age of what is still open (R14). */
export interface RequestReport {
  outcomes: Array<{
    status: RequestStatus;
    count: number;
    meanPendingSeconds: number;
    medianPendingSeconds: number;
  }>;
  open: { count: number; meanAgeSeconds: number | null; oldestAgeSeconds: number | null };
}

const outcomesSql = `
  select status, count(*)::int as count,
    avg(extract(epoch from closed_at - opened_at))::float8 as "meanPendingSeconds",
    (percentile_cont(0.5) within group (order by extract(epoch from closed_at - opened_at)))::float8 as "medianPendingSeconds"
  from requests
  where program_id = $1 and status <> 'pending'
    and ($2::timestamptz is null or closed_at >= $2) and ($3::timestamptz is null or closed_at < $3)
  group by status order by status`;

const openSql = `
  select count(*)::int as count, avg(extract(epoch from $2::timestamptz - opened_at))::float8 as "meanAgeSeconds",
    max(extract(epoch from $2::timestamptz - opened_at))::float8 as "oldestAgeSeconds"
  from requests where program_id = $1 and status = 'pending'`;

/**
 * @param span ended in it, from inclusive to exclusive; null for no bound. What is open is told as of `now`.
 */
export async function reportRequests(
  on: Queryable,
  programId: string,
  span: { from: Instant | null; to: Instant | null },
  now: Instant,
): Promise<RequestReport> {
  const bound = (at: Instant | null): Date | null => (at === null ? null : new Date(at));
  const outcomes = await queryRows<RequestReport['outcomes'][number]>(
    on,
    outcomesSql,
    programId,
    bound(span.from),
    bound(span.to),
  );
  const [open] = await queryRows<RequestReport['open']>(on, openSql, programId, new Date(now));
  return { outcomes, open: open ?? { count: 0, meanAgeSeconds: null, oldestAgeSeconds: null } };
}
