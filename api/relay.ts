import {
  type Client,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Logger } from 'pino';
import type { PairEvent } from '../policy/event.ts';
import type { Database } from '../prisma/database.ts';
import { type LeasedEntry, leaseEntries, markDelivered, markRefused, releaseEntries } from '../prisma/store/journal.ts';
import { giveUpParked, journalBacklog, redeliverForgotten, unparkKnown } from '../prisma/store/journal-care.ts';
import { overdueShards } from '../prisma/store/sends.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { type DispatchShard, parseWorkflowId } from '../workflows/ids.ts';
import { commandUpdates, eventsRecorded, workflowTaskQueue } from '../workflows/messages.ts';
import { refusalCode } from './pair-gateway.ts';
import { createRetention } from './retention.ts';

/**
 * Carries journal entries to their workflows: at once, and again after an outage until Temporal has them. Entries of one
 * workflow travel in one signal, in the order of acceptance; safety goes first.
 */
export interface Relay {
  /** New entries were committed. */
  wake(): void;
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

const entriesPerLease = 400;
const signalsAtOnce = 12;
const leaseSeconds = 30;
const retrySeconds = 2;
const idleMillis = 1000;
/** Looking after parked and forgotten entries, and overdue mailboxes, is not urgent. */
const careMillis = 5_000;
const overdueSeconds = 5;
const nudgeOverdueEvery = 60_000;

export function startRelay(deps: RelayDependencies): Relay {
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
  const care = createCare(deps);
  const loop = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      const delivered = await attempt(deps, () => deliverOnce(deps));
      await attempt(deps, care);
      if (!delivered) await rest();
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

/** Delivers one lease of entries; answers whether there may be more. */
async function deliverOnce(deps: RelayDependencies): Promise<boolean> {
  const entries = await leaseEntries(deps.database, entriesPerLease, leaseSeconds);
  if (entries.length === 0) return false;
  const byOwner = new Map<string, LeasedEntry[]>();
  for (const entry of entries) byOwner.set(entry.owner, [...(byOwner.get(entry.owner) ?? []), entry]);
  const queue = [...byOwner.values()];
  const lane = async (): Promise<void> => {
    for (let batch = queue.shift(); batch; batch = queue.shift()) await deliverTo(batch);
  };
  const delivered: number[] = [];
  const failed: number[] = [];
  const deliverTo = async (batch: LeasedEntry[]): Promise<void> => {
    try {
      await deliver(deps, batch);
      delivered.push(...batch.map((entry) => entry.event.seq));
    } catch (error) {
      failed.push(...batch.map((entry) => entry.event.seq));
      deps.logger.warn({ err: error, entries: batch.length }, 'delivery failed, will try again');
    }
  };
  await Promise.all(Array.from({ length: signalsAtOnce }, lane));
  if (delivered.length > 0) await markDelivered(deps.database, delivered);
  if (failed.length > 0) await releaseEntries(deps.database, failed, retrySeconds);
  deps.metrics.relayDelivered.inc(delivered.length);
  return delivered.length > 0;
}

async function deliver(deps: RelayDependencies, entries: LeasedEntry[]): Promise<void> {
  const events = entries.filter((entry) => !entry.asked).map((entry) => entry.event);
  const owner = (entries[0] as LeasedEntry).owner;
  if (events.length > 0) await signal(deps.client, owner, events);
  for (const entry of entries) if (entry.asked) await askAgain(deps, entry);
}

async function signal(client: Client, owner: string, events: PairEvent[]): Promise<void> {
  const parsed = parseWorkflowId(owner);
  if (!parsed || parsed.kind === 'dispatch')
    throw new Error('journal entry for an owner that is no pair and no program');
  const workflow = parsed.kind === 'pair' ? 'pairWorkflow' : 'programWorkflow';
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

/** What is looked after every few seconds of wall time, whatever the clock of the rules says. */
function createCare(deps: RelayDependencies): () => Promise<void> {
  let lastCare = 0;
  const lastNudge = new Map<string, number>();
  const dropOldWords = createRetention(deps);
  return async () => {
    const wall = performance.now();
    if (lastCare > 0 && wall - lastCare < careMillis) return;
    lastCare = wall;
    const now = await deps.clock.now();
    await unparkKnown(deps.database);
    const givenUp = await giveUpParked(deps.database, now);
    if (givenUp > 0) deps.logger.warn({ entries: givenUp }, 'events of unknown pairs given up after 24 hours');
    await redeliverForgotten(deps.database);
    const backlog = await journalBacklog(deps.database);
    deps.metrics.relayOldestAge.set(backlog.oldestSeconds);
    const overdue = await overdueShards(deps.database, now);
    deps.metrics.dispatchOldestDueAge.set(Math.max(0, ...overdue.map((shard) => shard.seconds)));
    for (const { shard, seconds } of overdue) {
      if (seconds < overdueSeconds || wall - (lastNudge.get(shard) ?? -nudgeOverdueEvery) < nudgeOverdueEvery) continue;
      lastNudge.set(shard, wall);
      await deps.nudge(shard as DispatchShard);
    }
    await dropOldWords();
  };
}
