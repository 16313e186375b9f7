import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { PairEvent, RequestEvent } from '../policy/event.ts';
import type { PairContext } from '../policy/pair/context.ts';
import type { PairState } from '../policy/pair/state.ts';
import type { ProgramState } from '../policy/program/decide.ts';
import type { PlannedStep } from '../policy/step.ts';
import type { Instant } from '../policy/time.ts';
import type { DispatchShard } from './ids.ts';

/** Every signal, update and query, for workflows and their clients alike. */

export const workflowTaskQueue = 'tandem';
/** Sending has a queue of its own, so that it can be limited and scaled apart. */
export const dispatchTaskQueue = 'tandem-dispatch';

export interface CarriedPair {
  state: PairState;
  ctx: PairContext;
}

export interface PairInput {
  programId: string;
  pairId: string;
  /** From the run before; absent at the first start, which reads the pair's documents. */
  carried?: CarriedPair;
}

export interface ProgramInput {
  programId: string;
  carried?: ProgramState;
  /** Journal entries applied by the runs before. */
  facts?: number;
}

export interface RequestInput {
  programId: string;
  requestId: string;
}

export interface DispatchInput {
  shard: DispatchShard;
}

/** Journal entries for a pair or program, in one signal however many. */
export const eventsRecorded = defineSignal<[PairEvent[]]>('eventsRecorded');
/** The same signal, as a request hears it. */
export const requestEventsRecorded = defineSignal<[RequestEvent[]]>('eventsRecorded');
/** A new release asks open runs to begin a new run under its rules. */
export const continueAsNewRequested = defineSignal('continueAsNewRequested');
/** Rows were written: the dispatcher looks again. */
export const nudged = defineSignal('nudged');

/** Commands: the argument is the journal entry that was stored as asked. A refusal is an ApplicationFailure with its code as type. */
export const pausePair = defineUpdate<void, [PairEvent]>('pausePair');
export const resumePair = defineUpdate<void, [PairEvent]>('resumePair');
export const closePair = defineUpdate<void, [PairEvent]>('closePair');
export const resumeReminders = defineUpdate<void, [PairEvent]>('resumeReminders');

/** The pair as of `now`: a query's own clock stands at the last task. */
export const getPair = defineQuery<Record<string, unknown>, [Instant]>('getPair');
export const getPlan = defineQuery<PlannedStep[], [Instant, Instant]>('getPlan');
/** A request as of `now`. */
export const getRequest = defineQuery<Record<string, unknown>, [Instant]>('getRequest');
/** The whole state and context, for audits and tests. */
export const getCarried = defineQuery<CarriedPair>('getCarried');

/** The update that carries each command. */
export const commandUpdates = {
  'pair.paused': pausePair,
  'pair.resumed': resumePair,
  'pair.closed': closePair,
  'reminders.resumed': resumeReminders,
} as const;
