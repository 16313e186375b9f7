import type { Client } from '@temporalio/client';
import { makeTelemetryFilterString, type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { type DeliveryChannels, distinctChannels } from '../activities/channels/channel.ts';
import { createDispatchActivities } from '../activities/dispatch/activity.ts';
import type { ComposeContext } from '../activities/dispatch/compose.ts';
import { settleSends } from '../activities/dispatch/settle.ts';
import { createDocumentActivities } from '../activities/documents.ts';
import type { Nudger } from '../activities/nudger.ts';
import { createRenderer } from '../activities/render.ts';
import { createRequestActivities } from '../activities/requests.ts';
import { createSayActivities } from '../activities/say.ts';
import { createSweepActivities } from '../activities/sweeps.ts';
import type { Classification } from '../policy/mailbox/row.ts';
import type { Lead } from '../policy/pair/context.ts';
import { HOUR, MINUTE } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { classify, type TemplateKey } from '../templates/table.ts';
import { dispatchTaskQueue, workflowTaskQueue } from '../workflows/messages.ts';
import { workflowBundle } from './bundle.ts';

/** Planned messages are decided a day ahead, spread over a quarter of an hour. */
export const usualLead: Lead = { ahead: 24 * HOUR, spread: 15 * MINUTE };

export interface WorkerDependencies {
  connection: NativeConnection;
  client: Client;
  namespace: string;
  database: Database;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
  channels: DeliveryChannels;
  nudger: Nudger;
  /** Addresses and links that messages carry. */
  links: ComposeContext;
  lead: Lead;
  /** Workflows kept in memory; each costs some 0.2 MB. */
  cachedWorkflows: number;
}

/** Workers for workflows and for sending, each on its own task queue. */
export interface RunningWorker {
  /** Ends when the workers have ended; rejects when one of them fails. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

const settleEveryMillis = 1000;

let installed = false;

/** Temporal's own warnings and errors go to the program's log. Only the first call of a process counts. */
export function installTemporalRuntime(logger: Logger): void {
  if (installed) return;
  installed = true;
  const quiet = (): void => undefined;
  const warn = (message: string, meta?: Record<string, unknown>): void => {
    // The queue for sending has no workflows, on purpose.
    if (!message.startsWith('No workflows registered')) logger.warn({ err: meta?.error }, message);
  };
  const error = (message: string, meta?: Record<string, unknown>): void => logger.error({ err: meta?.error }, message);
  Runtime.install({
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn, error },
  });
}

export async function startWorker(deps: WorkerDependencies): Promise<RunningWorker> {
  const { nudger } = deps;
  const { code } = await workflowBundle();
  const shared = { connection: deps.connection, namespace: deps.namespace, shutdownGraceTime: '10s' } as const;
  const workflows = await Worker.create({
    ...shared,
    taskQueue: workflowTaskQueue,
    workflowBundle: { code },
    maxCachedWorkflows: deps.cachedWorkflows,
    // A burst of more than ten seconds of tasks must not fall back to the normal queue and replay from the start.
    stickyQueueScheduleToStartTimeout: '60s',
    activities: {
      ...createDocumentActivities({ database: deps.database, lead: deps.lead }),
      ...createRequestActivities({ database: deps.database, lead: deps.lead }),
      ...createSayActivities({ database: deps.database, nudger, classify: classificationOf }),
      ...createSweepActivities({ database: deps.database, nudger, classify: classificationOf }),
    },
  });
  const dispatch = await Worker.create({
    ...shared,
    taskQueue: dispatchTaskQueue,
    maxConcurrentActivityTaskExecutions: 4,
    activities: createDispatchActivities({
      ...deps,
      classify: classificationOf,
      // One that fails costs nothing but time: the relay looks after what is overdue.
      nudge: (shard) => nudger.nudge(shard).catch((error) => deps.logger.warn({ err: error }, 'nudge failed')),
      renderer: createRenderer(),
    }),
  });
  const settling = startSettling(deps, nudger.nudge);
  const running = [workflows.run(), dispatch.run()];
  const ended = Promise.all(running).then(() => undefined);
  return {
    ended,
    async stop() {
      for (const worker of [workflows, dispatch]) if (worker.getState() === 'RUNNING') worker.shutdown();
      settling.stop();
      await Promise.allSettled(running);
    },
  };
}

function classificationOf(template: string, variant: string | null = null): Classification {
  return classify(template as TemplateKey, variant);
}

/** Sends whose lease has ended are settled by wall time, whatever the clock of the rules says (M9). */
function startSettling(
  dependencies: WorkerDependencies,
  nudge: (shard: 'people' | 'urgent') => Promise<void>,
): { stop(): void } {
  const deps = { ...dependencies, classify: classificationOf };
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    try {
      const settle = distinctChannels(deps.channels).map((channel) => settleSends(deps, channel));
      const settled = (await Promise.all(settle)).reduce((sum, count) => sum + count, 0);
      if (settled > 0) await Promise.all([nudge('people'), nudge('urgent')]);
    } catch (error) {
      deps.logger.warn({ err: error }, 'settling failed, will try again');
    } finally {
      busy = false;
    }
  }, settleEveryMillis);
  return { stop: () => clearInterval(timer) };
}
