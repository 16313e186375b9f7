import type { CivilDate } from '../program.ts';
import type { SentimentPolicy } from '../sections/sentiment.ts';
import { addDays, type Instant } from '../time.ts';
import type { ProgramConcern, ProgramContext } from './concern.ts';
import { nextPaceAt, type Pace } from './sentiment.ts';
import { isLeft, type SentimentTask, stepsOf, type TaskKind } from './sentiment-task.ts';

/** When people answer much less than before, the coordinator is prompted to check in with them (S6). */

const kind: TaskKind = { template: 'sentiment-slow', reason: 'sentiment_slow', again: 'slow_again', rule: 'S6' };

const atMostEveryDays = 14;

export interface SlowDownState {
  /** The section is on; what was judged before it was is not made up for (V7, V9). */
  on: boolean;
  /** The last Monday that was judged. */
  judged: CivilDate | null;
  /** The last Monday that was slow enough to prompt. */
  prompted: CivilDate | null;
  open: SentimentTask | null;
}

const nothing: SlowDownState = { on: false, judged: null, prompted: null, open: null };

/** Null where on the average not even one pair was active: what few hours brought says nothing of a pair. */
function perPair({ responses, activePairs }: Pace): number | null {
  return activePairs >= 1 ? responses / activePairs : null;
}

/** Where fewer were asked fewer are expected, by this share; all of them where nobody was asked before either. */
function askedShare(lately: Pace, earlier: Pace[]): number {
  const perPair = ({ asked, activePairs }: Pace): number => asked / activePairs;
  const before = mean(earlier.map(perPair));
  return before > 0 ? Math.min(1, perPair(lately) / before) : 1;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Whether answers slow down: in the newest period each active pair gave less than the policy's share of what it gave on the
 * average of the two before, of as many questions, and enough answers were expected. A break is none: no class was held, or
 * nobody was active.
 * @param periods newest first
 * @returns how many answers the pairs of the newest period would have given at the pace before; null where it is no slow-down
 */
export function slowDownIn(
  { periods, classHeld }: { periods: Pace[]; classHeld: boolean },
  { slowShare, slowMinimum }: SentimentPolicy,
): number | null {
  const [lately, ...earlier] = periods;
  const before = earlier.map(perPair).filter((pace) => pace !== null);
  if (!lately || perPair(lately) === null || !classHeld) return null;
  if (before.length === 0 || before.length < earlier.length) return null;
  const expected = mean(before) * lately.activePairs * askedShare(lately, earlier);
  return expected >= slowMinimum && lately.responses < slowShare * expected ? expected : null;
}

function after(state: SlowDownState, now: Instant, ctx: ProgramContext): SlowDownState {
  const section = ctx.document.policy.sentiment;
  if (!ctx.sentiment || !section) return nothing;
  const { pace } = ctx.sentiment;
  if (!state.on) return { ...nothing, on: true, judged: pace?.on ?? null };
  const open = state.open && isLeft(kind, state.open, ctx) ? state.open : null;
  if (!pace || (state.judged !== null && pace.on <= state.judged)) return { ...state, open };
  const judged = { ...state, judged: pace.on, open };
  const expected = slowDownIn(pace, section);
  if (expected === null || (state.prompted !== null && pace.on < addDays(state.prompted, atMostEveryDays)))
    return judged;
  const task = open ? { ...open, again: [...open.again, pace.on] } : opened(pace, expected, now);
  return { ...judged, prompted: pace.on, open: task };
}

type JudgedPace = NonNullable<NonNullable<ProgramContext['sentiment']>['pace']>;

function opened({ on, periods }: JudgedPace, expected: number, now: Instant): SentimentTask {
  const { responses, activePairs } = periods[0] as Pace;
  const figures = { responses, activePairs: Math.round(activePairs), expected: Math.round(expected) };
  return { on, openedAt: now, figures, again: [] };
}

export const slowDown: ProgramConcern<SlowDownState> = {
  open: () => nothing,
  due: (state, now, ctx) => stepsOf(kind, after(state, now, ctx).open, now, ctx),
  said: after,
  nextAt: (now, { document }) => (document.policy.sentiment ? nextPaceAt(now, document) : null),
};
