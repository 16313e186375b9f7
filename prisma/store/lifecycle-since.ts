import { type Queryable, queryRows } from '../database.ts';

/** What decides when a life cycle ends or looks: a cohort's last day, or whether anybody is looked for at all. */
function endOf(version: string): string {
  const lifecycle = `${version}.document->'policy'->'lifecycle'`;
  return `(${lifecycle}->>'kind', case ${lifecycle}->>'kind' when 'cohort' then ${lifecycle}->>'endsOn'
    else (${lifecycle}->>'inactiveDays' is null)::text end)`;
}

const sinceSql = `
  select min(v.created_at) as since
  from programs p
  join program_versions now on now.program_id = p.id and now.version = p.version
  join program_versions v on v.program_id = p.id and v.version > coalesce((
    select max(other.version) from program_versions other
    where other.program_id = p.id and ${endOf('other')} is distinct from ${endOf('now')}), 0)
  where p.id = $1`;

/**
 * Since when a program's life cycle has named the kind and the end that it names now, whatever else its versions changed:
 * nothing is made up for that was due before (V7). Null where there is no such program.
 */
export async function lifecycleSince(on: Queryable, programId: string): Promise<Date | null> {
  const [row] = await queryRows<{ since: Date | null }>(on, sinceSql, programId);
  return row?.since ?? null;
}
