import type { MessageRow } from '../../policy/mailbox/row.ts';
import { type Queryable, queryRows } from '../database.ts';

/** What the two of a pair have said lately in surveys and check-ins, for the staff who look after them (S1). */
export interface PairComment {
  /** Role or person id of who said it. */
  by: string;
  at: Date;
  text: string;
}

const commentsOfOnePair = 5;

/** The comments beside these alerts, newest first, by the workflow that owns the pair. */
export async function readPairComments(on: Queryable, rows: MessageRow[]): Promise<Map<string, PairComment[]>> {
  const owners = rows.filter(({ template }) => template === 'first-meeting-alert').map(({ owner }) => owner);
  if (owners.length === 0) return new Map();
  const found = await queryRows<PairComment & { owner: string }>(
    on,
    `select wanted.owner, said.by, said.at, said.text
     from unnest($1::text[]) as wanted(owner)
     join lateral (
       select coalesce(j.data->>'respondent', j.data->>'by', '') as by, j.occurred_at as at, t.text
       from journal j join free_texts t on t.seq = j.seq and t.field in ('comment', 'notes')
       where j.owner = wanted.owner and j.type in ('survey.answered', 'checkin.recorded')
       order by j.occurred_at desc, j.seq desc limit $2
     ) said on true
     order by said.at desc`,
    [...new Set(owners)],
    commentsOfOnePair,
  );
  const comments = new Map<string, PairComment[]>();
  for (const { owner, ...comment } of found) comments.set(owner, [...(comments.get(owner) ?? []), comment]);
  return comments;
}
