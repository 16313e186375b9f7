import type { SendOutcome } from '../../policy/delivery/consequences.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, type Queryable, queryRows, type Transaction } from '../database.ts';
import { inTransaction } from './in-transaction.ts';
import { type Consequences, carryOutConsequences } from './send-consequences.ts';

/** What became of sends: recorded once for each, and together with what it means for others. */

export interface RecordedOutcome {
  id: string;
  outcome: SendOutcome;
  /** A report that came after acceptance; without it the send is still open. */
  reported?: boolean;
}

/** Whether recording an outcome may write to staff: somebody then has to wake their dispatcher. */
export function tellsStaff({ outcome }: RecordedOutcome): boolean {
  return outcome.kind === 'failed' ? outcome.alert : outcome.kind === 'not_sent' && outcome.park === true;
}

/** Whether an outcome concerns more than the messages of its send. */
function reachesFurther({ outcome }: RecordedOutcome): boolean {
  if (outcome.kind === 'failed') return outcome.alert;
  return outcome.kind === 'not_sent' && Boolean(outcome.suppress || outcome.park || outcome.limitedUntil);
}

/**
 * Records outcomes: one statement, or one transaction where an outcome also suppresses an address, closes a channel or
 * needs a person. Answers the ids of the sends that were still open, or accepted where the outcome was reported.
 */
export async function recordOutcomes(
  database: Database,
  outcomes: RecordedOutcome[],
  now: Instant,
  consequences: Consequences,
): Promise<string[]> {
  if (!outcomes.some(reachesFurther)) return writeOutcomes(database, outcomes, now);
  return inTransaction(database, (tx) => recordOutcomesIn(tx, outcomes, now, consequences));
}

/** The same inside a transaction. */
export async function recordOutcomesIn(
  tx: Transaction,
  outcomes: RecordedOutcome[],
  now: Instant,
  consequences: Consequences,
): Promise<string[]> {
  const ended = await writeOutcomes(tx, outcomes, now);
  const ids = new Set(ended);
  const further = outcomes.filter((one) => reachesFurther(one) && ids.has(one.id));
  if (further.length > 0) await carryOutConsequences(tx, further, now, consequences);
  return ended;
}

function wireOutcome({ id, outcome, reported = false }: RecordedOutcome): Record<string, unknown> {
  const notSent = outcome.kind === 'not_sent' ? outcome : null;
  return {
    id,
    kind: outcome.kind,
    reported,
    provider_id: outcome.kind === 'accepted' ? outcome.providerId : null,
    code: outcome.kind === 'accepted' ? null : outcome.code,
    look: notSent ? new Date(notSent.retryAt).toISOString() : null,
    counts: notSent?.counts ?? false,
    passing: notSent?.passing ?? false,
  };
}

/**
 * Of merged rows one becomes `sent` and names every pair, the others `merged`. A send that did not go out, or that was
 * reported as not delivered, gives its rows back, or gives them up where they were withdrawn meanwhile (M6). Sends are
 * locked in the order of their ids, and then their messages, so that those who record, report and say never wait for each
 * other in a circle.
 */
async function writeOutcomes(on: Queryable, outcomes: RecordedOutcome[], now: Instant): Promise<string[]> {
  const rows = await queryRows<{ id: string }>(
    on,
    `with given as (
       select * from jsonb_to_recordset($1::jsonb) as g(id text, kind text, reported boolean, provider_id text, code text,
         look timestamptz, counts boolean, passing boolean)
     ), locked as (
       select s.id from sends s join given g on g.id = s.id order by s.id for update of s
     ), ended as (
       update sends s set
         state = case when g.reported and g.kind <> 'accepted' then 'undelivered' else g.kind end,
         outcome = g.code, provider_id = coalesce(nullif(g.provider_id, ''), s.provider_id),
         provider_status = case when g.kind = 'accepted' then coalesce(s.provider_status, 'accepted') else s.provider_status end,
         ended_at = case when g.kind = 'unknown' then null else $2::timestamptz end
       from locked l join given g on g.id = l.id
       where s.id = l.id and (s.state in ('claimed', 'unknown') or g.reported and s.state = 'accepted' and g.kind <> 'accepted')
       returning s.id, s.claimed_at
     ), theirs as (
       -- As they are once they are locked: a say may withdraw one until then.
       select m.id, m.key, m.send_id, m.withdrawn, g.kind, g.look, g.counts, g.passing, e.claimed_at
       from messages m join ended e on e.id = m.send_id join given g on g.id = e.id
       where m.state in ('sending', 'unknown') or g.reported and (m.state = 'sent' or m.reason = 'merged')
       order by m.id for update of m
     ), members as (
       select t.*, row_number() over (partition by t.send_id order by t.key) as place,
         (select array_agg(distinct pair order by pair) from messages o, unnest(o.pair_ids) pair where o.send_id = t.send_id)
           as all_pairs
       from theirs t
     ), written as (
       update messages m set
         state = case c.kind when 'accepted' then case when c.place = 1 then 'sent' else 'skipped' end
           when 'unknown' then 'unknown' when 'failed' then 'failed'
           else case when c.withdrawn then 'skipped' else 'waiting' end end,
         reason = case c.kind when 'accepted' then case when c.place = 1 then null else 'merged' end
           when 'failed' then 'provider_refused'
           when 'not_sent' then case when c.withdrawn then 'withdrawn' else null end else m.reason end,
         sent_at = case c.kind when 'accepted' then c.claimed_at when 'unknown' then m.sent_at else null end,
         pair_ids = case
           when c.kind = 'accepted' and c.place = 1 then coalesce(c.all_pairs, m.pair_ids)
           when c.kind = 'not_sent' and m.owner like 'pair:%' then array[split_part(m.owner, ':', 3)]
           else m.pair_ids end,
         send_id = case when c.kind = 'not_sent' then null else m.send_id end,
         look_at = case when c.kind = 'not_sent' then c.look else m.look_at end,
         withdrawn = case when c.kind in ('unknown', 'accepted') then m.withdrawn else false end,
         attempts = m.attempts + case when c.counts then 1 else 0 end,
         retried_passing = m.retried_passing or c.passing,
         updated_at = $2
       from members c where m.id = c.id
     )
     select id from ended`,
    JSON.stringify(outcomes.map(wireOutcome)),
    new Date(now),
  );
  return rows.map((row) => row.id);
}
