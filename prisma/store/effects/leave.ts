import type { Say } from '../../../policy/pair/say.ts';
import type { EffectStep } from '../../../policy/step.ts';
import type { Instant } from '../../../policy/time.ts';
import { execute, type Transaction } from '../../database.ts';
import { endRematchesOf } from '../rematches.ts';
import { endRequestsOf } from '../request-leaving.ts';

/**
 * Somebody leaves (T7, S4): every other pair of theirs is told that it is over, what they have pending with others ends, and
 * they are removed, so that nothing automated reaches them any more (M1). Their row is locked.
 */
export async function leave(
  on: Transaction,
  { personId }: Pick<EffectStep, 'personId'>,
  { owner, at }: Pick<Say, 'owner' | 'at'>,
): Promise<void> {
  await skipMessages(on, personId, at);
  await closeOtherPairs(on, personId, owner, at);
  await endRequestsOf(on, personId, at);
  await endRematchesOf(on, [personId], null);
  await markRemoved(on, personId, at);
}

/** What waits for them is given up at once, whoever has written it: who would be first to say why, were chance. */
async function skipMessages(on: Transaction, personId: string, now: Instant): Promise<void> {
  const sql = `
    with theirs as (select id from messages where person_id = $1 and state = 'waiting' order by id for update)
    update messages m set state = 'skipped', reason = 'removed', updated_at = $2::timestamptz,
      gates = coalesce(m.gates, '[]'::jsonb) || jsonb_build_array(jsonb_build_object('gate', 'removed', 'at', $2::timestamptz))
    from theirs where m.id = theirs.id`;
  await execute(on, sql, personId, new Date(now));
}

/** The other pairs close by an entry on their own journals, which the relay finds within a second. */
async function closeOtherPairs(on: Transaction, personId: string, owner: string, now: Instant): Promise<void> {
  const sql = `
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
      history, urgent, data, state)
    select 'tandem', note.ref, '', note.ref, 'pair.closed', p.id, p.owner, p.program_id, p.id, $3::timestamptz,
      $3::timestamptz, false, false, jsonb_build_object('reason', 'removed', 'personId', $1::text), 'recorded'
    from pairs p cross join lateral (select concat_ws(':', 'pair.closed', 'left', p.id, $1::text) as ref) note
    where $1 in (p.mentor_id, p.mentee_id) and p.owner <> $2 and p.state <> 'closed'
    order by p.id
    on conflict (source, event_id) do nothing`;
  await execute(on, sql, personId, owner, new Date(now));
}

async function markRemoved(on: Transaction, personId: string, now: Instant): Promise<void> {
  const person = `
    update people set removed_at = $2, available = false, version = version + 1, updated_at = $2
    where id = $1 and removed_at is null`;
  await execute(on, person, personId, new Date(now));
  const enrolments = `update enrolments set state = 'removed', state_at = $2 where person_id = $1 and state <> 'removed'`;
  await execute(on, enrolments, personId, new Date(now));
}
