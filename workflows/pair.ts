import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { SayInput } from '../activities/say.ts';
import type { PairEvent } from '../policy/event.ts';
import { refusalOf } from '../policy/pair/commands.ts';
import { compactPair, type Decision, decide, saidState } from '../policy/pair/decide.ts';
import { openContext } from '../policy/pair/documents.ts';
import { sayOf } from '../policy/pair/say.ts';
import { applyEvent, openPair, withEveryTrack } from '../policy/pair/state.ts';
import { takeUpPolicy, takeUpWanted, wantsDocuments } from '../policy/pair/take-up.ts';
import { planPair, viewPair } from '../policy/pair/view.ts';
import { currentRules } from '../policy/rules.ts';
import {
  type CarriedPair,
  closePair,
  continueAsNewRequested,
  eventsRecorded,
  getCarried,
  getPair,
  getPlan,
  type PairInput,
  pausePair,
  resumePair,
  resumeReminders,
} from './messages.ts';
import { local, perform } from './perform.ts';
import { isRunLong } from './run-length.ts';
import { createWake } from './wake.ts';

const retryAfter = 30_000;

/**
 * One mentoring pair, for as long as it lasts. Decides, says, and waits until something happened or the next deadline;
 * knows no concern by name.
 */
export async function pairWorkflow(input: PairInput): Promise<void> {
  const inbox: PairEvent[] = [];
  let pair: CarriedPair | null = input.carried ? whole(input.carried) : null;
  let newRun = false;
  const opened = (): CarriedPair => {
    if (!pair) throw ApplicationFailure.nonRetryable('the pair is being opened, ask again', 'opening');
    return pair;
  };
  const wake = createWake();
  const apply = (event: PairEvent): void => {
    pair = applyEvent(opened().state, event, opened().ctx, Date.now());
    wake.ring();
  };
  const refuse = (event: PairEvent): void => {
    const refusal = refusalOf(opened().state, event, Date.now(), opened().ctx);
    if (refusal) throw ApplicationFailure.create({ message: refusal, type: refusal, nonRetryable: true });
  };
  setHandler(eventsRecorded, (events) => {
    inbox.push(...events);
    wake.ring();
  });
  setHandler(continueAsNewRequested, () => {
    newRun = true;
    wake.ring();
  });
  for (const command of [pausePair, resumePair, closePair, resumeReminders]) {
    setHandler(command, apply, { validator: refuse });
  }
  setHandler(getPair, (now) => viewPair(opened().state, now, opened().ctx));
  setHandler(getPlan, (now, until) => planPair(opened().state, now, until, opened().ctx));
  setHandler(getCarried, opened);

  while (!pair) {
    const read = await perform(() => local.openPair({ pairId: input.pairId }));
    if (read.ok && read.value === null) return;
    if (read.ok && read.value) pair = openedPair(read.value);
    else await wake.wait(Date.now() + retryAfter, () => false);
  }
  for (;;) {
    for (const event of inbox.splice(0)) apply(event);
    const { state, ctx } = opened();
    const now = Date.now();
    const decision = decide(state, now, ctx);
    const order = (): number => opened().state.facts + inbox.length;
    const before = order();
    let failed = false;
    if (wantsDocuments(state) || decision.read) failed = !(await readDocuments(decision));
    else if (decision.owed) failed = !(await say(decision, now));
    else if (state.retired && inbox.length === 0) return;
    else if ((newRun || isRunLong()) && inbox.length === 0) await nextRun();
    else await wake.wait(decision.nextAt, () => order() > before || newRun);
    if (failed) await wake.wait(now + retryAfter, () => order() > before);
  }

  async function readDocuments(decision: Decision): Promise<boolean> {
    const { state, ctx } = opened();
    const wanted = state.wanted;
    const request = { programId: ctx.programId, pairId: ctx.pairId, wanted, currentPolicy: decision.read !== null };
    const read = await perform(() => local.readDocuments(request));
    if (!read.ok) return false;
    const taken = takeUpWanted(opened(), wanted, read.value, Date.now());
    pair = decision.read ? takeUpPolicy(taken, decision.read, read.value, Date.now()) : taken;
    return true;
  }

  async function say(decision: Decision, now: number): Promise<boolean> {
    const { state, ctx } = opened();
    const words: SayInput = sayOf(workflowInfo().workflowId, state, decision, now, ctx);
    const said = await perform(() => local.say(words));
    if (said.ok) pair = { ...opened(), state: saidState(opened().state, decision, now, ctx) };
    return said.ok;
  }

  async function nextRun(): Promise<void> {
    await condition(allHandlersFinished);
    const { state, ctx } = opened();
    const carried = { state: compactPair(state, Date.now(), ctx), ctx: { ...ctx, rules: currentRules } };
    await continueAsNew<typeof pairWorkflow>({ ...input, carried });
  }
}

/** A pair that was carried from a run before a concern was added. */
function whole({ state, ctx }: CarriedPair): CarriedPair {
  return { state: withEveryTrack(state, ctx), ctx };
}

function openedPair(read: { documents: Parameters<typeof openContext>[0]; archive: CarriedPair | null }): CarriedPair {
  if (read.archive) return whole(read.archive);
  const ctx = openContext(read.documents, currentRules);
  return { state: openPair(ctx), ctx };
}
