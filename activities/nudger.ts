import type { Client } from '@temporalio/client';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { type DispatchShard, dispatchWorkflowId } from '../workflows/ids.ts';

/** Wakes dispatchers after rows were written. */
export interface Nudger {
  /** Returns when Temporal has accepted a nudge that left after this call. */
  nudge(shard: DispatchShard): Promise<void>;
}

interface Lane {
  inFlight: Promise<void> | null;
  next: Promise<void> | null;
}

/** One nudge in flight covers every row committed before it left; rows committed later wait for the next one. */
export function createNudger(send: (shard: DispatchShard) => Promise<void>): Nudger {
  const lanes: Record<DispatchShard, Lane> = {
    people: { inFlight: null, next: null },
    urgent: { inFlight: null, next: null },
  };
  const leave = (shard: DispatchShard): Promise<void> => {
    const lane = lanes[shard];
    const sent = send(shard).finally(() => {
      if (lane.inFlight === sent) lane.inFlight = null;
    });
    lane.inFlight = sent;
    return sent;
  };
  return {
    nudge(shard) {
      const lane = lanes[shard];
      if (!lane.inFlight) return leave(shard);
      lane.next ??= lane.inFlight
        .catch(() => undefined)
        .then(() => {
          lane.next = null;
          return leave(shard);
        });
      return lane.next;
    },
  };
}

/** Nudges by a signal, which also starts a dispatcher that does not run yet. */
export function temporalNudge(
  client: Client,
  counted: () => void,
  taskQueue: string,
): (shard: DispatchShard) => Promise<void> {
  return async (shard) => {
    await client.workflow.signalWithStart('dispatchWorkflow', {
      workflowId: dispatchWorkflowId(shard),
      taskQueue,
      args: [{ shard }],
      signal: 'nudged',
      signalArgs: [],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    });
    counted();
  };
}
