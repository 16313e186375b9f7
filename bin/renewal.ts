import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Database } from '../prisma/database.ts';
import { countOpenPairs, listOpenPairs, listOpenRequests, type OpenPair } from '../prisma/store/open-pairs.ts';
import { continueAsNewRequested } from '../workflows/messages.ts';

export interface RenewalParts {
  database: Database;
  client: Client;
  /** At most so many pairs are signalled in a second. */
  perSecond: number;
  /** The last pair that an earlier renewal reached; null begins at the first. */
  after: string | null;
  /** Ends the renewal between two pairs. */
  stop: AbortSignal;
  print: (line: string) => void;
}

export interface RenewalResult {
  signalled: number;
  /** Pairs without a run: their next one begins under the new rules by itself. */
  withoutRun: number;
  remaining: number;
  /** The last pair that was reached; null when there was none. */
  last: string | null;
}

const pairsPerPage = 100;

/**
 * Asks every pair whose run has not ended, in the order of ids, to begin a new run under the present release's rules. A
 * pair that is asked twice begins two runs, and nothing else.
 *
 * @throws what Temporal or the database say, after a line that names the pair from which to go on
 */
export async function renewPairs(parts: RenewalParts): Promise<RenewalResult> {
  const result = { signalled: 0, withoutRun: 0, last: parts.after };
  const pace = createPace(parts.perSecond, parts.stop);
  const remaining = (): Promise<number> => countOpenPairs(parts.database, result.last);
  const tell = async (): Promise<void> =>
    parts.print(`${result.signalled} pairs signalled, ${await remaining()} remain, last ${result.last ?? 'none'}`);
  const renewPage = async (pairs: OpenPair[]): Promise<void> => {
    for (const { id, owner } of pairs) {
      if (!(await pace())) return;
      if (await wasSignalled(parts.client, owner)) result.signalled++;
      else result.withoutRun++;
      result.last = id;
    }
  };
  try {
    for (let stopped = parts.stop.aborted; !stopped; stopped = parts.stop.aborted) {
      const pairs = await listOpenPairs(parts.database, result.last, pairsPerPage);
      if (pairs.length === 0) break;
      await renewPage(pairs);
      await tell();
    }
  } catch (error) {
    parts.print(howToGoOn(result.last));
    throw error;
  }
  return { ...result, remaining: await remaining() };
}

/**
 * Asks every pending request to begin a new run, too; answers how many were signalled. They are few beside the pairs, and
 * begun again from the first one if it was stopped.
 */
export async function renewRequests(parts: Omit<RenewalParts, 'after'>): Promise<number> {
  const pace = createPace(parts.perSecond, parts.stop);
  let signalled = 0;
  for (let last: string | null = null; ; ) {
    const owners: string[] = await listOpenRequests(parts.database, last, pairsPerPage);
    if (owners.length === 0) break;
    for (const owner of owners) {
      if (!(await pace())) return signalled;
      if (await wasSignalled(parts.client, owner)) signalled++;
      last = owner;
    }
  }
  parts.print(`${signalled} requests signalled`);
  return signalled;
}

/** What an operator does to renew the pairs that were not reached. */
export function howToGoOn(last: string | null): string {
  return last === null ? 'no pair was reached: run the command again' : `go on with: tandem renew --after ${last}`;
}

/** Waits until the next pair may be signalled; answers false when the renewal was stopped instead. */
function createPace(perSecond: number, stop: AbortSignal): () => Promise<boolean> {
  let next = performance.now();
  return async () => {
    const wait = next - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: stop }).catch(() => undefined);
    next = Math.max(next, performance.now()) + 1000 / perSecond;
    return !stop.aborted;
  };
}

async function wasSignalled(client: Client, owner: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(owner).signal(continueAsNewRequested);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
