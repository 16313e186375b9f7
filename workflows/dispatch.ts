import { continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { type DispatchInput, nudged } from './messages.ts';
import { dispatch, perform } from './perform.ts';
import { createWake } from './wake.ts';

const eventsPerRun = 400;
const retryAfter = 5_000;

/** Drives the mailboxes of one shard: whenever it is nudged, and at the next instant that a pass named. */
export async function dispatchWorkflow(input: DispatchInput): Promise<void> {
  let again = true;
  const wake = createWake();
  setHandler(nudged, () => {
    again = true;
    wake.ring();
  });
  while (workflowInfo().historyLength < eventsPerRun) {
    again = false;
    const pass = await perform(() => dispatch({ shard: input.shard, notBefore: Date.now() }));
    const nextAt = pass.ok ? pass.value.nextAt : Date.now() + retryAfter;
    if (again) continue;
    if (nextAt === null || nextAt > Date.now()) await wake.wait(nextAt, () => again);
  }
  await continueAsNew<typeof dispatchWorkflow>(input);
}
