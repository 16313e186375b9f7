import type { EntryData } from '../../policy/event.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';

/** The history of contacts with the people of a pair, for the next who looks after it (K5, K7). */

export interface ContactRecord {
  /** The event's id, as integrators know it. */
  id: string;
  /** Position on the journal. */
  seq: bigint;
  at: Date;
  recordedAt: Date;
  data: EntryData;
  retracted: boolean;
  /** What it satisfied; null for a contact beside the check-ins. */
  checkInId: string | null;
  dueOn: string | null;
  /** Words by field; null where they were not asked for, or there are none. */
  texts: Record<string, string> | null;
  /** Oldest first. */
  followUps: FollowUp[];
}

export interface FollowUp {
  id: string;
  /** RFC 3339. */
  at: string;
  to: string;
  kind: string;
  by: string;
  resourceKey: string | null;
  notes: string | null;
}

const isRetracted = (entry: string): string =>
  `exists (select from journal x where x.pair_id = ${entry}.pair_id and x.type = ${entry}.type and x.data->>'retracts' = ${entry}.ref)`;

const isContact = (entry: string): string =>
  `${entry}.type = 'checkin.recorded' and ${entry}.data->>'retracts' is null`;

/** A support action that stands, of `s`. */
const isSupport = `s.type = 'support.recorded' and s.data->>'retracts' is null and not ${isRetracted('s')}`;

const followUp = `
  jsonb_build_object('id', split_part(s.ref, '~', 1),
    'at', to_char(s.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'to', s.data->>'to', 'kind', s.data->>'kind',
    'by', s.data->>'by', 'resourceKey', s.data->>'resourceKey', 'notes', case when $2::boolean then (
      select t.text from free_texts t where t.seq = s.seq and t.field = 'notes') end)`;

/** Sources may give one id to several contacts: a support action then follows the one of its own source, where there is one. */
const follows = `
  s.data->>'contactId' = split_part(j.ref, '~', 1)
  and (s.source = j.source or not exists (
    select from journal o
    where o.source = s.source and o.event_id = s.data->>'contactId' and o.pair_id = s.pair_id and ${isContact('o')}))`;

const contactsSql = `
  select split_part(j.ref, '~', 1) as id, j.seq, j.occurred_at as at, j.received_at as "recordedAt", j.data,
    ${isRetracted('j')} as retracted, c.data->>'id' as "checkInId", c.day as "dueOn",
    case when $2::boolean then (select jsonb_object_agg(t.field, t.text) from free_texts t where t.seq = j.seq) end as texts,
    coalesce((
      select jsonb_agg(${followUp} order by s.occurred_at, s.seq)
      from journal s where s.pair_id = j.pair_id and ${isSupport} and ${follows}), '[]'::jsonb) as "followUps"
  from journal j
  left join pair_records c on c.pair_id = j.pair_id and c.kind = 'check-in' and c.data#>>'{contact,ref}' = j.ref
  where j.pair_id = $1 and ${isContact('j')}
    and ($3::timestamptz is null or (j.occurred_at, j.seq) < ($3, $4::bigint))
  order by j.occurred_at desc, j.seq desc limit $5::int`;

/**
 * The contacts of a pair, newest first, those taken back included.
 * @param after when the last contact seen occurred (epoch milliseconds), and its position on the journal
 */
export function listContacts(
  on: Queryable,
  pairId: string,
  page: { withWords: boolean; after: [Instant, number] | null; limit: number },
): Promise<ContactRecord[]> {
  const [at, seq] = page.after ?? [null, null];
  const before = at === null ? null : new Date(at);
  return queryRows(on, contactsSql, pairId, page.withWords, before, seq, page.limit);
}

const unattachedSql = `
  select ${followUp} as "followUp" from journal s
  where s.pair_id = $1 and ${isSupport} and not exists (
    select from journal j
    where j.pair_id = s.pair_id and ${isContact('j')} and split_part(j.ref, '~', 1) = s.data->>'contactId')
  order by s.occurred_at desc, s.seq desc`;

/** Support actions of a pair that follow no contact that is known, newest first: none is lost for want of one (K12). */
export async function listUnattachedSupport(on: Queryable, pairId: string, withWords: boolean): Promise<FollowUp[]> {
  const rows = await queryRows<{ followUp: FollowUp }>(on, unattachedSql, pairId, withWords);
  return rows.map(({ followUp }) => followUp);
}

/** Identity on the journal of a contact of a pair, by the id that integrators know; null where there is none. */
export async function contactRef(on: Queryable, pairId: string, id: string): Promise<string | null> {
  const sql = `
    select ref from journal
    where pair_id = $1 and type = 'checkin.recorded' and data->>'retracts' is null and split_part(ref, '~', 1) = $2
    order by seq desc limit 1`;
  const [row] = await queryRows<{ ref: string }>(on, sql, pairId, id);
  return row?.ref ?? null;
}
