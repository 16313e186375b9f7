import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';

/** A message or a journal entry of a pair: ids, codes and times only. */
export interface TimelineItem {
  kind: 'message' | 'entry';
  id: string;
  /** Tells two items of one instant apart. */
  place: string;
  at: Date;
  type: string;
  state: string;
  reason: string | null;
  receivedAt: Date | null;
  key: string | null;
  to: string | null;
  channel: string | null;
}

const timelineSql = `
  select * from (
    select 'message' as kind, m.id, 'm' || m.id as place, coalesce(m.sent_at, m.planned_for) as at, m.template as type,
      m.state, case when m.reason = 'held' and not $6::boolean then null else m.reason end as reason,
      null::timestamptz as "receivedAt", m.key, m.person_id as "to", m.channel
    from messages m where m.pair_ids && array[$1::text] and ($6::boolean or m.classification->>'safety' is distinct from 'true')
    union all
    select 'entry', split_part(j.ref, '~', 1), 'e' || lpad(j.seq::text, 19, '0'), j.occurred_at, j.type, j.state,
      j.refusal, j.received_at, null, null, null
    from journal j where j.owner = $2 and ($6::boolean or j.data->>'caseKind' is distinct from 'safety')
  ) item
  where $3::timestamptz is null or (item.at, item.place collate "C") > ($3, $4::text)
  order by item.at, item.place collate "C" limit $5::int`;

/**
 * What happened to a pair, oldest first: entries when they occurred, messages when they were sent or are planned.
 * `safety` says whether the caller may know of safety cases.
 * @param after instant (epoch milliseconds) and place of the last item seen
 */
export function pairTimeline(
  on: Queryable,
  pair: { id: string; owner: string },
  page: { safety: boolean; after: [Instant, string] | null; limit: number },
): Promise<TimelineItem[]> {
  const [at, place] = page.after ?? [null, null];
  const after = at === null ? null : new Date(at);
  return queryRows(on, timelineSql, pair.id, pair.owner, after, place, page.limit, page.safety);
}
