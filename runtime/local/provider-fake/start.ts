import { once, setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Logger } from 'pino';
import { wallClock } from '../../clock.ts';
import { createLogger } from '../../logging.ts';
import { lockDataDirectory } from '../data-directory-lock.ts';
import { controlApi } from './control.ts';
import { createCourier } from './courier.ts';
import { type Credentials, type Keys, openCredentials } from './credentials.ts';
import { handOverMail, handOverText, type InboundMail, type InboundText } from './inbound.ts';
import { createIntake } from './intake.ts';
import { type Entry, type Journal, openJournal } from './journal.ts';
import { type PlanInput, planSchema } from './plan.ts';
import { applyPlan } from './rules.ts';
import { sendgridApi } from './sendgrid.ts';
import { createSignedPosts, type PostCounts } from './signed-posts.ts';
import { twilioApi } from './twilio.ts';
import { NoWebhooks, type Webhooks, type WebhooksInput, webhooksSchema } from './webhooks.ts';

export interface ProviderFakeOptions {
  /** Where journal and keys are kept; one process at a time. */
  directory: string;
  /** 0, the default, lets the system choose. */
  port?: number;
  /** Gives the instants of the journal, epoch milliseconds; the wall clock unless told. Waits are always real. */
  now?: () => Promise<number>;
  plan?: PlanInput;
  webhooks?: WebhooksInput;
  /** Milliseconds before each repetition of a callback that was not taken. */
  retryPausesMs?: readonly number[];
  logger?: Logger;
}

/** Both providers on one port of this machine. */
export interface ProviderFake {
  sendgridUrl: string;
  twilioUrl: string;
  controlUrl: string;
  keys: Keys;
  /** Replaces the plan; counts start anew. @throws {ZodError} */
  setPlan(plan: PlanInput): void;
  /** Replaces where it calls back. @throws {ZodError} */
  setWebhooks(webhooks: WebhooksInput): void;
  /** Every request so far, those of earlier processes included. */
  journal(): readonly Entry[];
  /** Hands over what somebody wrote to the program. Returns whether it was taken. @throws {NoWebhooks} */
  receiveMail(mail: InboundMail): Promise<boolean>;
  receiveText(text: InboundText): Promise<boolean>;
  callbacks(): PostCounts & { underWay: number };
  /** Resolves when no callback is under way. */
  settled(): Promise<void>;
  /** Ends at once: open requests are cut off, callbacks not told yet are left to the next start. */
  stop(): Promise<void>;
}

/**
 * Starts a stand-in for SendGrid and Twilio on 127.0.0.1. Every request is journalled on disk before it is answered, and
 * a later process on the same directory answers look-ups from that journal and tells what is not due yet. Plan and
 * webhooks are not kept.
 * @throws {DataDirectoryInUse} when another process works on the directory
 */
export async function startProviderFake(options: ProviderFakeOptions): Promise<ProviderFake> {
  const lock = await lockDataDirectory(options.directory);
  try {
    return await startLocked(options, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(options: ProviderFakeOptions, release: () => Promise<void>): Promise<ProviderFake> {
  const { directory, now = wallClock.now, retryPausesMs = [200, 1000, 5000] } = options;
  const logger = options.logger ?? createLogger({ name: 'provider-fake' });
  const failed = (error: unknown) => logger.error(error instanceof Error ? error : new Error('failed'));
  const stopping = new AbortController();
  const stopped = stopping.signal;
  // Everything that waits listens to it.
  setMaxListeners(0, stopped);
  const credentials = await openCredentials(directory);
  const journal = await openJournal(join(directory, 'journal.ndjson'));
  const directed = directions(options);
  const posts = createSignedPosts({ now, credentials, webhooks: directed.webhooks, retryPausesMs, stopped });
  const courier = createCourier({ now, credentials, posts, stopped, failed });
  const intake = createIntake({ journal, courier, rules: directed.rules, now });
  const fake = {
    keys: publicKeysOf(credentials),
    setPlan: directed.setPlan,
    setWebhooks: directed.setWebhooks,
    journal: () => [...journal.entries],
    receiveMail: async (mail: InboundMail) => handOverMail(mail, directed.target(), posts),
    receiveText: async (text: InboundText) => handOverText(text, directed.target(), posts, credentials),
    callbacks: () => ({ ...posts.counts(), underWay: courier.underWay() }),
    settled: courier.settled,
    stop: async () => {
      stopping.abort();
      await closed(server);
      await courier.settled();
      await journal.close();
      await release();
    },
  };
  const app = express().disable('x-powered-by').disable('etag');
  app.use('/control', controlApi(fake));
  app.use(sendgridApi({ intake, apiKey: credentials.sendgridApiKey, stopped }));
  app.use(twilioApi({ intake, credentials, stopped }));
  app.use(failures(failed, stopped));
  const server = await listen(app, options.port ?? 0).catch(async (error) => {
    await journal.close();
    throw error;
  });
  await tellWhatIsDueLater(journal, courier.tell, await now());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { ...fake, sendgridUrl: url, twilioUrl: url, controlUrl: `${url}/control` };
}

/** What can be changed from outside while it runs. */
function directions(options: ProviderFakeOptions) {
  let rules = applyPlan(planSchema.parse(options.plan ?? {}));
  let webhooks: Webhooks | null = options.webhooks ? webhooksSchema.parse(options.webhooks) : null;
  return {
    rules: () => rules,
    webhooks: () => webhooks,
    setPlan(plan: PlanInput) {
      rules = applyPlan(planSchema.parse(plan));
    },
    setWebhooks(given: WebhooksInput) {
      webhooks = webhooksSchema.parse(given);
    },
    target(): Webhooks {
      if (webhooks === null) throw new NoWebhooks();
      return webhooks;
    },
  };
}

function publicKeysOf({ webhookPrivateKey: _, ...keys }: Credentials): Keys {
  return keys;
}

async function listen(app: Express, port: number): Promise<Server> {
  const server = createServer(app);
  // An idle connection that is closed while a request is on its way would be a fault that no plan has.
  server.keepAliveTimeout = 600_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function closed(server: Server): Promise<void> {
  const closing = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closing;
}

/** What was due while no process ran is lost, as callbacks of the real ones may be. */
async function tellWhatIsDueLater(journal: Journal, tell: (entry: Entry) => void, now: number): Promise<void> {
  for (const entry of journal.entries) {
    const reports = entry.reports.filter((report) => Date.parse(report.toldAt) > now);
    if (reports.length > 0) tell({ ...entry, reports });
  }
}

/** A fault of the fake itself must not look like one of a plan. */
function failures(failed: (error: unknown) => void, stopped: AbortSignal): ErrorRequestHandler {
  return (error, request, response, _next) => {
    if (stopped.aborted || response.headersSent) return void request.socket.destroy();
    const status = (error as { status?: number }).status ?? 500;
    if (status >= 500) failed(error);
    response.status(status).json({ error: 'the provider fake failed' });
  };
}
