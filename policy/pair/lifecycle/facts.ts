import type { PairEvent } from '../../event.ts';
import type { Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { roleOf, sortedIn } from '../facts.ts';

/** What the end of a match rests on beside the end itself. The lists are sorted, so that facts commute. */

/** The instrument by which people look back on a match that has ended. */
const exitInstrument = 'exit';

/** An answer to the exit survey, whoever asked for it. */
export interface ExitAnswer {
  ref: string;
  at: Instant;
  role: 'mentor' | 'mentee';
}

export interface LifecycleState {
  answers: ExitAnswer[];
  /** Identities of answers that were taken back, sorted. */
  retracted: string[];
}

export function nothingAnswered(): LifecycleState {
  return { answers: [], retracted: [] };
}

/** The facts with one more event in them; what came too late to act withdraws no survey (E2). */
export function withFact(state: LifecycleState, event: PairEvent, ctx: PairContext): LifecycleState {
  const { type, ref, at, history, data } = event;
  if (type !== 'survey.answered' || history) return state;
  const { retracts } = data;
  if (retracts !== undefined) {
    if (state.retracted.includes(retracts)) return state;
    return { ...state, retracted: [...state.retracted, retracts].sort() };
  }
  const role = roleOf(data.by, ctx);
  if (data.instrument !== exitInstrument || role === null || role === 'guardian') return state;
  return { ...state, answers: sortedIn(state.answers, { ref, at, role }, (item) => item.at) };
}

/** Whether somebody has answered the exit survey. */
export function hasAnswered(state: LifecycleState, role: 'mentor' | 'mentee'): boolean {
  return state.answers.some((answer) => answer.role === role && !state.retracted.includes(answer.ref));
}
