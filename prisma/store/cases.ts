import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import type { ProgramLimit } from './people.ts';

/** Reading cases. */

export interface CaseEntry {
  /** RFC 3339. */
  at: string;
  by: string;
  code: string;
  text: string | null;
}

export interface CaseRecord {
  id: string;
  key: string | null;
  owner: string;
  openedBy: string | null;
  kind: string;
  programId: string;
  pairId: string | null;
  personId: string | null;
  state: 'open' | 'acknowledged' | 'resolved' | 'withdrawn';
  assignee: string | null;
  supervisor: string | null;
  reason: string;
  outcome: string | null;
  facts: string[];
  details: Record<string, unknown>;
  openedAt: Date;
  endedAt: Date | null;
  /** Oldest first. */
  entries: CaseEntry[];
}

const selected = `
  select c.id, c.key, c.owner, c.opened_by as "openedBy", c.kind, c.program_id as "programId", c.pair_id as "pairId",
    c.person_id as "personId", c.state, c.assignee, c.supervisor, c.reason, c.outcome, c.facts, c.details,
    c.opened_at as "openedAt", c.ended_at as "endedAt", coalesce(lines.entries, '[]'::jsonb) as entries
  from cases c
  left join lateral (
    select jsonb_agg(jsonb_build_object('at', e.at, 'by', e.by, 'code', e.code, 'text', e.text) order by e.id) as entries
    from case_entries e where e.case_id = c.id
  ) lines on true`;

/** Whose cases a caller sees: those of its programs, and safety cases only with the scope for them. */
export interface CaseView {
  programIds: ProgramLimit;
  safety: boolean;
}

/** A case that the caller may see; null where there is none. */
export async function readCase(
  on: Queryable,
  id: string,
  { programIds, safety }: CaseView,
): Promise<CaseRecord | null> {
  const sql = `${selected}
    where c.id = $1 and ($2::text[] is null or c.program_id = any($2::text[])) and ($3::boolean or c.kind <> 'safety')`;
  const [found] = await queryRows<CaseRecord>(on, sql, id, programIds, safety);
  return found ?? null;
}

export interface CaseFilter {
  programId?: string | undefined;
  pairId?: string | undefined;
  personId?: string | undefined;
  kind?: string | undefined;
  assignee?: string | undefined;
  supervisor?: string | undefined;
  state?: string | undefined;
}

const filters = {
  programId: 'program_id',
  pairId: 'pair_id',
  personId: 'person_id',
  kind: 'kind',
  assignee: 'assignee',
  supervisor: 'supervisor',
  state: 'state',
} as const;

const conditions = Object.values(filters)
  .map((column, index) => `($${index + 1}::text is null or c.${column} = $${index + 1})`)
  .join(' and ');

const listSql = `${selected}
  where ${conditions}
    and ($8::text[] is null or c.program_id = any($8::text[])) and ($9::boolean or c.kind <> 'safety')
    and ($10::timestamptz is null or (c.opened_at, c.id) < ($10, $11::text))
  order by c.opened_at desc, c.id desc limit $12::int`;

/**
 * Cases with their entries, newest first, in one statement.
 * @param after opening (epoch milliseconds) and id of the last case seen
 */
export function listCases(
  on: Queryable,
  filter: CaseFilter,
  page: CaseView & { after: [Instant, string] | null; limit: number },
): Promise<CaseRecord[]> {
  const wanted = Object.keys(filters).map((name) => filter[name as keyof CaseFilter] ?? null);
  const [openedAt, id] = page.after ?? [null, null];
  const before = openedAt === null ? null : new Date(openedAt);
  return queryRows(on, listSql, ...wanted, page.programIds, page.safety, before, id, page.limit);
}
