import type { PairContext } from '../../policy/pair/context.ts';
import type { PairState } from '../../policy/pair/state.ts';
import type { StaffIds } from '../../policy/program.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import type { ProgramLimit } from './people.ts';

/** Reading pairs. */

export interface OpenCase {
  id: string;
  /** The workflow that opened it, or `staff`. */
  owner: string;
  kind: string;
  reason: string;
  /** Epoch milliseconds. */
  since: number;
}

export interface PairRecord {
  id: string;
  owner: string;
  programId: string;
  mentorId: string;
  menteeId: string;
  classId: string | null;
  staff: StaffIds;
  coordinatorId: string | null;
  supervisorId: string | null;
  matchedAt: Date;
  createdAt: Date;
  state: 'active' | 'closed';
  completedAt: Date | null;
  policyVersion: number;
  /** What the pair last said of itself; null until it has said something. */
  projection: { state: PairState; ctx: PairContext } | null;
  openCases: OpenCase[];
}

const columns = `p.id, p.owner, p.program_id as "programId", p.mentor_id as "mentorId", p.mentee_id as "menteeId",
  p.class_id as "classId", p.staff, p.coordinator_id as "coordinatorId", p.supervisor_id as "supervisorId",
  p.matched_at as "matchedAt", p.created_at as "createdAt", p.state, p.completed_at as "completedAt",
  p.policy_version as "policyVersion", p.projection, coalesce(open.cases, '[]'::jsonb) as "openCases"`;

const openCases = `
  left join lateral (
    select jsonb_agg(jsonb_build_object('id', c.id, 'owner', c.owner, 'kind', c.kind, 'reason', c.reason,
      'since', (extract(epoch from c.opened_at) * 1000)::bigint) order by c.opened_at, c.id) as cases
    from cases c where c.pair_id = p.id and c.state in ('open', 'acknowledged')
  ) open on true`;

/** A pair inside the limit; null where there is none for the caller. */
export async function readPair(on: Queryable, id: string, programIds: ProgramLimit): Promise<PairRecord | null> {
  const sql = `
    select ${columns} from pairs p ${openCases}
    where p.id = $1 and ($2::text[] is null or p.program_id = any($2::text[]))`;
  const [pair] = await queryRows<PairRecord>(on, sql, id, programIds);
  return pair ?? null;
}

export interface PairFilter {
  programId?: string | undefined;
  /** Mentor or mentee. */
  personId?: string | undefined;
  mentorId?: string | undefined;
  menteeId?: string | undefined;
  coordinator?: string | undefined;
  supervisor?: string | undefined;
  state?: 'active' | 'paused' | 'closed' | undefined;
  /** Only pairs with an open escalation. */
  focus?: boolean | undefined;
}

/** Whether a pair is paused at `$11` (S11), by the same pauses that its view is made from. */
const paused = `exists (
    select from jsonb_array_elements(p.projection->'ctx'->'pauses') pause
    where (pause->>'from')::bigint <= $11::bigint
      and (pause->>'until' is null or (pause->>'until')::bigint > $11::bigint))`;

const listSql = `
  select ${columns} from pairs p ${openCases}
  where ($1::text[] is null or p.program_id = any($1::text[]))
    and ($2::text is null or p.program_id = $2)
    and ($3::text is null or p.mentor_id = $3 or p.mentee_id = $3)
    and ($4::text is null or p.mentor_id = $4)
    and ($5::text is null or p.mentee_id = $5)
    and ($6::text is null or p.coordinator_id = $6)
    and ($7::text is null or p.supervisor_id = $7)
    and case $8::text
      when 'closed' then p.state = 'closed'
      when 'paused' then p.state <> 'closed' and ${paused}
      when 'active' then p.state <> 'closed' and not ${paused}
      else true end
    and (not $9::boolean or exists (
      select from cases c
      where c.pair_id = p.id and c.kind = 'escalation' and c.state in ('open', 'acknowledged')))
    and ($10::timestamptz is null or p.created_at < $10 or (p.created_at = $10 and p.id > $12))
  order by p.created_at desc, p.id limit $13::int`;

/**
 * Pairs with their open cases, newest first, in one statement.
 * @param now when a pair is paused or not
 * @param after where the list goes on: creation (epoch milliseconds) and id of the last pair seen
 */
export function listPairs(
  on: Queryable,
  filter: PairFilter,
  page: { programIds: ProgramLimit; now: Instant; after: [Instant, string] | null; limit: number },
): Promise<PairRecord[]> {
  const { programId, personId, mentorId, menteeId, coordinator, supervisor, state, focus = false } = filter;
  const ids = [programId, personId, mentorId, menteeId, coordinator, supervisor, state].map((value) => value ?? null);
  const [createdAt, id] = page.after ?? [null, null];
  const before = createdAt === null ? null : new Date(createdAt);
  return queryRows(on, listSql, page.programIds, ...ids, focus, before, page.now, id, page.limit);
}

/** How many days late events of these pairs may act, by pair (E2); pairs that have no such limit are left out. */
export async function lateArrivalDays(on: Queryable, pairIds: string[]): Promise<Map<string, number>> {
  const sql = `
    select pairs.id, (v.document->'policy'->'classWeek'->>'lateArrivalDays')::float8 as days
    from pairs
    join programs on programs.id = pairs.program_id
    join program_versions v on v.program_id = programs.id and v.version = programs.version
    where pairs.id = any($1::text[]) and v.document->'policy'->'classWeek'->>'lateArrivalDays' is not null`;
  const rows = await queryRows<{ id: string; days: number }>(on, sql, pairIds);
  return new Map(rows.map(({ id, days }) => [id, days]));
}
