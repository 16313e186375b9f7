import type { RequestsInProgram } from '../../policy/program/concern.ts';
import { nudgeStandsFor } from '../../policy/program/no-request.ts';
import type { RequestsPolicy } from '../../policy/sections/requests.ts';
import { DAY, type Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';

const waitingSql = `
  select count(*)::int as pending, count(*) filter (where opened_at <= $2::timestamptz)::int as "longPending"
  from requests where program_id = $1 and status = 'pending' and kind <> 'offer'`;

/** Mentees of whom some nudge falls on one of these days, in the order of ids; the read stays in a history, so it is small. */
const joinersSql = `
  select e.person_id as "menteeId", e.joined_at as "joinedAt" from enrolments e
  where e.program_id = $1 and e.role = 'mentee' and e.state = 'active'
    and exists (select from unnest($2::int[]) as days
      where ((e.joined_at at time zone $3)::date + days)
        between ($4::timestamptz at time zone $3)::date and ($5::timestamptz at time zone $3)::date)
    and not exists (select from requests r where r.mentee_id = e.person_id and r.kind <> 'offer')
    and not exists (select from pairs p where p.mentee_id = e.person_id)
  order by e.person_id`;

/** How a program's requests stand at `now` (R14, R18). */
export async function readRequestsIn(
  on: Queryable,
  programId: string,
  zone: string,
  { pendingAlert, noRequestNudgeDays }: RequestsPolicy,
  now: Instant,
): Promise<RequestsInProgram> {
  const longAgo = new Date(now - pendingAlert.olderThanDays * DAY);
  const [waiting] = await queryRows<RequestsInProgram['waiting']>(on, waitingSql, programId, longAgo);
  const days: [Date, Date] = [new Date(now - nudgeStandsFor), new Date(now)];
  const joiners = await queryRows<{ menteeId: string; joinedAt: Date }>(
    on,
    joinersSql,
    programId,
    noRequestNudgeDays,
    zone,
    ...days,
  );
  return {
    waiting: waiting ?? { pending: 0, longPending: 0 },
    joiners: joiners.map(({ menteeId, joinedAt }) => ({ menteeId, joinedAt: joinedAt.getTime() })),
  };
}
