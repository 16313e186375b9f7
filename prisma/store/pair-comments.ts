import type { MessageRow } from '../../policy/mailbox/row.ts';
import { type Queryable, queryRows } from '../database.ts';

/** What the two of a pair have said lately in surveys and check-ins, for the staff who look after them (S1). */
export interface PairComment {
  /** Role of who said it; the id of somebody who has none in the pair. */
  by: string;
  at: Date;
  text: string;
}

const commentsOfOnePair = 5;

/** Somebody named by person id is shown by the role in the pair; what was taken back is not shown. */
const sql = `
  select wanted.owner, said.by, said.at, said.text
  from unnest($1::text[]) as wanted(owner)
  join lateral (
    select case coalesce(j.data->>'respondent', j.data->>'by', '')
        when p.mentor_id then 'mentor' when p.mentee_id then 'mentee' when mentee.guardian_id then 'guardian'
        else coalesce(j.data->>'respondent', j.data->>'by', '') end as by,
      j.occurred_at as at, t.text
    from journal j
    join free_texts t on t.seq = j.seq
      and (j.type, t.field) in (('survey.answered', 'comment'), ('checkin.recorded', 'notes'))
    join pairs p on p.id = j.pair_id join people mentee on mentee.id = p.mentee_id
    where j.owner = wanted.owner
      and not exists (select from journal r where r.data->>'retracts' = j.ref and r.owner = j.owner and r.type = j.type)
    order by j.occurred_at desc, j.seq desc limit $2
  ) said on true
  order by said.at desc`;

/** The comments beside these alerts, newest first, by the workflow that owns the pair. */
export async function readPairComments(on: Queryable, rows: MessageRow[]): Promise<Map<string, PairComment[]>> {
  const owners = rows.filter(({ template }) => template === 'first-meeting-alert').map(({ owner }) => owner);
  if (owners.length === 0) return new Map();
  const found = await queryRows<PairComment & { owner: string }>(on, sql, [...new Set(owners)], commentsOfOnePair);
  const comments = new Map<string, PairComment[]>();
  for (const { owner, ...comment } of found) comments.set(owner, [...(comments.get(owner) ?? []), comment]);
  return comments;
}
