import type { PairContext } from '../../policy/pair/context.ts';
import type { PairState } from '../../policy/pair/state.ts';
import type { StaffIds } from '../../policy/program.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import { type PairFilter, pairConditions } from './pair-filter.ts';
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
  conversations: number;
  meetings: number;
  /** What the pair last said of itself; null until it has said something. */
  projection: { state: PairState; ctx: PairContext } | null;
  openCases: OpenCase[];
}

const columns = `p.id, p.owner, p.program_id as "programId", p.mentor_id as "mentorId", p.mentee_id as "menteeId",
  p.class_id as "classId", p.staff, p.coordinator_id as "coordinatorId", p.supervisor_id as "supervisorId",
  p.matched_at as "matchedAt", p.created_at as "createdAt", p.state, p.completed_at as "completedAt",
  p.policy_version as "policyVersion", p.conversations, p.meetings, p.projection, coalesce(open.cases, '[]'::jsonb) as "openCases"`;

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
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = pairConditions(filter, page, value);
  if (page.after !== null) {
    const [at, id] = [value(new Date(page.after[0])), value(page.after[1])];
    conditions.push(`(p.created_at < ${at}::timestamptz or p.created_at = ${at}::timestamptz and p.id > ${id}::text)`);
  }
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const sql = `
    select ${columns} from pairs p ${openCases} ${where}
    order by p.created_at desc, p.id limit ${value(page.limit)}::int`;
  return queryRows(on, sql, ...values);
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
