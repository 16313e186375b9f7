import { pairEventNames } from '../../../policy/event.ts';
import type { SweepStep } from '../../../policy/step.ts';
import { HOUR } from '../../../policy/time.ts';
import { execute, queryRows, type Transaction } from '../../database.ts';
import type { Moved, SweepTerms } from './stage.ts';

/**
 * Gathers from the journal when people were last heard of, for all programs at once, and remembers how far it has read: a
 * look of another program, or of the next day, reads only what has come since.
 */

const watermark = 'activity';
/** Entries in one transaction. */
const entriesAtOnce = 20_000;
/** Numbers are given out before their entries are committed: what is younger than this is read again the next time. */
const settledAfter = HOUR;

/**
 * A report is of who gave it, a contact of whom it was with, a meeting of those who were there; asking for a mentor and
 * answering count as well. What takes a report back says nothing of its own.
 */
const gatherSql = `
  with entries as (
    select j.seq, j.type, j.subject, j.pair_id, j.data, j.occurred_at from journal j
    where j.seq > $1 and j.seq <= $2 and j.state in ('recorded', 'applied', 'noted') and not j.data ? 'retracts'
  ), heard as (
    select case named.who when 'mentor' then p.mentor_id when 'mentee' then p.mentee_id else named.who end as person_id,
      j.occurred_at
    from entries j join pairs p on p.id = j.pair_id
    cross join lateral (
      select case when j.type = 'checkin.recorded' then j.data->>'respondent' else j.data->>'by' end as who
      union all
      select present from jsonb_array_elements_text(
        case when jsonb_typeof(j.data->'present') = 'array' then j.data->'present' else '[]' end) present
      where j.data->>'occurred' = 'true'
    ) named
    where j.type = any($3::text[]) and named.who in ('mentor', 'mentee', p.mentor_id, p.mentee_id)
    union all
    select subject, occurred_at from entries where type like 'person.%'
    union all
    select case when r.kind = 'offer' then r.mentor_id else r.mentee_id end, j.occurred_at
    from entries j join requests r on r.id = j.subject where j.type = 'request.opened'
    union all
    select r.ended_by, j.occurred_at
    from entries j join requests r on r.id = j.subject where j.type = 'request.ended' and r.ended_by is not null
  )
  insert into person_activity (person_id, last_at)
  select person_id, max(occurred_at) from heard where person_id is not null group by person_id order by person_id
  on conflict (person_id) do update set last_at = excluded.last_at where person_activity.last_at < excluded.last_at`;

export async function gatherActivity(
  on: Transaction,
  _sweep: SweepStep,
  terms: SweepTerms,
  after: string,
): Promise<Moved> {
  const from = after === '' ? await lockWatermark(on) : BigInt(after);
  const [newest] = await queryRows<{ seq: bigint }>(on, 'select coalesce(max(seq), 0) as seq from journal');
  const last = newest?.seq ?? 0n;
  const full = from + BigInt(entriesAtOnce);
  const to = full < last ? full : last;
  const changed = to > from ? await execute(on, gatherSql, from, to, [...pairEventNames]) : 0;
  await raiseWatermark(on, from, to, terms);
  return { after: to < last ? String(to) : null, changed };
}

async function lockWatermark(on: Transaction): Promise<bigint> {
  await execute(on, 'insert into watermarks (name, seq) values ($1, 0) on conflict do nothing', watermark);
  const sql = 'select seq from watermarks where name = $1 for update';
  const [row] = await queryRows<{ seq: bigint }>(on, sql, watermark);
  return row?.seq ?? 0n;
}

async function raiseWatermark(on: Transaction, from: bigint, to: bigint, { now }: SweepTerms): Promise<void> {
  const sql = `
    update watermarks w set seq = settled.seq
    from (select max(seq) as seq from journal where seq > $2 and seq <= $3 and received_at <= $4::timestamptz) settled
    where w.name = $1 and settled.seq > w.seq`;
  await execute(on, sql, watermark, from, to, new Date(now - settledAfter));
}
