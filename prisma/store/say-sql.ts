import { messageColumns } from './messages.ts';

/** Of a case that is said again: everybody is called again since somebody answered (K6). */
const calledAgain = `(excluded.state = 'open' and cases.state = 'acknowledged'
  and coalesce(cases.acknowledged_at <= to_timestamp((excluded.details->>'callingSince')::float8 / 1000), false))`;

/** Takes the place of each say in the order of its owner's: answers the owners whose say is the newest. */
export const takeOrderSql = `
  with bound as materialized (select set_config('lock_timeout', $2, true))
  insert into says (owner, facts, at, next_at)
  select g.owner, g.facts, g.at, g."nextAt"
  from bound, jsonb_to_recordset($1::jsonb) as g(owner text, facts int, at timestamptz, "nextAt" timestamptz)
  order by g.owner
  on conflict (owner) do update set facts = excluded.facts, at = excluded.at, next_at = excluded.next_at
    where (says.facts, says.at) <= (excluded.facts, excluded.at)
  returning owner`;

/**
 * Every row that the says may change, locked, and with them those of the same mailboxes that a withdrawn one may free, and
 * all of whoever leaves by one of them (`$5`): in one order, so that the says of one person's pairs, and a claim, never wait
 * for each other in a circle.
 */
export const openRowsSql = `
  select ${messageColumns}, m.look_at >= m.expires_at as waits_for_facts from messages m
  where (m.owner = any($1::text[]) and (
      m.state in ('waiting', 'sending', 'unknown') or m.expires_at > $4 and (m.state = 'sent' or m.reason = 'merged')))
    or m.key = any($2::text[]) or m.step_key = any($3::text[])
    or m.state = 'waiting' and m.shard = 'people' and m.person_id = any(array(
      select o.person_id from messages o where o.owner = any($1::text[]) and o.state = 'waiting' and o.shard = 'people'))
    or m.state = 'waiting' and m.person_id = any($5::text[])
  order by m.id for update`;

/** Rows of messages as JSON carries them. */
export const rowsIn = (json: string): string => `
  select * from jsonb_to_recordset(${json}) as r(id text, key text, "stepKey" text, owner text,
    "programId" text, "pairIds" jsonb, "personId" text, role text, template text, variant text, channel text,
    "fallbackFrom" text, shard text, classification jsonb, fields jsonb, zone text, state text, reason text,
    planned boolean, "plannedFor" timestamptz, "notBefore" timestamptz, "expiresAt" timestamptz, "onlyIfSent" text,
    "mailTwin" text, "policyVersion" int, because jsonb, "acceptedAt" timestamptz, at timestamptz)`;

/** Inserts what is called `rows`; nobody has looked at it yet. */
export const insertRows = `
  insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel,
    fallback_from, shard, classification, fields, zone, bcc, state, reason, planned, planned_for, not_before, expires_at,
    look_at, only_if_sent, mail_twin, policy_version, because, accepted_at, updated_at)
  select id, key, "stepKey", owner, "programId", array(select jsonb_array_elements_text("pairIds")), "personId", role,
    template, variant, channel, "fallbackFrom", shard, classification, fields, zone, '{}', state, reason, planned,
    "plannedFor", "notBefore", "expiresAt", null, "onlyIfSent", "mailTwin", "policyVersion", because, "acceptedAt", at
  from rows`;

/**
 * The statement that writes says. One round trip however much there is to write; `$1` holds a list for every part, each
 * item with the owner and the instant of its say where they are needed. Every part touches a table of its own, so that
 * the parts do not depend on each other's order; lists at the top are what the planner takes for short.
 */
export const writeSaysSql = `
  with says as (
    select * from jsonb_to_recordset($1::jsonb->'says') as s(owner text, at timestamptz, program text, closed boolean,
      "pairId" text, settles boolean)
  ),
  rows as (${rowsIn("$1::jsonb->'rows'")}
  ),
  upserted as (${insertRows}
    on conflict (key) do update set
      person_id = excluded.person_id, role = excluded.role, template = excluded.template, variant = excluded.variant,
      channel = excluded.channel, fallback_from = excluded.fallback_from, fields = excluded.fields, zone = excluded.zone,
      state = excluded.state, reason = excluded.reason, planned_for = excluded.planned_for, not_before = excluded.not_before,
      expires_at = excluded.expires_at, look_at = null, only_if_sent = excluded.only_if_sent,
      mail_twin = excluded.mail_twin, policy_version = excluded.policy_version, because = excluded.because, gates = null,
      updated_at = excluded.updated_at
    where messages.state in ('waiting', 'skipped')
  ),
  changes as (
    select * from jsonb_to_recordset($1::jsonb->'changes') as c(key text, change text, at timestamptz)
  ),
  changed as (
    update messages m set
      state = case when c.change in ('withdrawn', 'expired') then 'skipped' else m.state end,
      reason = case when c.change in ('withdrawn', 'expired') then c.change else m.reason end,
      withdrawn = case c.change when 'marked' then true when 'unmarked' then false else m.withdrawn end,
      updated_at = c.at
    from changes c
    where m.key = c.key
  ),
  freed as (
    -- Rows that waited for the facts of a say, which are looked at again at their expiry only, also before their slot; and
    -- those of a mailbox in which a withdrawn row gives up its place: what goes at once has none.
    update messages m set look_at = null
    from (
      select w.id from says s join messages w on w.owner = s.owner
      where s.settles and w.state = 'waiting' and (w.not_before <= s.at or w.look_at >= w.expires_at)
      union
      select w.id from changes c join messages gone on gone.key = c.key join messages w on w.person_id = gone.person_id
      where c.change = 'withdrawn' and gone.shard = 'people' and w.state = 'waiting' and w.shard = 'people'
    ) f
    where m.id = f.id and m.look_at is not null
      and m.key not in (select key from rows) and m.key not in (select key from changes)
  ),
  named as (
    select * from jsonb_to_recordset($1::jsonb->'cases') as c(id text, key text, owner text, program text, kind text,
      pair_id text, assignee text, supervisor text, reason text, facts jsonb, details jsonb, opened_at timestamptz,
      withdrawn boolean, person_id text, acknowledged_at timestamptz, outcome text, at timestamptz)
  ),
  opened as (
    insert into cases (id, key, owner, kind, program_id, pair_id, person_id, state, assignee, supervisor, reason, facts, details,
      opened_at, outcome, acknowledged_at, ended_at)
    select id, key, owner, kind, program, pair_id, person_id,
      case when outcome is not null then 'resolved' when acknowledged_at is not null then 'acknowledged' else 'open' end,
      assignee, supervisor, reason, array(select jsonb_array_elements_text(facts)), details, opened_at, outcome,
      acknowledged_at, case when outcome is not null then at end
    from named where not withdrawn
    on conflict (key) do update set
      assignee = excluded.assignee, supervisor = excluded.supervisor, facts = excluded.facts, details = excluded.details,
      reason = excluded.reason, person_id = excluded.person_id, outcome = excluded.outcome,
      state = case when cases.state in ('withdrawn', 'open') or excluded.outcome is not null or ${calledAgain} then excluded.state
        else cases.state end,
      acknowledged_at = case when not ${calledAgain} then coalesce(cases.acknowledged_at, excluded.acknowledged_at) end,
      ended_at = case when cases.state = 'resolved' then cases.ended_at else excluded.ended_at end
    where cases.state <> 'resolved' or cases.outcome = 'moot' and excluded.outcome = 'moot'
  ),
  ending as (
    select c.id, 'resolved' as state, 'moot' as outcome, s.at
    from says s join cases c on c.pair_id = s."pairId"
    where s.closed and c.kind <> 'safety' and not (c.kind = 'flag' and c.details->>'priority' = 'immediate')
      and not exists (select 1 from named n where n.key = c.key)
    union all
    select c.id, 'withdrawn', null, s.at
    from says s join cases c on c.owner = s.owner
    where not s.closed and c.opened_by is null
      and not exists (select 1 from named n where n.key = c.key and not n.withdrawn)
  ),
  ended as (
    update cases c set
      state = e.state,
      outcome = coalesce(e.outcome, c.outcome),
      reason = coalesce((select n.reason from named n where n.key = c.key and n.withdrawn), c.reason),
      facts = coalesce((select array(select jsonb_array_elements_text(n.facts)) from named n where n.key = c.key), c.facts),
      ended_at = e.at
    from ending e
    where c.id = e.id and c.state in ('open', 'acknowledged')
  ),
  lines as (
    insert into case_entries (case_id, at, by, code, text)
    select l.case_id, l.at, 'tandem', l.code || ':' || l.ref, null
    from jsonb_to_recordset($1::jsonb->'lines') as l(case_id text, code text, ref text, at timestamptz)
    where exists (select 1 from cases c where c.id = l.case_id)
      and not exists (select 1 from case_entries e where e.case_id = l.case_id and e.code = l.code || ':' || l.ref)
  ),
  marked as (
    update journal j set state = 'applied', applied_order = m.applied_order, applied_at = m.applied_at, lease_until = null,
      effect = jsonb_build_object('cancelled', m.cancelled)
    from jsonb_to_recordset($1::jsonb->'marks') as m(seq bigint, applied_order int, applied_at timestamptz, cancelled jsonb)
    where j.seq = m.seq and j.state in ('recorded', 'asked')
  ),
  noted as (
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
      history, urgent, data, state, applied_order, applied_at)
    select 'tandem', 'policy.read:' || r.owner || ':' || r.version, '', 'policy.read-' || r.version, 'policy.read',
      r.pair_id, r.owner, r.program, r.pair_id, r.at, r.at, false, false,
      jsonb_build_object('version', r.version), 'applied', r.facts, r.at
    from jsonb_to_recordset($1::jsonb->'reads') as r(owner text, program text, pair_id text, version int, at timestamptz,
      facts int)
    on conflict (source, event_id) do nothing
  ),
  sets as (
    select * from jsonb_to_recordset($1::jsonb->'recordSets') as s(pair_id text, kind text, since text, keys jsonb)
  ),
  recorded as (
    insert into pair_records (pair_id, kind, key, program_id, person_id, day, data)
    select r.pair_id, r.kind, r.key, r.program, r.person_id, r.day, r.data
    from jsonb_to_recordset($1::jsonb->'records') as r(pair_id text, kind text, key text, program text, person_id text,
      day text, data jsonb)
    on conflict (pair_id, kind, key) do update
      set person_id = excluded.person_id, day = excluded.day, data = excluded.data
      where (pair_records.person_id, pair_records.day, pair_records.data)
        is distinct from (excluded.person_id, excluded.day, excluded.data)
  ),
  unrecorded as (
    delete from pair_records r using sets s
    where r.pair_id = s.pair_id and r.kind = s.kind and r.day >= s.since and not s.keys ? r.key
  ),
  performed as (
    insert into performed_steps (owner, key, performed_at, facts, step)
    select f.owner, f.key, f.at, f.facts, f.step
    from jsonb_to_recordset($1::jsonb->'fresh') as f(owner text, key text, at timestamptz, facts int, step jsonb)
    on conflict do nothing
  )
  update pairs p set
    state = w.state, paused = w.paused, policy_version = w.version, projection = w.projection,
    conversations = coalesce(w.conversations, p.conversations), meetings = coalesce(w.meetings, p.meetings),
    completed_at = case when w.retires then w.at else null end
  from jsonb_to_recordset($1::jsonb->'pairs') as w(id text, state text, version int, retires boolean, projection jsonb,
    at timestamptz, paused boolean, conversations int, meetings int)
  where p.id = w.id`;
