import type { Instant } from '../../policy/time.ts';
import { execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import type { ProgramLimit } from './people.ts';

/** People who wait for a new counterpart (T5). */

export interface WaitingPerson {
  personId: string;
  programId: string;
  name: string;
  role: string;
  /** The pair that ended. */
  pairId: string;
  askedAt: Date;
  eligibleAt: Date;
}

/**
 * Who waits and may be matched again by `now`, those who may for longest first. Whoever is unavailable, was removed, opted
 * out or has not confirmed keeps their place, and is left out for as long.
 * @param after eligibility (epoch milliseconds) and identity of the last one seen
 */
export function listDueRematches(
  on: Queryable,
  filter: { programId?: string | undefined },
  page: { programIds: ProgramLimit; now: Instant; after: [Instant, string] | null; limit: number },
): Promise<WaitingPerson[]> {
  const sql = `
    select r.person_id as "personId", r.program_id as "programId", p.name, r.role, r.pair_id as "pairId",
      r.asked_at as "askedAt", r.eligible_at as "eligibleAt"
    from rematches r join people p on p.id = r.person_id
    where r.eligible_at <= $1::timestamptz and p.removed_at is null and takes_part(p, $1::timestamptz)
      and not exists (select from enrolments e where e.person_id = r.person_id and e.program_id = r.program_id
        and e.state in ('removed', 'optedOut', 'unconfirmed'))
      and ($2::text is null or r.program_id = $2)
      and ($3::text[] is null or r.program_id = any($3::text[]))
      and ($4::timestamptz is null or (r.eligible_at, r.program_id || '/' || r.person_id) > ($4, $5::text))
    order by r.eligible_at, r.program_id || '/' || r.person_id limit $6::int`;
  const [eligibleAt, identity] = page.after ?? [null, null];
  const since = eligibleAt === null ? null : new Date(eligibleAt);
  const { programId = null } = filter;
  return queryRows(on, sql, new Date(page.now), programId, page.programIds, since, identity, page.limit);
}

/** From when a person may be matched again, as far as the caller may see; null where they wait for nobody. */
export async function rematchAfterOf(on: Queryable, personId: string, programIds: ProgramLimit): Promise<Date | null> {
  const sql = `
    select max(eligible_at) as at from rematches
    where person_id = $1 and ($2::text[] is null or program_id = any($2::text[]))`;
  const [row] = await queryRows<{ at: Date | null }>(on, sql, personId, programIds);
  return row?.at ?? null;
}

/** These people wait no more: in a program, or (null) in none. */
export function endRematchesOf(on: Transaction, personIds: string[], programId: string | null): Promise<number> {
  const sql = 'delete from rematches where person_id = any($1::text[]) and ($2::text is null or program_id = $2)';
  return execute(on, sql, personIds, programId);
}
