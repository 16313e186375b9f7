/**
 * The statement that writes a say. One round trip however much there is to write; `$1` is the say as a JSON document.
 * Every part touches a table of its own, so that the parts of the statement do not depend on each other's order.
 */
export const writeSaySql = `
  with say as (select $1::jsonb as d),
  rows as (
    select r.* from say, jsonb_to_recordset(d->'rows') as r(id text, key text, "stepKey" text, owner text, "programId" text,
      "pairIds" jsonb, "personId" text, role text, template text, variant text, channel text, "fallbackFrom" text, shard text,
      classification jsonb, fields jsonb, zone text, state text, reason text, planned boolean, "plannedFor" timestamptz,
      "notBefore" timestamptz, "expiresAt" timestamptz, "onlyIfSent" text, "policyVersion" int, because jsonb,
      "acceptedAt" timestamptz)
  ),
  upserted as (
    insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel,
      fallback_from, shard, classification, fields, zone, bcc, state, reason, planned, planned_for, not_before, expires_at,
      look_at, only_if_sent, policy_version, because, accepted_at, updated_at)
    select id, key, "stepKey", owner, "programId", array(select jsonb_array_elements_text("pairIds")), "personId", role,
      template, variant, channel, "fallbackFrom", shard, classification, fields, zone, '{}', state, reason, planned,
      "plannedFor", "notBefore", "expiresAt", null, "onlyIfSent", "policyVersion", because, "acceptedAt",
      (select (d->>'at')::timestamptz from say)
    from rows
    on conflict (key) do update set
      person_id = excluded.person_id, role = excluded.role, template = excluded.template, variant = excluded.variant,
      channel = excluded.channel, fallback_from = excluded.fallback_from, fields = excluded.fields, zone = excluded.zone,
      state = excluded.state, reason = excluded.reason, planned_for = excluded.planned_for, not_before = excluded.not_before,
      expires_at = excluded.expires_at, look_at = null, only_if_sent = excluded.only_if_sent,
      policy_version = excluded.policy_version, because = excluded.because, gates = null, updated_at = excluded.updated_at
    where messages.state in ('waiting', 'skipped')
  ),
  changed as (
    update messages m set
      state = case when c.change in ('withdrawn', 'expired') then 'skipped' else m.state end,
      reason = case when c.change in ('withdrawn', 'expired') then c.change else m.reason end,
      withdrawn = case c.change when 'marked' then true when 'unmarked' then false else m.withdrawn end,
      updated_at = (d->>'at')::timestamptz
    from say, (
      select jsonb_array_elements_text(d->'withdrawn') as key, 'withdrawn' as change from say
      union all select jsonb_array_elements_text(d->'expired'), 'expired' from say
      union all select jsonb_array_elements_text(d->'marked'), 'marked' from say
      union all select jsonb_array_elements_text(d->'unmarked'), 'unmarked' from say
    ) c
    where m.key = c.key
  ),
  freed as (
    -- Rows that waited for the facts of this say, and those of a mailbox in which a withdrawn row gives up its place.
    update messages m set look_at = null from say
    where m.state = 'waiting' and m.key not in (select key from rows)
      and not (d->'withdrawn' ? m.key) and not (d->'expired' ? m.key)
      and (
        jsonb_array_length(d->'marks') > 0 and m.owner = d->>'owner' and m.not_before <= (d->>'at')::timestamptz
        or m.person_id in (select w.person_id from messages w where d->'withdrawn' ? w.key)
      )
  ),
  named as (
    select c.* from say, jsonb_to_recordset(d->'cases') as c(id text, key text, kind text, pair_id text, assignee text,
      supervisor text, reason text, facts jsonb, details jsonb, opened_at timestamptz, withdrawn boolean)
  ),
  opened as (
    insert into cases (id, key, owner, kind, program_id, pair_id, state, assignee, supervisor, reason, facts, details, opened_at)
    select id, key, d->>'owner', kind, d->>'program', pair_id, 'open', assignee, supervisor, reason,
      array(select jsonb_array_elements_text(facts)), details, opened_at
    from say, named where not named.withdrawn
    on conflict (key) do update set
      assignee = excluded.assignee, supervisor = excluded.supervisor, facts = excluded.facts, details = excluded.details,
      reason = excluded.reason,
      state = case when cases.state = 'withdrawn' then 'open' else cases.state end,
      ended_at = case when cases.state = 'withdrawn' then null else cases.ended_at end
    where cases.state <> 'resolved'
  ),
  ended as (
    update cases c set
      state = case when (d->>'closed')::boolean then 'resolved' else 'withdrawn' end,
      outcome = case when (d->>'closed')::boolean then 'moot' else c.outcome end,
      reason = coalesce((select n.reason from named n where n.key = c.key and n.withdrawn), c.reason),
      facts = coalesce((select array(select jsonb_array_elements_text(n.facts)) from named n where n.key = c.key), c.facts),
      ended_at = (d->>'at')::timestamptz
    from say
    where c.state in ('open', 'acknowledged')
      and case
        when (d->>'closed')::boolean then c.pair_id = d->'pair'->>'id' and c.kind <> 'safety'
          and not (c.kind = 'flag' and c.details->>'priority' = 'immediate')
        else c.owner = d->>'owner' and c.opened_by is null
          and not exists (select 1 from named n where n.key = c.key and not n.withdrawn)
      end
  ),
  lines as (
    insert into case_entries (case_id, at, by, code, text)
    select l.case_id, (d->>'at')::timestamptz, 'tandem', l.code || ':' || l.ref, null
    from say, jsonb_to_recordset(d->'lines') as l(case_id text, code text, ref text)
    where exists (select 1 from cases c where c.id = l.case_id)
      and not exists (select 1 from case_entries e where e.case_id = l.case_id and e.code = l.code || ':' || l.ref)
  ),
  marked as (
    update journal j set state = 'applied', applied_order = m.applied_order, applied_at = m.applied_at, lease_until = null,
      effect = jsonb_build_object('cancelled', d->'withdrawn')
    from say, jsonb_to_recordset(d->'marks') as m(seq bigint, applied_order int, applied_at timestamptz)
    where j.seq = m.seq and j.state in ('recorded', 'asked')
  ),
  noted as (
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
      history, urgent, data, state, applied_order, applied_at)
    select 'tandem', 'policy.read:' || (d->>'owner') || ':' || r.version, '', 'policy.read-' || r.version, 'policy.read',
      d->'pair'->>'id', d->>'owner', d->>'program', d->'pair'->>'id', r.at, r.at, false, false,
      jsonb_build_object('version', r.version), 'applied', (d->>'facts')::int, r.at
    from say, jsonb_to_recordset(d->'reads') as r(version int, at timestamptz)
    on conflict (source, event_id) do nothing
  ),
  performed as (
    insert into performed_steps (owner, key, performed_at, facts, step)
    select d->>'owner', f.key, (d->>'at')::timestamptz, (d->>'facts')::int, f.step
    from say, jsonb_to_recordset(d->'fresh') as f(key text, step jsonb)
    on conflict do nothing
  )
  update pairs p set
    state = d->'pair'->>'state', policy_version = (d->'pair'->>'version')::int, projection = d->'pair'->'projection',
    completed_at = case when (d->'pair'->>'retires')::boolean then (d->>'at')::timestamptz else null end
  from say where d->'pair' <> 'null'::jsonb and p.id = d->'pair'->>'id'`;
