import type { CaseStep, MessageStep } from '../step.ts';
import type { Instant } from '../time.ts';
import type { ProgramConcern, ProgramContext } from './concern.ts';
import { type DigestState, focusDigest } from './digest.ts';
import { type NextSessionState, nextSession } from './next-session.ts';
import { noRequest } from './no-request.ts';
import { type PendingAlertState, pendingAlert } from './pending-alert.ts';

export type { FocusCase, ProgramContext } from './concern.ts';

/** The concerns of a program. A new one is a file beside this one and a name in this list. */
const concerns = { focusDigest, nextSession, noRequest, pendingAlert } as unknown as Record<
  ConcernName,
  ProgramConcern<unknown>
>;
const concernNames = ['focusDigest', 'nextSession', 'noRequest', 'pendingAlert'] as const;
type ConcernName = (typeof concernNames)[number];

export interface ProgramState {
  version: 1;
  focusDigest: DigestState;
  nextSession: NextSessionState;
  noRequest?: null;
  pendingAlert?: PendingAlertState;
}

export interface ProgramDecision {
  /** Every message that stands at `now`. */
  messages: MessageStep[];
  /** Every case that the program holds open, and those that it withdraws. */
  cases: CaseStep[];
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
  const instants = concernNames.map((name) => concerns[name].nextAt(now, ctx)).filter((at) => at !== null);
  return {
    messages: steps.flatMap((step) => step.messages),
    cases: steps.flatMap((step) => step.cases),
    nextAt: instants.length > 0 ? Math.min(...instants) : null,
  };
}

/** The state once the decision at `now` was written, also when it had nothing to say: each wake is handled once. */
export function saidProgram(state: ProgramState, now: Instant, ctx: ProgramContext): ProgramState {
  const next: Record<string, unknown> = { version: state.version };
  for (const name of concernNames) next[name] = concerns[name].said(stateOf(state, name), now, ctx);
  return next as unknown as ProgramState;
}
