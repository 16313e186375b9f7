import type { PairEvent } from '../event.ts';
import type { Hold, PlannedStep, RecordSet, Step } from '../step.ts';
import type { Instant } from '../time.ts';
import type { PairContext } from './context.ts';
import type { PairCounts } from './counts.ts';

/**
 * One concern of a pair. All functions are pure, all values plain JSON, and `S` is the concern's own state. Tracks never
 * import each other: `pair/decide` combines them. `holds` is what every concern, and the pair's pauses, hold back.
 */
export interface Track<S> {
  open(ctx: PairContext): S;
  /** Facts; unknown or repeated ones change nothing. */
  apply(state: S, event: PairEvent, ctx: PairContext): S;
  /** What stands to be done by `now`, each with a fixed key. */
  due(state: S, now: Instant, ctx: PairContext, holds: Hold[]): Step[];
  /** Remembers a step that was carried out. */
  performed(state: S, step: Step, now: Instant, ctx: PairContext): S;
  /** The first instant after `now` at which `due` says something new without a new fact; null when there is none. */
  nextAt(state: S, now: Instant, ctx: PairContext, holds: Hold[]): Instant | null;
  /** What is held back, past spans included: a step whose slot lies in one does not happen. */
  holds(state: S, now: Instant, ctx: PairContext): Hold[];
  /** The future until `until`, with the condition that cancels each. */
  plan(state: S, now: Instant, until: Instant, ctx: PairContext, holds: Hold[]): PlannedStep[];
  /** What this concern shows of itself in the pair's live view and in lists. */
  view(state: S, now: Instant, ctx: PairContext, holds: Hold[]): Record<string, unknown>;
  /** What it counts of what lists of pairs are filtered by (T10). */
  counts?(state: S, ctx: PairContext): Partial<PairCounts>;
  /** Forgets what can no longer change a decision; called between two runs. */
  compact(state: S, now: Instant, ctx: PairContext, holds: Hold[]): S;
  /** When and why its facts have ended the match. */
  ends?(state: S, ctx: PairContext): PairContext['closed'];
  /** It is asked on after the match has ended (`ctx.closed`); the others are not. */
  outlivesPair?: true;
  /** What reports read of it; what is older than each set's first day stays as it was written. */
  records?(state: S, now: Instant, ctx: PairContext, holds: Hold[]): RecordSet[];
}
