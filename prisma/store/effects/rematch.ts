import type { Say } from '../../../policy/pair/say.ts';
import type { EffectStep } from '../../../policy/step.ts';
import { execute, type Transaction } from '../../database.ts';

/** Queues somebody for a new counterpart, once their cooldown is over (T5); whoever was removed waits for nobody. */
export async function rematch(on: Transaction, step: EffectStep, { pairId }: Say): Promise<void> {
  const { personId, at, details } = step;
  const sql = `
    insert into rematches (program_id, person_id, role, pair_id, asked_at, eligible_at)
    select p.program_id, people.id, case when p.mentor_id = people.id then 'mentor' else 'mentee' end, p.id, $3, $4
    from pairs p join people on people.id = $2
    where p.id = $1 and people.removed_at is null
    on conflict (program_id, person_id) do update set pair_id = excluded.pair_id, role = excluded.role,
      asked_at = excluded.asked_at, eligible_at = greatest(rematches.eligible_at, excluded.eligible_at)`;
  await execute(on, sql, pairId, personId, new Date(at), new Date(Number(details.rematchAfter)));
}
