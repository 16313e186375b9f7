import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createDocumentActivities } from '../../activities/documents.ts';
import { createSayActivities } from '../../activities/say.ts';
import { openDatabase, queryRows } from '../../prisma/database.ts';
import { createLogger } from '../../runtime/logging.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { installTemporalRuntime, usualLead } from '../../worker/worker.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import { workflowTaskQueue } from '../../workflows/messages.ts';
import { inPool } from './pool.ts';
import { until } from './section.ts';

/**
 * A worker whose workflows run on the main thread of its process, where the heap can be read: how much of it a cached
 * pair takes. Needs `--expose-gc`.
 */

export interface HeapJob {
  databaseUrl: string;
  address: string;
  programId: string;
  /** Opened before the first look, and between the two. */
  first: string[];
  more: string[];
}

export interface HeapResult {
  bytesPerPair: number;
}

async function measure(job: HeapJob): Promise<HeapResult> {
  installTemporalRuntime(createLogger({ name: 'bench' }));
  const database = openDatabase(job.databaseUrl, { applicationName: 'bench' });
  const connection = await NativeConnection.connect({ address: job.address });
  const client = new Client({ connection: await Connection.connect({ address: job.address }) });
  const worker = await Worker.create({
    connection,
    taskQueue: workflowTaskQueue,
    workflowBundle: { code: (await workflowBundle()).code },
    debugMode: true,
    maxCachedWorkflows: job.first.length + job.more.length + 10,
    activities: {
      ...createDocumentActivities({ database, lead: usualLead }),
      ...createSayActivities({
        database,
        nudger: { nudge: async () => undefined },
        classify: (template) => classify(template as TemplateKey),
      }),
    },
  });
  const running = worker.run();
  const opened = async (pairIds: string[]): Promise<number> => {
    await inPool(pairIds.length, 16, (index) => {
      const pairId = pairIds[index] as string;
      const workflowId = pairWorkflowId(job.programId, pairId);
      const args = [{ programId: job.programId, pairId }];
      const signal = { signal: 'eventsRecorded', signalArgs: [[eventOf(pairId)]] };
      return client.workflow.signalWithStart('pairWorkflow', {
        taskQueue: workflowTaskQueue,
        workflowId,
        args,
        ...signal,
      });
    });
    const sql = 'select count(*)::int as n from pairs where id = any($1::text[]) and projection is not null';
    await until(
      'pairs opened',
      async () => (await queryRows<{ n: number }>(database, sql, pairIds))[0]?.n === pairIds.length,
    );
    return heapInUse();
  };
  const before = await opened(job.first);
  const after = await opened(job.more);
  worker.shutdown();
  await running;
  return { bytesPerPair: (after - before) / job.more.length };
}

let seq = 0;

/** An entry that makes the pair say something. */
function eventOf(pairId: string): Record<string, unknown> {
  const now = Date.now();
  const ref = `opened-${pairId}`;
  return { seq: 1_000_000_000 + seq++, ref, type: 'pair.opened', at: now, receivedAt: now, data: {} };
}

/** Bytes of heap after everything that can go has gone. */
async function heapInUse(): Promise<number> {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) throw new Error('start this with --expose-gc');
  for (let round = 0; round < 4; round++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    collect();
  }
  return process.memoryUsage().heapUsed;
}

process.on('message', (job: HeapJob) => {
  measure(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
