import { sendgridEvent, twilioStatusForm } from './callbacks.ts';
import type { Credentials } from './credentials.ts';
import type { Entry, Report } from './journal.ts';
import { type Outgoing, post } from './post.ts';
import { sendgridSignature, twilioSignature } from './signatures.ts';
import { wait } from './wait.ts';
import { localAddress, type Webhooks } from './webhooks.ts';

/** How many callbacks were taken, were not taken in the end, have no address on this machine, and are under way. */
export interface CallbackCounts {
  taken: number;
  refused: number;
  unaddressed: number;
  underWay: number;
}

export interface CourierDeps {
  now: () => Promise<number>;
  credentials: Credentials;
  webhooks: () => Webhooks | null;
  retryPausesMs: readonly number[];
  stopped: AbortSignal;
  /** Takes a fault of the fake itself. */
  failed: (error: unknown) => void;
}

export interface Courier {
  /** Tells what an accepted message's plan has before its answer; resolves when all of it was told. */
  tellBeforeAnswer(entry: Entry): Promise<void>;
  /** Tells the rest in time. */
  tell(entry: Entry): void;
  /** Posts one form or mail, signed as its provider does. Returns whether it was taken. */
  postForm(url: string, form: URLSearchParams): Promise<boolean>;
  postSigned(url: string, body: Buffer, contentType: string): Promise<boolean>;
  counts(): CallbackCounts;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

const BATCH_MS = 20;
const BATCH_EVENTS = 100;

/** Carries callbacks to the program. Events of SendGrid that come together travel together, as its own do. */
export function createCourier(deps: CourierDeps): Courier {
  const { now, credentials, webhooks, retryPausesMs, stopped, failed } = deps;
  const counts = { taken: 0, refused: 0, unaddressed: 0 };
  const underWay = new Set<Promise<unknown>>();
  const carry = async (publicAddress: string | null, outgoing: Omit<Outgoing, 'url'>): Promise<boolean> => {
    const url = publicAddress === null ? null : localAddress(publicAddress, webhooks());
    const wasTaken = url !== null && (await post({ ...outgoing, url }, retryPausesMs, stopped));
    counts[url === null ? 'unaddressed' : wasTaken ? 'taken' : 'refused'] += 1;
    return wasTaken;
  };
  const postForm = (url: string | null, form: URLSearchParams) => {
    const signature = url === null ? '' : twilioSignature(credentials.twilioAuthToken, url, form);
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature };
    return carry(url, { body: Buffer.from(form.toString()), headers });
  };
  const postSigned = async (url: string | null, body: Buffer, contentType: string) => {
    const signature = sendgridSignature(credentials.webhookPrivateKey, body, Math.floor((await now()) / 1000));
    return carry(url, { body, headers: { 'Content-Type': contentType, ...signature } });
  };
  const postEvents = (events: object[]) => {
    const target = webhooks();
    const url = target && target.publicUrl + target.paths.sendgridEvents;
    return postSigned(url, Buffer.from(JSON.stringify(events)), 'application/json');
  };
  const batch = createBatch(postEvents, stopped);
  const tellOne = async (entry: Entry, report: Report): Promise<void> => {
    for (let time = 0; time < report.times; time += 1) {
      if (entry.provider === 'twilio') {
        await postForm(entry.statusCallback, twilioStatusForm(entry, report, credentials));
      } else {
        await batch(sendgridEvent(entry, report));
      }
    }
  };
  const tellAll = async (entry: Entry, beforeAnswer: boolean): Promise<void> => {
    const telling: Promise<void>[] = [];
    for (const report of inOrderOfTelling(entry.reports)) {
      if (report.lost || report.beforeAnswer !== beforeAnswer) continue;
      await wait(Math.max(0, Date.parse(report.toldAt) - (await now())), stopped);
      const told = tellOne(entry, report);
      // Its failure is met at the end, not while another report is waited for.
      told.catch(() => undefined);
      telling.push(told);
      // One after the other keeps the plan's order; events of one moment may share a batch, which keeps it too.
      if (entry.provider === 'twilio') await told;
    }
    await Promise.all(telling);
  };
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
    postForm,
    postSigned,
    counts: () => ({ ...counts, underWay: underWay.size }),
    async settled() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

function inOrderOfTelling(reports: readonly Report[]): Report[] {
  return [...reports].sort((a, b) => Date.parse(a.toldAt) - Date.parse(b.toldAt) || a.turn - b.turn);
}

/** Gathers events for a moment. Each call resolves when the batch with its event was taken or given up. */
function createBatch(send: (events: object[]) => Promise<boolean>, stopped: AbortSignal) {
  let waiting: object[] = [];
  let flushing: Promise<void> | null = null;
  const flush = async (): Promise<void> => {
    await wait(BATCH_MS, stopped);
    const events = waiting;
    waiting = [];
    flushing = null;
    for (let start = 0; start < events.length; start += BATCH_EVENTS) {
      await send(events.slice(start, start + BATCH_EVENTS));
    }
  };
  return (event: object): Promise<void> => {
    waiting.push(event);
    flushing ??= flush();
    return flushing;
  };
}
