import type { Say } from '../../policy/pair/say.ts';
import type { EffectStep } from '../../policy/step.ts';
import { queryRows, type Transaction } from '../database.ts';
import { leave } from './effects/leave.ts';
import { rematch } from './effects/rematch.ts';
import { unavailable } from './effects/unavailable.ts';

/**
 * What says bring about beyond their pair, in the transaction that writes them: with the say, or not at all. Each is done
 * once for its key, and done twice it would change nothing more.
 */
type Effect = (on: Transaction, step: EffectStep, say: Say) => Promise<void>;

const effects: Record<string, Effect> = { leave, rematch, unavailable };

/** Whether a step ends everything that somebody still gets. */
export function isLeaving({ effect }: EffectStep): boolean {
  return effect === 'leave';
}

/**
 * Locks the people whom effects concern, in the order of their ids and before any of their messages, as all do who lock
 * both. Answers the effects that were not carried out before.
 */
export async function prepareEffects(on: Transaction, { owner, effects: steps }: Say): Promise<EffectStep[]> {
  if (steps.length === 0) return [];
  const people = steps.map(({ personId }) => personId);
  await queryRows(on, 'select id from people where id = any($1::text[]) order by id for update', people);
  const sql = 'select distinct key from performed_steps where owner = $1 and key = any($2::text[])';
  const done = await queryRows<{ key: string }>(
    on,
    sql,
    owner,
    steps.map(({ key }) => key),
  );
  return steps.filter((step) => !done.some(({ key }) => key === step.key));
}

/** @throws {Error} for an effect that this version does not know */
export async function carryOutEffects(on: Transaction, steps: EffectStep[], say: Say): Promise<void> {
  for (const step of steps) {
    const effect = effects[step.effect];
    if (!effect) throw new Error(`no such effect: ${step.effect}`);
    await effect(on, step, say);
  }
}
