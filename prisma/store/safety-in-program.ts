import type { SafetyCaseInProgram } from '../../policy/program/concern.ts';
import { HOUR, type Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';

interface SafetyCaseRow {
  id: string;
  person_id: string | null;
  opened_by: string | null;
  opened_at: Date;
  calling_since: number | null;
  keyword: string | null;
  climb_minutes: number;
  acknowledged_by: string | null;
  acknowledged_at: Date | null;
  more: Array<{ ref: string; at: string }>;
}

/** What came to a case longer ago than that has been told, or is of no use any more. */
const moreWithin = 3 * HOUR;

/** The open safety cases of a program about nobody's pair: those that nobody has seen yet, or in which something is new (K6). */
export async function readSafetyCasesIn(
  on: Queryable,
  programId: string,
  now: Instant,
): Promise<SafetyCaseInProgram[]> {
  const rows = await queryRows<SafetyCaseRow>(
    on,
    `select * from (
       select c.id, c.person_id, c.opened_by, c.opened_at, (c.details->>'callingSince')::float8 as calling_since,
         c.details->>'keyword' as keyword,
         case when c.state = 'acknowledged' then c.assignee end as acknowledged_by,
         case when c.state = 'acknowledged' then coalesce(c.acknowledged_at, c.opened_at) end as acknowledged_at,
         (select (v.document#>>'{policy,safety,climbMinutes}')::float8 from program_versions v
           where v.program_id = c.program_id order by (v.created_at <= c.opened_at) desc,
             case when v.created_at <= c.opened_at then -v.version else v.version end limit 1) as climb_minutes,
         coalesce((select jsonb_agg(jsonb_build_object('ref', split_part(e.code, ':', 2), 'at', e.at) order by e.at, e.id)
           from case_entries e where e.case_id = c.id and e.code like 'concern_again:%' and e.at > $2), '[]'::jsonb) as more
       from cases c
       where c.program_id = $1 and c.kind = 'safety' and c.pair_id is null and c.state in ('open', 'acknowledged')
     ) item
     where acknowledged_by is null or more <> '[]'::jsonb
     order by opened_at, id`,
    programId,
    new Date(now - moreWithin),
  );
  return rows.map((row) => ({
    caseId: row.id,
    personId: row.person_id,
    code: row.keyword,
    openedBy: row.opened_by,
    openedAt: row.opened_at.getTime(),
    callingSince: row.calling_since,
    climbMinutes: row.climb_minutes,
    acknowledged:
      row.acknowledged_by !== null && row.acknowledged_at !== null
        ? { by: row.acknowledged_by, at: row.acknowledged_at.getTime() }
        : null,
    more: row.more.map(({ ref, at }) => ({ ref, at: Date.parse(at) })),
  }));
}
