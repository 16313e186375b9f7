import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { inPool } from './pool.ts';
import type { Scope } from './scope.ts';
import { until } from './section.ts';
import type { Servers } from './servers.ts';

/** A worker with bare workflows on the same Temporal server. */
export interface Bare {
  /** Workflows started, signals handled, and the instants at which activities ran. */
  seen: { started: number; ticked: number; touched: number[] };
  /** Starts workflows; returns when each has run its first task. */
  start(workflow: 'bareCounter' | 'bareTimer', ids: string[], args: unknown[]): Promise<void>;
}

const taskQueue = 'bare';
const startsAtOnce = 32;
let bundled: Promise<{ code: string }> | null = null;

function bundle(): Promise<{ code: string }> {
  const quiet = (): void => undefined;
  const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error, log: quiet };
  const workflowsPath = fileURLToPath(new URL('bare-workflows.ts', import.meta.url));
  bundled ??= bundleWorkflowCode({ workflowsPath, logger });
  return bundled;
}

export async function startBare(
  scope: Scope,
  { client, connection, namespace }: Servers,
  cachedWorkflows = 2000,
): Promise<Bare> {
  const seen: Bare['seen'] = { started: 0, ticked: 0, touched: [] };
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: await bundle(),
    maxCachedWorkflows: cachedWorkflows,
    stickyQueueScheduleToStartTimeout: '60s',
    activities: { touch: async () => void seen.touched.push(Date.now()) },
    sinks: {
      bench: {
        started: { fn: () => void seen.started++ },
        ticked: { fn: () => void seen.ticked++ },
      },
    },
  });
  const running = worker.run();
  running.catch((error: unknown) => console.error(error));
  scope.defer(async () => {
    worker.shutdown();
    await running;
  });
  return {
    seen,
    async start(workflow, ids, args) {
      const before = seen.started;
      const one = (index: number) =>
        client.workflow.start(workflow, { taskQueue, workflowId: ids[index] as string, args });
      await inPool(ids.length, startsAtOnce, one);
      await until('bare workflows started', () => seen.started >= before + ids.length);
    },
  };
}
