import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { workflowBundle } from '../../worker/bundle.ts';
import { historiesFolder, type RecordedRun } from './record.ts';

const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
const names = readdirSync(historiesFolder).filter((name) => name.endsWith('.json'));

function recorded(name: string): RecordedRun {
  return JSON.parse(readFileSync(join(historiesFolder, name), 'utf8')) as RecordedRun;
}

async function replay(code: string, name: string): Promise<Error | undefined> {
  const { workflowId, history } = recorded(name);
  const runs = [{ workflowId, history: historyFromJSON(history) }];
  for await (const result of Worker.runReplayHistories({ workflowBundle: { code } }, runs)) return result.error;
  throw new Error('nothing was replayed');
}

describe('workflows of an earlier release', () => {
  let current: string;
  let incompatible: string;
  beforeAll(async () => {
    Runtime.install({ logger });
    current = (await workflowBundle()).code;
    const workflowsPath = fileURLToPath(new URL('incompatible.ts', import.meta.url));
    incompatible = (await bundleWorkflowCode({ workflowsPath, logger })).code;
  });

  it('there are histories of pairs, of requests, of a program and of a dispatcher', () => {
    for (const kind of ['pair', 'request', 'program', 'dispatcher']) {
      expect(names.filter((name) => name.startsWith(kind)).length, kind).toBeGreaterThan(0);
    }
  });

  it.each(names)('%s goes on under the code as it is', async (name) => {
    expect(await replay(current, name)).toBeUndefined();
  });

  it('control: a workflow that does the same in another order is found out', async () => {
    expect(await replay(incompatible, 'pair-year-first.json')).toBeInstanceOf(DeterminismViolationError);
  });
});
