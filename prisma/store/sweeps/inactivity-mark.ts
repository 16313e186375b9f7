import type { SweepStep } from '../../../policy/step.ts';
import { MINUTE } from '../../../policy/time.ts';
import { queryRows, type Transaction } from '../../database.ts';
import { shardOf } from '../messages.ts';
import { confirmRemoval, type InactivityParameters, inactiveReason } from './quiet.ts';
import { type BatchRow, batchOf, type Moved, movedBy, type SweepTerms } from './stage.ts';
import { sweepOwner } from './told.ts';

/**
 * Whoever was not heard of after a notice is marked unavailable, so that nobody asks them, and staff get a task to confirm
 * that they have left (S8). Those who were heard of have no notice any more. A cooldown and a place among those who wait for
 * a new counterpart stay (T5).
 */
const markSql = `
  with given as (
    select * from jsonb_to_record($1::jsonb) as g(program text, owner text, at timestamptz, by timestamptz, prefix text,
      coordinator text, classification jsonb, shard text, zone text, now timestamptz, "notBefore" timestamptz,
      "expiresAt" timestamptz, version int, removal text, reason text)
  ), batch as (
    select n.person_id from inactivity_notices n, given g
    where n.program_id = g.program and n.marked_at is null and n.noticed_at <= g.by and n.person_id > $2
    order by n.person_id limit $3::int
  ), locked as (
    select p.id from people p join batch b on b.person_id = p.id order by p.id for no key update of p
  ), marked as (
    update people p set available = false, leave_from = null, leave_until = null, unavailable_reason = g.reason,
      version = p.version + 1, updated_at = g.at
    from locked l, given g where p.id = l.id and p.removed_at is null and takes_part(p, g.at)
    returning p.id
  ), noted as (
    update inactivity_notices n set marked_at = g.at from marked m, given g
    where n.program_id = g.program and n.person_id = m.id
  ), tasks as (
    select m.id as person_id, g.prefix || m.id as key from marked m, given g
  ), opened as (
    insert into cases (id, key, owner, kind, program_id, person_id, state, assignee, reason, facts, details, opened_at)
    select 'case_' || md5(t.key), t.key, g.owner, 'task', g.program, t.person_id, 'open', g.coordinator, g.removal, '{}', '{}',
      g.at
    from tasks t, given g
    on conflict (key) do nothing
  ), told as (
    insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, channel, shard,
      classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
      accepted_at, updated_at)
    select 'msg_' || md5(k.key), k.key, t.key, g.owner, g.program, '{}', g.coordinator, 'coordinator', 'task', 'email', g.shard,
      g.classification, jsonb_build_object('reason', g.removal, 'subject', t.person_id), g.zone, '{}', 'waiting', false, g.at,
      g."notBefore", g."expiresAt", g.version, '{"rule": "S8", "facts": []}', g.now, g.now
    from tasks t, given g cross join lateral (select t.key || '/' || g.coordinator as key) k
    where g.coordinator is not null and g.coordinator <> t.person_id
    on conflict (key) do nothing
  )
  select (select count(*)::int from batch) as looked, (select max(person_id) from batch) as last,
    (select count(*)::int from marked) as changed`;

/** Mail to staff is of use for a week; after that the task itself speaks. */
const mailFor = 7 * 24 * 60 * MINUTE;

export async function markInactive(
  on: Transaction,
  sweep: SweepStep,
  terms: SweepTerms,
  after: string,
): Promise<Moved> {
  const document = JSON.stringify(givenOf(sweep, terms));
  const [row] = await queryRows<BatchRow>(on, markSql, document, after, batchOf(terms));
  return movedBy(row, terms);
}

function givenOf(sweep: SweepStep, { programId, policyVersion, zone, gatherMinutes, now, classify }: SweepTerms) {
  const { date, noticedBy, coordinator } = sweep.parameters as unknown as InactivityParameters;
  const classification = classify('task');
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    program: programId,
    owner: sweepOwner(programId, sweep.group),
    at: iso(sweep.at),
    by: iso(noticedBy),
    prefix: `${programId}/${date}/inactive/`,
    coordinator,
    classification,
    shard: shardOf(classification),
    zone,
    now: iso(now),
    notBefore: iso(Math.floor(now / MINUTE) * MINUTE + gatherMinutes * MINUTE),
    expiresAt: iso(sweep.at + mailFor),
    version: policyVersion,
    removal: confirmRemoval,
    reason: inactiveReason,
  };
}
