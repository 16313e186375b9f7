import type { EffectStep } from '../step.ts';
import type { Instant } from '../time.ts';
import { noteTo } from './journal.ts';
import type { SimulatedPair, World } from './world.ts';

/** What a pair brings about beyond itself, as far as a simulation can show it. */

type Effect = (world: World, step: EffectStep, from: SimulatedPair, now: Instant) => void;

/** Somebody leaves: their other pairs are told that they are over, and nothing automated reaches them any more (T7). */
const leave: Effect = (world, { personId }, from, now) => {
  const person = world.people.get(personId);
  if (person) world.people.set(personId, { ...person, removed: true });
  for (const { key } of world.ledger.waitingFor(personId)) world.ledger.skip(key, 'removed');
  world.touched.people.add(personId);
  for (const pair of world.pairs.values()) {
    const isTheirs = pair.ctx.mentorId === personId || pair.ctx.menteeId === personId;
    if (pair.id === from.id || !isTheirs || pair.ctx.closed) continue;
    const ref = `pair.closed:left:${pair.id}:${personId}`;
    noteTo(world, pair, { type: 'pair.closed', ref, data: { reason: 'removed', personId } }, now);
  }
};

/** Who takes nobody new is not looked for when nothing is heard of them either (S8). */
const unavailable: Effect = (world, { personId, details }) => {
  const person = world.people.get(personId);
  if (!person) return;
  const notToBeMatched = person.notToBeMatched || details.reason === 'no_rematch';
  world.people.set(personId, { ...person, available: false, leave: null, notToBeMatched });
};

/** Who waits for a re-match shows in requests and new pairs alone, which are not simulated. */
const unseen: Effect = () => {};

const effects: Record<string, Effect> = { leave, rematch: unseen, unavailable };

/** @throws {Error} for an effect that this version does not know */
export function carryOutEffects(world: World, steps: EffectStep[], from: SimulatedPair, now: Instant): void {
  for (const step of steps) {
    const effect = effects[step.effect];
    if (!effect) throw new Error(`A simulation knows no effect ${step.effect}`);
    effect(world, step, from, now);
  }
}
