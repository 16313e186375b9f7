import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporalTestServer } from '../../runtime/local/temporal-test-server.ts';
import { poke, type wakingWorkflow } from './waking.ts';

const rounds = 50;
const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error };
const taskQueue = `waking-${randomUUID()}`;
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger, shutdownSignals: [] });
  environment = await startTemporalTestServer();
  const workflowsPath = fileURLToPath(new URL('waking.ts', import.meta.url));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  worker = await Worker.create({ connection: environment.nativeConnection, taskQueue, workflowBundle });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await environment.teardown();
});

/** Sends a signal each time the clock comes to the instant of the timer: before it, with it and after it. */
async function race(type: string): Promise<number> {
  const workflow = environment.client.workflow;
  const handle = await workflow.start<typeof wakingWorkflow>(type, {
    taskQueue,
    workflowId: randomUUID(),
    args: [rounds],
  });
  for (let round = 0; round < rounds; round++) {
    const now = await environment.currentTimeMs();
    const early = (round % 5) - 2;
    const target = Math.floor(now / 10_000 + 1) * 10_000 - early;
    await Promise.all([environment.sleep(Math.max(1, target - now)), pokeLater(handle, round % 3)]);
  }
  return handle.result();
}

async function pokeLater(handle: { signal(of: typeof poke): Promise<void> }, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  await handle.signal(poke).catch(() => undefined);
}

describe('the timer of a durable loop', () => {
  it('is never cancelled, so that a signal arriving as it fires wedges nothing', async () => {
    expect(await race('wakingWorkflow')).toBe(rounds);
  });

  it('control: one that is cancelled by the signal comes out of the same race wedged', async () => {
    const wedged = new Promise((resolve) => setTimeout(resolve, 15_000, 'wedged'));
    expect(await Promise.race([race('cancellingWorkflow'), wedged])).toBe('wedged');
  });
});
