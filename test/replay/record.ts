import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

export const historiesFolder = fileURLToPath(new URL('histories', import.meta.url));

/** A run as it is kept for replaying. */
export interface RecordedRun {
  workflowId: string;
  history: unknown;
}

/** Every run of a workflow, oldest first, followed back over continue-as-new. */
export async function fetchRuns(client: Client, workflowId: string): Promise<RecordedRun[]> {
  const runs: RecordedRun[] = [];
  for (let runId: string | undefined; ; ) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.unshift({ workflowId, history: JSON.parse(historyToJSON(history)) });
    const earlier = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!earlier) return runs;
    runId = earlier;
  }
}

/**
 * Keeps the first and the last run of a workflow as `histories/<what happened>-<first or last>.json`, where
 * RECORD_HISTORIES is set: each release adds some. They hold ids, codes and times only.
 */
export async function recordRuns(client: Client, workflowId: string, whatHappened: string): Promise<void> {
  if (!process.env.RECORD_HISTORIES) return;
  await mkdir(historiesFolder, { recursive: true });
  const runs = await fetchRuns(client, workflowId);
  const kept = { first: runs[0], ...(runs.length > 1 ? { last: runs.at(-1) } : {}) };
  for (const [name, run] of Object.entries(kept)) {
    await writeFile(join(historiesFolder, `${whatHappened}-${name}.json`), `${JSON.stringify(run)}\n`);
  }
}
