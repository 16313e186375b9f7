import {
  type Client,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Logger } from 'pino';
import type { PairEvent } from '../policy/event.ts';
import type { Database } from '../prisma/database.ts';
import { type LeasedEntry, leaseEntries, markRefused, releaseEntries } from '../prisma/store/journal-leases.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { type DispatchShard, parseWorkflowId } from '../workflows/ids.ts';
import { commandUpdates, eventsRecorded, workflowTaskQueue } from '../workflows/messages.ts';
import { createDeliveryMarks, type DeliveryMarks } from './delivery-marks.ts';
import { refusalCode } from './pair-gateway.ts';
import { createCare } from './relay-care.ts';
import { createRelayPace, type RelayPace } from './relay-pace.ts';

/**
 * Carries journal entries to their workflows: at once, and again after an outage until Temporal has them. Entries of one
 * workflow travel in one signal, in the order of acceptance; safety goes first.
 */
export interface Relay extends Pick<RelayPace, 'storing'> {
  /** New entries were committed; `urgent` when one of them is, or when it is not known. */
  wake(has?: { urgent: boolean }): void;
  stop(): Promise<void>;
}

export interface RelayDependencies {
  database: Database;
  client: Client;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
  /** Wakes a dispatcher whose rows are overdue. */
  nudge: (shard: DispatchShard) => Promise<void>;
}

const ownersPerLease = 400;
const signalsAtOnce = 12;
const urgentSignalsAtOnce = 4;
/** What one signal carries at most; a workflow with more gets several. */
const entriesPerSignal = 200;
const leaseSeconds = 30;
const retrySeconds = 2;
const idleMillis = 1000;

export function startRelay(deps: RelayDependencies): Relay {
  const pace = createRelayPace();
  const marks = createDeliveryMarks(deps.database);
  const care = createCare(deps);
  const ordinary = startLoop(deps, async (isStopped) => {
    const owners = pace.isTakingIn() ? 1 : ownersPerLease;
    const paced = { urgent: false, lanes: signalsAtOnce, turn: pace.turn };
    const delivered = await deliverOnce(deps, marks, { ...paced, owners, isStopped });
    await attempt(deps, marks.writeDue);
    await attempt(deps, care);
    return delivered;
  });
  const atOnce = async (): Promise<void> => undefined;
  const urgent = startLoop(deps, (isStopped) => {
    const unpaced = { urgent: true, lanes: urgentSignalsAtOnce, turn: atOnce };
    return deliverOnce(deps, marks, { ...unpaced, owners: ownersPerLease, isStopped });
  });
  return {
    storing: pace.storing,
    wake(has = { urgent: true }) {
      ordinary.wake();
      if (has.urgent) urgent.wake();
    },
    async stop() {
      await Promise.all([ordinary.stop(), urgent.stop()]);
      await attempt(deps, marks.writeAll);
    },
  };
}

interface Loop {
  wake(): void;
  stop(): Promise<void>;
}

/** Does its work again and again: at once while there is some, else when woken, and every second. */
function startLoop(deps: RelayDependencies, work: (isStopped: () => boolean) => Promise<boolean>): Loop {
  let stopped = false;
  let woken = false;
  let wakeUp: () => void = () => undefined;
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      if (woken || stopped) return resolve();
      const timer = setTimeout(resolve, idleMillis);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      if (!(await attempt(deps, () => work(() => stopped)))) await rest();
    }
  };
  const running = loop();
  return {
    wake() {
      woken = true;
      wakeUp();
    },
    async stop() {
      stopped = true;
      wakeUp();
      await running;
    },
  };
}

/** A relay outlives whatever fails: the entries stay on the journal, and it tries again. */
async function attempt<T>(deps: RelayDependencies, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    deps.logger.warn({ err: error }, 'relay failed, will try again');
    await new Promise((resolve) => setTimeout(resolve, idleMillis));
    return null;
  }
}

interface Delivery {
  /** Workflows in one lease at most. */
  owners: number;
  urgent: boolean;
  lanes: number;
  /** What is waited for before each workflow's entries leave. */
  turn: () => Promise<void>;
  /** What has not left by then is free at once for the next relay. */
  isStopped: () => boolean;
}

/** Delivers one lease of entries; answers whether there may be more. */
async function deliverOnce(deps: RelayDependencies, marks: DeliveryMarks, delivery: Delivery): Promise<boolean> {
  const entries = await leaseEntries(deps.database, { ...delivery, leaseSeconds });
  if (entries.length === 0) return false;
  const byOwner = new Map<string, LeasedEntry[]>();
  for (const entry of entries) byOwner.set(entry.owner, [...(byOwner.get(entry.owner) ?? []), entry]);
  const queue = [...byOwner.values()];
  const failed: number[] = [];
  const deliverTo = async (batch: LeasedEntry[]): Promise<void> => {
    const seqs = batch.map((entry) => entry.event.seq);
    try {
      await deliver(deps, batch);
      marks.delivered(seqs);
      deps.metrics.relayDelivered.inc(seqs.length);
    } catch (error) {
      failed.push(...seqs);
      deps.logger.warn({ err: error, entries: batch.length }, 'delivery failed, will try again');
    }
  };
  const lane = async (): Promise<void> => {
    while (queue.length > 0) {
      await delivery.turn();
      if (delivery.isStopped()) return;
      const batch = queue.shift();
      if (batch) await deliverTo(batch);
    }
  };
  await Promise.all(Array.from({ length: Math.min(delivery.lanes, queue.length) }, lane));
  const left = queue.flat().map((entry) => entry.event.seq);
  if (left.length > 0) await releaseEntries(deps.database, left, 0);
  if (failed.length > 0) await releaseEntries(deps.database, failed, retrySeconds);
  return failed.length < entries.length;
}

async function deliver(deps: RelayDependencies, entries: LeasedEntry[]): Promise<void> {
  const events = entries.filter((entry) => !entry.asked).map((entry) => entry.event);
  const owner = (entries[0] as LeasedEntry).owner;
  for (let from = 0; from < events.length; from += entriesPerSignal) {
    await signal(deps.client, owner, events.slice(from, from + entriesPerSignal));
  }
  for (const entry of entries) if (entry.asked) await askAgain(deps, entry);
}

const openings: ReadonlySet<string> = new Set(['pair.opened', 'request.opened']);

/** A workflow that runs is signalled, which costs the server less than a signal that may also start one. */
async function signal(client: Client, owner: string, events: PairEvent[]): Promise<void> {
  try {
    // The entry that opens a pair or a request finds no run.
    if (openings.has(events[0]?.type ?? '')) return await signalWithStart(client, owner, events);
    await client.workflow.getHandle(owner).signal(eventsRecorded, events);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await signalWithStart(client, owner, events);
  }
}

async function signalWithStart(client: Client, owner: string, events: PairEvent[]): Promise<void> {
  const parsed = parseWorkflowId(owner);
  if (!parsed || parsed.kind === 'dispatch')
    throw new Error('journal entry for an owner that is no pair, no request and no program');
  const workflow = `${parsed.kind}Workflow`;
  const { kind: _kind, ...input } = parsed;
  await client.workflow.signalWithStart(workflow, {
    workflowId: owner,
    taskQueue: workflowTaskQueue,
    args: [input],
    signal: eventsRecorded,
    signalArgs: [events],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
}

/** A command whose caller got no answer is asked again under the same update id, until it is applied or refused. */
async function askAgain(deps: RelayDependencies, { owner, event }: LeasedEntry): Promise<void> {
  const update = commandUpdates[event.type as keyof typeof commandUpdates];
  try {
    await deps.client.workflow.getHandle(owner).executeUpdate(update, { updateId: event.ref, args: [event] });
  } catch (error) {
    // A pair whose run has ended was closed: there is nothing left to command.
    const code = error instanceof WorkflowNotFoundError ? 'pair_closed' : refusalCode(error);
    if (code === null) throw error;
    await markRefused(deps.database, event.seq, code);
  }
}
