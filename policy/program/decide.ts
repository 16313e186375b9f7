import type { CaseStep, MessageStep, SweepStep } from '../step.ts';
import { earliest, type Instant } from '../time.ts';
import { cohortEnd } from './cohort-end.ts';
import type { ProgramConcern, ProgramContext } from './concern.ts';
import { type DigestState, focusDigest } from './digest.ts';
import { inactivity } from './inactivity.ts';
import { type NextSessionState, nextSession } from './next-session.ts';
import { noRequest } from './no-request.ts';
import { type PendingAlertState, pendingAlert } from './pending-alert.ts';
import { safetyLadder } from './safety-ladder.ts';
import { type ReviewState, sentimentReview } from './sentiment-review.ts';
import { type SlowDownState, slowDown } from './slow-down.ts';

export type { FocusCase, ProgramContext } from './concern.ts';

/** The concerns of a program. A new one is a file beside this one and a name in this list. */
const concerns = {
  focusDigest,
  nextSession,
  noRequest,
  pendingAlert,
  cohortEnd,
  inactivity,
  safetyLadder,
  sentimentReview,
  slowDown,
} as unknown as Record<ConcernName, ProgramConcern<unknown>>;
const concernNames = [
  'focusDigest',
  'nextSession',
  'noRequest',
  'pendingAlert',
  'cohortEnd',
  'inactivity',
  'safetyLadder',
  'sentimentReview',
  'slowDown',
] as const;
type ConcernName = (typeof concernNames)[number];

export interface ProgramState {
  version: 1;
  focusDigest: DigestState;
  nextSession: NextSessionState;
  noRequest?: null;
  pendingAlert?: PendingAlertState;
  cohortEnd?: null;
  inactivity?: null;
  safetyLadder?: null;
  sentimentReview?: ReviewState;
  slowDown?: SlowDownState;
  /** Keys of the sweeps that stood when they were last carried out. */
  swept?: string[];
}

export interface ProgramDecision {
  /** Every message that stands at `now`. */
  messages: MessageStep[];
  /** Every case that the program holds open, and those that it withdraws. */
  cases: CaseStep[];
  /** The sweeps that stand, where they are others than those that were carried out; null where they are the same. */
  sweeps: SweepStep[] | null;
  /** When to decide again if the context does not change; null when only a change can bring news. */
  nextAt: Instant | null;
}

export function openProgram(): ProgramState {
  const states: Record<string, unknown> = { version: 1 };
  for (const name of concernNames) states[name] = concerns[name].open();
  return states as unknown as ProgramState;
}

/** A state that was carried from a run before a concern was added has none of it yet. */
function stateOf(state: ProgramState, name: ConcernName): unknown {
  return state[name] ?? concerns[name].open();
}

/**
 * What the program itself has to say at `now`, beside its pairs (W17, W20). Pure. It is asked at each wake and whenever
 * the document, a calendar or the program changed; a change of the Focus List alone is read at the next wake.
 */
export function decideProgram(state: ProgramState, now: Instant, ctx: ProgramContext): ProgramDecision {
  const steps = concernNames.map((name) => concerns[name].due(stateOf(state, name), now, ctx));
  return {
    messages: steps.flatMap((step) => step.messages),
    cases: steps.flatMap((step) => step.cases),
    sweeps: others(
      steps.flatMap((step) => step.sweeps ?? []),
      state.swept ?? [],
    ),
    nextAt: earliest(concernNames.map((name) => concerns[name].nextAt(now, ctx))),
  };
}

function others(sweeps: SweepStep[], swept: string[]): SweepStep[] | null {
  return sweeps.map(({ key }) => key).join(' ') === swept.join(' ') ? null : sweeps;
}

/**
 * The state once the decision at `now` was written, also when it had nothing to say: each wake is handled once.
 * @param swept whether its sweeps were carried out; those that were not stay owed
 */
export function saidProgram(state: ProgramState, now: Instant, ctx: ProgramContext, swept = true): ProgramState {
  const next: Record<string, unknown> = { version: state.version };
  for (const name of concernNames) next[name] = concerns[name].said(stateOf(state, name), now, ctx);
  const sweeps = swept ? decideProgram(state, now, ctx).sweeps : null;
  next.swept = sweeps?.map(({ key }) => key) ?? state.swept ?? [];
  return next as unknown as ProgramState;
}
