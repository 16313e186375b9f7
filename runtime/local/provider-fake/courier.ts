import { sendgridEvent, twilioStatusForm } from './callbacks.ts';
import type { Credentials } from './credentials.ts';
import type { Entry, Report } from './journal.ts';
import type { SignedPosts } from './signed-posts.ts';
import { wait } from './wait.ts';

export interface CourierDeps {
  now: () => Promise<number>;
  credentials: Credentials;
  posts: SignedPosts;
  stopped: AbortSignal;
  /** Takes a fault of the fake itself. */
  failed: (error: unknown) => void;
}

export interface Courier {
  /** Tells what an accepted message's plan has before its answer; resolves when all of it was told. */
  tellBeforeAnswer(entry: Entry): Promise<void>;
  /** Tells the rest in time. */
  tell(entry: Entry): void;
  /** How many messages are not wholly told yet. */
  underWay(): number;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

const BATCH_MS = 20;
const BATCH_EVENTS = 100;

/** Tells the program what becomes of messages. Events of SendGrid that come together travel together, as its own do. */
export function createCourier(deps: CourierDeps): Courier {
  const { stopped, failed } = deps;
  const batch = createBatch(deps);
  const tellAll = async (entry: Entry, beforeAnswer: boolean): Promise<void> => {
    const telling: Promise<void>[] = [];
    for (const report of inOrderOfTelling(entry.reports)) {
      if (report.lost || report.beforeAnswer !== beforeAnswer) continue;
      await wait(Math.max(0, Date.parse(report.toldAt) - (await deps.now())), stopped);
      const told = tellOne(deps, batch, entry, report);
      // Its failure is met at the end, not while another report is waited for.
      told.catch(() => undefined);
      telling.push(told);
      // One after the other keeps the plan's order; events of one moment may share a batch, which keeps it too.
      if (entry.provider === 'twilio') await told;
    }
    await Promise.all(telling);
  };
  const underWay = new Set<Promise<unknown>>();
  const track = (telling: Promise<unknown>): void => {
    const ended = telling.catch((error: unknown) => {
      if (!stopped.aborted) failed(error);
    });
    underWay.add(ended);
    void ended.finally(() => underWay.delete(ended));
  };
  return {
    tellBeforeAnswer: (entry) => tellAll(entry, true),
    tell: (entry) => track(tellAll(entry, false)),
    underWay: () => underWay.size,
    async settled() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

type Batch = (event: object) => Promise<void>;

async function tellOne({ posts, credentials }: CourierDeps, batch: Batch, entry: Entry, report: Report): Promise<void> {
  for (let time = 0; time < report.times; time += 1) {
    if (entry.provider === 'sendgrid') await batch(sendgridEvent(entry, report));
    else await posts.postForm(entry.statusCallback, twilioStatusForm(entry, report, credentials));
  }
}

function inOrderOfTelling(reports: readonly Report[]): Report[] {
  return [...reports].sort((a, b) => Date.parse(a.toldAt) - Date.parse(b.toldAt) || a.turn - b.turn);
}

/** Gathers events for a moment. Each call resolves when the batch with its event was taken or given up. */
function createBatch({ posts, stopped }: CourierDeps): Batch {
  let waiting: object[] = [];
  let flushing: Promise<void> | null = null;
  const flush = async (): Promise<void> => {
    await wait(BATCH_MS, stopped);
    const events = waiting;
    waiting = [];
    flushing = null;
    for (let start = 0; start < events.length; start += BATCH_EVENTS) {
      await posts.postEvents(events.slice(start, start + BATCH_EVENTS));
    }
  };
  return (event) => {
    waiting.push(event);
    flushing ??= flush();
    return flushing;
  };
}
