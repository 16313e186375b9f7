import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  log,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { DispatchActivities } from '../activities/dispatch/activity.ts';
import type { DocumentActivities } from '../activities/documents.ts';
import type { RequestActivities } from '../activities/requests.ts';
import type { SayActivities } from '../activities/say.ts';
import type { SweepActivities } from '../activities/sweeps.ts';
import { dispatchTaskQueue } from './messages.ts';

/** Quick reads and writes of the database, part of the workflow task that asks for them. */
export const local = proxyLocalActivities<DocumentActivities & RequestActivities & SayActivities>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '3s', maximumAttempts: 4 },
});

/** One pass of the dispatcher: never repeated by the server, since the loop calls again. */
export const { dispatch } = proxyActivities<DispatchActivities>({
  taskQueue: dispatchTaskQueue,
  startToCloseTimeout: '45s',
  scheduleToCloseTimeout: '60s',
  // A pass lasts about 2 s: one that lasts longer says so, and one that says nothing has died with its worker.
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 1 },
});

/** What a program does to many people at once. It goes on where it was interrupted, so that it may be repeated. */
export const { sweep } = proxyActivities<SweepActivities>({
  startToCloseTimeout: '10m',
  // A transaction takes seconds at most: a sweep that says nothing for longer has died with its worker.
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 4 },
});

export type Performed<T> = { ok: true; value: T } | { ok: false; code: string };

/**
 * Calls an activity and never throws: a failure that escaped a workflow would end a pair for ever. The code names the
 * failure and holds no data.
 */
export async function perform<T>(call: () => Promise<T>): Promise<Performed<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const cause = error instanceof ActivityFailure ? error.cause : error;
    const code = cause instanceof ApplicationFailure ? (cause.type ?? 'failed') : 'failed';
    log.warn('activity failed', { code });
    return { ok: false, code };
  }
}
