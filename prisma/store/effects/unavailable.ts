import type { Say } from '../../../policy/pair/say.ts';
import type { EffectStep } from '../../../policy/step.ts';
import { queryRows, type Transaction } from '../../database.ts';
import { noteToPairs } from '../notes.ts';
import { notToBeMatched } from '../people.ts';

/**
 * Marks somebody unavailable without an end, for a reason, until staff or they themselves say otherwise (T6, S4). Pairs that
 * they have go on, a cooldown too, and who is not to be matched again stays so.
 */
export async function unavailable(on: Transaction, { personId, details }: EffectStep, say: Say): Promise<void> {
  const sql = `
    update people set available = false, leave_from = null, leave_until = null, version = version + 1, updated_at = $3,
      unavailable_reason = case when not available and unavailable_reason = $4 then $4 else $2 end
    where id = $1 and removed_at is null
      and (available or leave_from is not null or leave_until is not null or coalesce(unavailable_reason, '') not in ($2, $4))
    returning version`;
  const at = new Date(say.at);
  const [changed] = await queryRows<{ version: number }>(on, sql, personId, details.reason, at, notToBeMatched);
  if (!changed) return;
  const data = { personId, version: changed.version };
  await noteToPairs(on, 'person', { type: 'person.changed', subjectId: personId, data, ...changed, now: say.at });
}
