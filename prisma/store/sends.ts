import type { Verdict } from '../../policy/mailbox/decide.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { isExempt } from '../../policy/mailbox/row.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows } from '../database.ts';

/** The sending side of the ledger: verdicts written, sends claimed, outcomes recorded. */

/** One hand-over that is to be claimed. */
export interface PlannedSend {
  id: string;
  personId: string;
  channel: MessageRow['channel'];
  rows: MessageRow[];
  bcc: string[];
  subject: string | null;
  body: string;
}

export type SendOutcome =
  | { kind: 'accepted'; providerId: string }
  | { kind: 'not_sent'; code: string; retryAt: Instant }
  | { kind: 'unknown'; code: string }
  | { kind: 'failed'; code: string };

function wireVerdict(verdict: Exclude<Verdict, { act: 'send' }>): Record<string, unknown> {
  const base = { id: verdict.row.id, gate: verdict.gate, state: 'waiting', reason: null, look: null, channel: null };
  if (verdict.act === 'skip') return { ...base, state: 'skipped', reason: verdict.reason };
  if (verdict.act === 'fall-back') return { ...base, channel: verdict.to };
  return { ...base, reason: verdict.reason, look: new Date(verdict.until).toISOString() };
}

/** Writes what the mailbox said of rows that do not go now: when to look again, or why they never go. */
export async function writeVerdicts(on: Queryable, verdicts: Verdict[], now: Instant): Promise<void> {
  const changes = verdicts.filter((verdict) => verdict.act !== 'send').map(wireVerdict);
  if (changes.length === 0) return;
  await execute(
    on,
    `update messages m set state = c.state, reason = c.reason, look_at = c.look,
       fallback_from = case when c.channel is null then m.fallback_from else m.channel end,
       channel = coalesce(c.channel, m.channel),
       gates = coalesce(m.gates, '[]'::jsonb) || case when c.state = 'skipped' or c.channel is not null or c.reason is not null
         then jsonb_build_array(jsonb_build_object('gate', c.gate, 'at', $2::timestamptz)) else '[]'::jsonb end,
       updated_at = $2
     from jsonb_to_recordset($1::jsonb) as c(id text, gate text, state text, reason text, look timestamptz, channel text)
     where m.id = c.id and m.state = 'waiting'`,
    JSON.stringify(changes),
    new Date(now),
  );
}

/**
 * Claims sends: from this commit on they count as sent until the opposite is proven (M9). The rows must be locked.
 * @param leaseSeconds wall time after which a claimed send that was not recorded is unknown
 */
export async function claimSends(
  on: Queryable,
  sends: PlannedSend[],
  provider: string,
  now: Instant,
  leaseSeconds: number,
): Promise<void> {
  const given = sends.map(({ rows, ...send }) => ({
    ...send,
    exempt: rows.every((row) => isExempt(row.classification)),
    priority: Math.min(...rows.map((row) => row.classification.priority)),
    messages: rows.map((row) => row.id),
    bcc: send.bcc,
  }));
  await execute(
    on,
    `with given as (
       select * from jsonb_to_recordset($1::jsonb) as g(id text, "personId" text, channel text, exempt boolean, priority int,
         subject text, body text, messages jsonb, bcc jsonb)
     ), claimed as (
       insert into sends (id, person_id, channel, state, exempt, priority, claimed_at, lease_until, provider, subject, body)
       select id, "personId", channel, 'claimed', exempt, priority, $2, now() + make_interval(secs => $4), $3, subject, body
       from given
     )
     update messages m set state = 'sending', reason = null, send_id = g.id, look_at = null, updated_at = $2,
       bcc = array(select jsonb_array_elements_text(g.bcc))
     from given g, jsonb_array_elements_text(g.messages) as row_id
     where m.id = row_id and m.state = 'waiting'`,
    JSON.stringify(given),
    new Date(now),
    provider,
    leaseSeconds,
  );
}

/**
 * Records what became of claimed sends. Of merged rows one becomes `sent` and names every pair, the others `merged`; a
 * send that did not go out gives its rows back, or gives them up where they were withdrawn meanwhile.
 */
export async function recordOutcomes(
  on: Queryable,
  outcomes: Array<{ id: string; outcome: SendOutcome }>,
  now: Instant,
): Promise<void> {
  const given = outcomes.map(({ id, outcome }) => ({
    id,
    kind: outcome.kind,
    provider_id: outcome.kind === 'accepted' ? outcome.providerId : null,
    code: outcome.kind === 'accepted' ? null : outcome.code,
    look: outcome.kind === 'not_sent' ? new Date(outcome.retryAt).toISOString() : null,
  }));
  await execute(
    on,
    `with given as (
       select * from jsonb_to_recordset($1::jsonb) as g(id text, kind text, provider_id text, code text, look timestamptz)
     ), ended as (
       update sends s set state = g.kind, outcome = g.code, provider_id = coalesce(g.provider_id, s.provider_id),
         provider_status = case g.kind when 'accepted' then 'accepted' else s.provider_status end,
         ended_at = case when g.kind = 'unknown' then null else $2::timestamptz end
       from given g where s.id = g.id and s.state in ('claimed', 'unknown')
       returning s.id, s.claimed_at
     ), members as (
       select m.id, m.withdrawn, g.kind, g.look, e.claimed_at,
         row_number() over (partition by m.send_id order by m.key) as place,
         (select array_agg(distinct pair order by pair) from messages o, unnest(o.pair_ids) pair where o.send_id = m.send_id)
           as all_pairs
       from messages m join ended e on e.id = m.send_id join given g on g.id = e.id
       where m.state in ('sending', 'unknown')
     )
     update messages m set
       state = case c.kind when 'accepted' then case when c.place = 1 then 'sent' else 'skipped' end
         when 'unknown' then 'unknown' when 'failed' then 'failed'
         else case when c.withdrawn then 'skipped' else 'waiting' end end,
       reason = case c.kind when 'accepted' then case when c.place = 1 then null else 'merged' end
         when 'failed' then 'provider_refused'
         when 'not_sent' then case when c.withdrawn then 'withdrawn' else null end else m.reason end,
       sent_at = case when c.kind = 'accepted' then c.claimed_at else m.sent_at end,
       pair_ids = case when c.kind = 'accepted' and c.place = 1 then coalesce(c.all_pairs, m.pair_ids) else m.pair_ids end,
       send_id = case when c.kind = 'not_sent' then null else m.send_id end,
       look_at = case when c.kind = 'not_sent' then c.look else m.look_at end,
       withdrawn = case when c.kind = 'unknown' then m.withdrawn else false end,
       updated_at = $2
     from members c where m.id = c.id`,
    JSON.stringify(given),
    new Date(now),
  );
}

/** An open send whose lease has ended: its rows are unknown until its channel says what became of it. */
export interface UnsettledSend {
  id: string;
  channel: MessageRow['channel'];
  personId: string;
}

/**
 * Takes sends of a provider whose lease has ended, for settling; nobody else gets them for `leaseSeconds`. Those of
 * another provider become unknown too, and are left to who can ask it.
 */
export async function takeUnsettled(
  database: Database,
  provider: string,
  limit: number,
  leaseSeconds: number,
): Promise<UnsettledSend[]> {
  const rows = await queryRows<{ id: string; channel: string; person_id: string }>(
    database,
    `with open as (
       select id from sends where state in ('claimed', 'unknown') and lease_until < now()
         and (provider = $3 or state = 'claimed')
       order by lease_until limit $1 for update skip locked
     ), taken as (
       update sends s set state = 'unknown',
         lease_until = case when provider = $3 then now() + make_interval(secs => $2) else lease_until end
       from open where s.id = open.id returning s.id, s.channel, s.person_id, s.provider
     ), rows as (
       update messages m set state = 'unknown' from taken where m.send_id = taken.id and m.state = 'sending'
     )
     select id, channel, person_id from taken where provider = $3`,
    limit,
    leaseSeconds,
    provider,
  );
  return rows.map((row) => ({ id: row.id, channel: row.channel as MessageRow['channel'], personId: row.person_id }));
}

/** The soonest instant at which the dispatcher of a shard has to look again; null when nothing waits. */
export async function nextLookAt(on: Queryable, shard: string): Promise<Instant | null> {
  const rows = await queryRows<{ next: Date | null }>(
    on,
    `select min(coalesce(look_at, 'epoch'::timestamptz)) as next from messages where state = 'waiting' and shard = $1`,
    shard,
  );
  return rows[0]?.next?.getTime() ?? null;
}

/** Age in seconds of the oldest row that should have been looked at, by shard (the relay nudges what is over 5 s due). */
export async function overdueShards(
  database: Database,
  now: Instant,
): Promise<Array<{ shard: string; seconds: number }>> {
  const rows = await queryRows<{ shard: string; seconds: number }>(
    database,
    `select shard, extract(epoch from $1::timestamptz - min(coalesce(look_at, updated_at)))::float8 as seconds
     from messages where state = 'waiting' and coalesce(look_at, updated_at) <= $1 group by shard`,
    new Date(now),
  );
  return rows;
}
