import type { Instant } from '../time.ts';
import type { PairContext } from './context.ts';
import { decide, saidState } from './decide.ts';
import type { PairState } from './state.ts';

/** A pair as it stands after a say, with nothing heard since. */
export interface SettledPair {
  state: PairState;
  ctx: PairContext;
  /** When it decides next; null when only a fact can bring news. */
  nextAt: Instant | null;
}

/** The pair after the say that it decided at `at` was accepted. */
export function settledAfter(state: PairState, ctx: PairContext, at: Instant): SettledPair {
  const decision = decide(state, at, ctx);
  return { state: saidState(state, decision, at, ctx), ctx, nextAt: at };
}

/**
 * The pair at the first instant, up to `now`, at which it owes a say; past `now` where it owes none. What it reads on the
 * way is taken to be what it already has: a document that is new makes it say so.
 */
export function untilOwed(pair: SettledPair, now: Instant): { pair: SettledPair; owed: boolean } {
  let { ctx, nextAt } = pair;
  while (nextAt !== null && nextAt <= now) {
    const decision = decide(pair.state, nextAt, ctx);
    if (decision.owed) return { pair: { ...pair, ctx, nextAt }, owed: true };
    if (decision.read) ctx = { ...ctx, policyReadAt: Math.max(nextAt, decision.read.since) };
    else nextAt = decision.nextAt;
  }
  return { pair: { ...pair, ctx, nextAt }, owed: false };
}
