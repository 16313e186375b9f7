import type { Say } from '../../../policy/pair/say.ts';
import type { EffectStep } from '../../../policy/step.ts';
import { queryRows, type Transaction } from '../../database.ts';
import { noteToPairs } from '../notes.ts';
import { endRematchesOf } from '../rematches.ts';

/**
 * Marks somebody unavailable without an end, for a reason, until staff or they themselves say otherwise (T6, S4). Pairs that
 * they have go on.
 */
export async function unavailable(on: Transaction, { personId, details }: EffectStep, say: Say): Promise<void> {
  const sql = `
    update people set available = false, leave_from = null, leave_until = null, unavailable_reason = $2,
      version = version + 1, updated_at = $3
    where id = $1 and removed_at is null
      and (available or leave_from is not null or leave_until is not null or unavailable_reason is distinct from $2)
    returning version`;
  const [changed] = await queryRows<{ version: number }>(on, sql, personId, details.reason, new Date(say.at));
  await endRematchesOf(on, [personId], say.programId);
  if (!changed) return;
  const data = { personId, version: changed.version };
  await noteToPairs(on, 'person', { type: 'person.changed', subjectId: personId, data, ...changed, now: say.at });
}
