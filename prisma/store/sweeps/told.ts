import type { SweepStep } from '../../../policy/step.ts';
import type { Instant } from '../../../policy/time.ts';
import { execute, type Transaction } from '../../database.ts';
import { shardOf } from '../messages.ts';
import type { SweepTerms } from './stage.ts';

/** The messages of sweeps. They belong to the group of the sweep, so that no workflow's say takes them for its own. */

/** Who owns the messages of a group of sweeps. */
export function sweepOwner(programId: string, group: string): string {
  return `sweep:${programId}:${group}`;
}

export interface SweptMessage {
  /** What is said, without the person. */
  stepKey: string;
  template: string;
  variant: string | null;
  expiresAt: Instant;
  fields: Record<string, unknown>;
  rule: string;
}

/** The message as `toldPeople` takes it, in JSON. */
export function messageFor(sweep: SweepStep, terms: SweepTerms, message: SweptMessage): string {
  const { programId, policyVersion, zone, now, classify } = terms;
  const { rule, expiresAt, ...rest } = message;
  const classification = classify(message.template, message.variant);
  return JSON.stringify({
    ...rest,
    owner: sweepOwner(programId, sweep.group),
    programId,
    policyVersion,
    zone,
    classification,
    shard: shardOf(classification),
    slot: new Date(sweep.at).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    because: { rule, facts: [] },
    now: new Date(now).toISOString(),
  });
}

/**
 * The statement by which the message in `$1` is written to all of `people (person_id, role)`, each person once; a part of
 * the statement that has found them.
 */
export function toldPeople(people: string): string {
  return `
    insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel, shard,
      classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
      accepted_at, updated_at)
    select 'msg_' || md5(k.key), k.key, m."stepKey", m.owner, m."programId", '{}', told.person_id, told.role, m.template,
      m.variant, 'email', m.shard, m.classification, m.fields, m.zone, '{}', 'waiting', true, m.slot, m.slot, m."expiresAt",
      m."policyVersion", m.because, m.now, m.now
    from ${people} told
    cross join jsonb_to_record($1::jsonb) as m("stepKey" text, owner text, "programId" text, template text, variant text,
      shard text, classification jsonb, fields jsonb, zone text, slot timestamptz, "expiresAt" timestamptz,
      "policyVersion" int, because jsonb, now timestamptz)
    cross join lateral (select m."stepKey" || '/' || told.person_id as key) k
    on conflict (key) do nothing`;
}

/**
 * Takes back what sweeps have said to these people and is no longer true: what waits is withdrawn, what was claimed is not
 * handed over again. Locked in the order of ids, as all do who lock several rows.
 */
export function withdrawTold(
  on: Transaction,
  told: { programId: string; personIds: string[]; template: string },
  now: Instant,
): Promise<number> {
  const sql = `
    with theirs as (
      select m.id from messages m
      where m.person_id = any($2::text[]) and m.program_id = $1 and m.template = $3 and m.owner like 'sweep:%'
        and m.state in ('waiting', 'sending', 'unknown')
      order by m.id for update
    )
    ${withdrawing('$4')}`;
  return execute(on, sql, told.programId, told.personIds, told.template, new Date(now));
}

/** Takes back what waits of a program's sweeps of other groups than these. */
export function withdrawOtherGroups(
  on: Transaction,
  programId: string,
  groups: string[],
  now: Instant,
): Promise<number> {
  const sql = `
    with theirs as (
      select m.id from messages m
      where m.state = 'waiting' and m.shard = 'urgent' and m.program_id = $1 and m.owner like 'sweep:%'
        and not m.owner = any($2::text[])
      order by m.id for update
    )
    ${withdrawing('$3')}`;
  const owners = groups.map((group) => sweepOwner(programId, group));
  return execute(on, sql, programId, owners, new Date(now));
}

function withdrawing(now: string): string {
  return `
    update messages m set withdrawn = m.state <> 'waiting', updated_at = ${now},
      reason = case when m.state = 'waiting' then 'withdrawn' else m.reason end,
      state = case when m.state = 'waiting' then 'skipped' else m.state end
    from theirs where m.id = theirs.id`;
}
