import type { Respondent } from '../../policy/sections/check-ins.ts';
import { type Queryable, queryRows } from '../database.ts';
import type { ProgramLimit } from './people.ts';

/**
 * The part that each has in some pairs, by pair and by everything that an event may call them; of pairs inside the limit. A
 * guardian has one while the mentee is a minor (T2).
 */
export async function readParts(
  on: Queryable,
  pairIds: string[],
  programIds: ProgramLimit,
): Promise<Map<string, Map<string, Respondent>>> {
  const sql = `
    select p.id, p.mentor_id as mentor, p.mentee_id as mentee, case when mentee.is_minor then mentee.guardian_id end as guardian
    from pairs p join people mentee on mentee.id = p.mentee_id
    where p.id = any($1::text[]) and ($2::text[] is null or p.program_id = any($2::text[]))`;
  type Row = Record<Respondent, string | null> & { id: string };
  const rows = await queryRows<Row>(on, sql, pairIds, programIds);
  return new Map(rows.map(({ id, ...people }) => [id, namesOf(people)]));
}

function namesOf(people: Record<Respondent, string | null>): Map<string, Respondent> {
  const names = new Map<string, Respondent>();
  for (const role of ['guardian', 'mentee', 'mentor'] as const) {
    const personId = people[role];
    if (personId !== null) names.set(role, role).set(personId, role);
  }
  return names;
}
