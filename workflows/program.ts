import { continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { PairEvent } from '../policy/event.ts';
import { decideProgram, openProgram, saidProgram } from '../policy/program/decide.ts';
import { sayOfProgram } from '../policy/program/say.ts';
import { eventsRecorded, type ProgramInput } from './messages.ts';
import { local, perform, sweep } from './perform.ts';
import { isRunLong } from './run-length.ts';
import { createWake } from './wake.ts';

const retryAfter = 30_000;

/** What a program does beside its pairs: reads where it stands, decides, says, and waits. */
export async function programWorkflow(input: ProgramInput): Promise<void> {
  const inbox: PairEvent[] = [];
  let state = input.carried ?? openProgram();
  let facts = input.facts ?? 0;
  const wake = createWake();
  setHandler(eventsRecorded, (events) => {
    inbox.push(...events);
    wake.ring();
  });
  for (;;) {
    const entries = inbox.splice(0);
    facts += entries.length;
    const read = await perform(() => local.readProgram({ programId: input.programId, now: Date.now() }));
    if (read.ok && read.value === null) return;
    let nextAt: number | null = Date.now() + retryAfter;
    let done = false;
    if (read.ok && read.value) {
      const { context, version } = read.value;
      const now = Date.now();
      const decision = decideProgram(state, now, context);
      const { sweeps } = decision;
      const { zone, policy } = context.document;
      const terms = { programId: input.programId, version, zone, gatherMinutes: policy.messaging.gatherMinutes, now };
      const words = sayOfProgram(workflowInfo().workflowId, entries, facts, decision, now, context, version);
      done = (await perform(() => local.say(words))).ok;
      if (done) {
        // After what is said: a sweep takes its time, and a call to somebody about danger does not wait for it.
        const swept = sweeps === null || (await perform(() => sweep({ ...terms, sweeps }))).ok;
        state = saidProgram(state, now, context, swept);
        if (swept) nextAt = decision.nextAt;
      }
    }
    if (!done) inbox.unshift(...entries);
    const waiting = inbox.length;
    if (done && waiting === 0 && isRunLong()) {
      await continueAsNew<typeof programWorkflow>({ ...input, carried: state, facts });
    }
    if (!done || waiting === 0) await wake.wait(nextAt, () => inbox.length > waiting);
  }
}
