import type { Verdict } from '../../policy/mailbox/decide.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { isExempt } from '../../policy/mailbox/row.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows } from '../database.ts';

/** The sending side of the ledger: verdicts written, sends claimed. */

/** One hand-over that is to be claimed. */
export interface PlannedSend {
  id: string;
  personId: string;
  channel: MessageRow['channel'];
  /** Who carries it, and after how many seconds of wall time a claim that was not recorded is unknown. */
  provider: string;
  leaseSeconds: number;
  /** The address or number, as it is while the person is locked. */
  address: string;
  rows: MessageRow[];
  bcc: string[];
  subject: string | null;
  body: string;
  /** Until when a provider may still deliver it. */
  deliverBy: Instant;
}

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

/** Claims sends: from this commit on they count as sent until the opposite is proven (M9). The rows must be locked. */
export async function claimSends(on: Queryable, sends: PlannedSend[], now: Instant): Promise<void> {
  const given = sends.map(({ rows, deliverBy: _deliverBy, ...send }) => ({
    ...send,
    exempt: rows.every((row) => isExempt(row.classification)),
    priority: Math.min(...rows.map((row) => row.classification.priority)),
    messages: rows.map((row) => row.id),
  }));
  await execute(
    on,
    `with given as (
       select *, array(select jsonb_array_elements_text(messages)) as message_ids
       from jsonb_to_recordset($1::jsonb) as g(id text, "personId" text, channel text, provider text, "leaseSeconds" float8,
         address text, exempt boolean, priority int, subject text, body text, messages jsonb, bcc jsonb)
     ), claimed as (
       insert into sends (id, person_id, channel, message_ids, address, state, exempt, priority, claimed_at, lease_until,
         provider, subject, body)
       select id, "personId", channel, message_ids, address, 'claimed', exempt, priority, $2,
         now() + make_interval(secs => "leaseSeconds"), provider, subject, body
       from given
     )
     update messages m set state = 'sending', reason = null, send_id = g.id, look_at = null, updated_at = $2,
       bcc = array(select jsonb_array_elements_text(g.bcc))
     from given g where m.id = any(g.message_ids) and m.state = 'waiting'`,
    JSON.stringify(given),
    new Date(now),
  );
}

/** The soonest instant at which the dispatcher of a shard has to look again; null when nothing waits. */
export async function nextLookAt(on: Queryable, shard: string): Promise<Instant | null> {
  const rows = await queryRows<{ next: Date }>(
    on,
    `select coalesce(look_at, 'epoch'::timestamptz) as next from messages
     where state = 'waiting' and shard = $1 order by look_at nulls first limit 1`,
    shard,
  );
  return rows[0]?.next.getTime() ?? null;
}

/** Age in seconds of the oldest row that should have been looked at, by shard (the relay nudges what is over 5 s due). */
export async function overdueShards(
  database: Database,
  now: Instant,
): Promise<Array<{ shard: string; seconds: number }>> {
  const rows = await queryRows<{ shard: string; seconds: number }>(
    database,
    `select shard, extract(epoch from $1::timestamptz - min(coalesce(look_at, updated_at)))::float8 as seconds
     from messages where state = 'waiting' and (look_at <= $1 or look_at is null and updated_at <= $1) group by shard`,
    new Date(now),
  );
  return rows;
}
