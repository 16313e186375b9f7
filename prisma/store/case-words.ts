import { type Queryable, queryRows } from '../database.ts';
import type { CaseRecord } from './cases.ts';

/** What somebody wrote in an event that a case rests on. */
export interface CaseWords {
  /** Identity of the event on the journal. */
  ref: string;
  field: string;
  text: string;
}

/** The words behind a case, in the order in which they came: for staff who may read them (T9). */
export function readCaseWords(
  on: Queryable,
  { owner, facts }: Pick<CaseRecord, 'owner' | 'facts'>,
): Promise<CaseWords[]> {
  const sql = `
    select j.ref, t.field, t.text from journal j join free_texts t on t.seq = j.seq
    where j.owner = $1 and j.ref = any($2::text[]) order by j.seq, t.field`;
  return queryRows(on, sql, owner, facts);
}
