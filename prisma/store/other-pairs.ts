import type { MessageRow } from '../../policy/mailbox/row.ts';
import { type Queryable, queryRows } from '../database.ts';

/** A pair that has not ended. */
export interface OpenPair {
  pairId: string;
  /** Name of its program. */
  program: string;
}

/** The open pairs of those whom safety alerts are about (K6), by person; a guardian's are those of their wards. */
export async function readOtherPairs(on: Queryable, rows: MessageRow[]): Promise<Map<string, OpenPair[]>> {
  const alerts = rows.filter(({ template }) => template === 'safety-alert');
  const people = alerts.flatMap(({ fields }) => [fields.personId, fields.mentorId, fields.menteeId]);
  const ids = [...new Set(people.filter((id): id is string => typeof id === 'string'))];
  if (ids.length === 0) return new Map();
  const found = await queryRows<OpenPair & { personId: string }>(
    on,
    `select who.id as "personId", p.id as "pairId", v.document->>'name' as program
     from unnest($1::text[]) as who(id)
     join lateral (
       select id, program_id from pairs where state <> 'closed' and who.id in (mentor_id, mentee_id)
       union
       select pairs.id, program_id from people ward join pairs on pairs.mentee_id = ward.id
       where ward.guardian_id = who.id and pairs.state <> 'closed'
     ) p on true
     join programs g on g.id = p.program_id
     join program_versions v on v.program_id = g.id and v.version = g.version
     order by who.id, p.id`,
    ids,
  );
  const pairs = new Map<string, OpenPair[]>();
  for (const { personId, pairId, program } of found)
    pairs.set(personId, [...(pairs.get(personId) ?? []), { pairId, program }]);
  return pairs;
}
