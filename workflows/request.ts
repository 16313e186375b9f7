import { ApplicationFailure, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { RequestWork } from '../activities/requests.ts';
import type { RequestEvent } from '../policy/event.ts';
import { decideRequest, viewRequest } from '../policy/request/decide.ts';
import { sayOfRequest } from '../policy/request/say.ts';
import { continueAsNewRequested, getRequest, type RequestInput, requestEventsRecorded } from './messages.ts';
import { local, perform } from './perform.ts';
import { isRunLong } from './run-length.ts';
import { createWake } from './wake.ts';

const retryAfter = 30_000;

/**
 * One request, offer or list until it has ended. The row arbitrates and is read at each wake; this is its clock and its
 * voice. Opened again, it is another run.
 */
export async function requestWorkflow(input: RequestInput): Promise<void> {
  const inbox: RequestEvent[] = [];
  let work: RequestWork | null = null;
  let facts: number | null = null;
  let newRun = false;
  const wake = createWake();
  setHandler(requestEventsRecorded, (events) => {
    inbox.push(...events);
    wake.ring();
  });
  setHandler(continueAsNewRequested, () => {
    newRun = true;
    wake.ring();
  });
  setHandler(getRequest, (now) => {
    if (!work) throw ApplicationFailure.nonRetryable('the request is being opened, ask again', 'opening');
    return viewRequest(work.request, now, work.context);
  });
  for (;;) {
    const entries = inbox.splice(0);
    const said = await say(entries);
    if (said === 'gone') return;
    if (said === 'failed') inbox.unshift(...entries);
    const waiting = inbox.length;
    if (said === 'closed') continue;
    if (said === 'over' && waiting === 0) return;
    if (said !== 'failed' && waiting === 0 && (newRun || isRunLong())) {
      await continueAsNew<typeof requestWorkflow>(input);
    }
    const nextAt = typeof said === 'object' ? said.nextAt : Date.now() + retryAfter;
    if (said === 'failed' || waiting === 0) await wake.wait(nextAt, () => inbox.length > waiting || newRun);
  }

  async function say(entries: RequestEvent[]) {
    const read = await perform(() => local.readRequest({ requestId: input.requestId }));
    if (!read.ok) return 'failed';
    if (read.value === null) return 'gone';
    work = read.value;
    const { request, context } = work;
    const now = Date.now();
    const decision = decideRequest(request, now, context);
    if (decision.close) {
      const closed = await perform(() => local.closeRequest({ requestId: request.id, round: request.round, now }));
      if (!closed.ok) return 'failed';
      inbox.unshift(...entries, ...(closed.value ? [closed.value] : []));
      return 'closed';
    }
    const order = (facts ?? work.facts) + entries.length;
    const applied = { entries, facts: order };
    const words = sayOfRequest(workflowInfo().workflowId, request, applied, decision, now, context);
    if (!(await perform(() => local.say(words))).ok) return 'failed';
    facts = order;
    return decision.over ? 'over' : { nextAt: decision.nextAt };
  }
}
