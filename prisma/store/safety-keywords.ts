import type { SafetyKeywords } from '../../policy/safety.ts';
import { type Queryable, queryRows } from '../database.ts';

/** What the programs of these pairs look for in words (K6), by pair; unknown pairs are left out. */
export async function safetyKeywords(on: Queryable, pairIds: string[]): Promise<Map<string, SafetyKeywords>> {
  const sql = `
    select pairs.id, v.document->'policy'->'safety'->'keywords' as keywords
    from pairs
    join programs on programs.id = pairs.program_id
    join program_versions v on v.program_id = programs.id and v.version = programs.version
    where pairs.id = any($1::text[])`;
  const rows = await queryRows<{ id: string; keywords: SafetyKeywords }>(on, sql, pairIds);
  return new Map(rows.map(({ id, keywords }) => [id, keywords]));
}
