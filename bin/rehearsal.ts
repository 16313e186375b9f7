import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Logger } from 'pino';
import { carriedBy, type DeliveryChannels } from '../activities/channels/channel.ts';
import { openOutbox } from '../activities/channels/outbox.ts';
import { rehearsalRoutes } from '../api/routes/rehearsal.ts';
import type { Instant } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import { migrate } from '../prisma/migrate.ts';
import type { Clock } from '../runtime/clock.ts';
import { startEmbeddedPostgres } from '../runtime/local/embedded-postgres.ts';
import { startTemporalTestServer } from '../runtime/local/temporal-test-server.ts';
import { createLogger } from '../runtime/logging.ts';
import { createMetrics } from '../runtime/metrics.ts';
import type { ProviderSettings } from '../runtime/provider-settings.ts';
import { installTemporalRuntime, usualLead } from '../worker/worker.ts';
import { type Application, startApplication } from './application.ts';
import { localKey } from './local-key.ts';
import { createRest, type Rest } from './rehearsal-rest.ts';
import { type Stack, stackOf } from './stack.ts';

/** A rehearsal: the same application on a virtual clock and a throw-away database (V4). */
export interface Rehearsal extends Stack {
  url: string;
  key: string;
  application: Application;
  now(): Promise<Instant>;
  /** Moves the clock; returns once everything due by then has been decided and sent. */
  advanceTo(target: Instant): Promise<void>;
  /** Returns once everything that was told so far has been decided, and sent where it is due. */
  settle(): Promise<void>;
}

export interface RehearsalOptions {
  port: number;
  /** A database to use instead of a throw-away server; it must be empty. */
  databaseUrl?: string;
  logger?: Logger;
  cachedWorkflows?: number;
  /** Keys that verify what providers call back, for rehearsing what people answer; without them such calls are refused. */
  providerSettings?: ProviderSettings;
  /** Who carries messages instead of the outbox, such as a provider fake. */
  channels?: (publicUrl: string, clock: Clock) => DeliveryChannels;
  /** Pairs are asked when they are read, as they are outside of a rehearsal. A clock that is to be moved then may never move again. */
  queries?: boolean;
  /** Domain of the addresses that staff blind-copy, for rehearsing their outreach by mail. */
  inboundDomain?: string;
}

const settleWithinMillis = 60_000;

export async function startRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  let parts: Omit<Rehearsal, keyof Stack> | null = null;
  const stack = await stackOf(async ({ started, watch }) => {
    const place = await mkdtemp(join(tmpdir(), 'tandem-rehearsal-'));
    started(() => rm(place, { recursive: true, force: true }));
    const databaseUrl = options.databaseUrl ?? (await throwAwayDatabase(place, started));
    await migrate(databaseUrl);
    const logger = options.logger ?? createLogger({ name: 'tandem-rehearsal' });
    installTemporalRuntime(logger);
    const environment = await startTemporalTestServer();
    started(() => environment.teardown());
    const clock: Clock = { now: () => environment.currentTimeMs() };
    const outbox = await openOutbox(join(place, 'outbox.ndjson'), clock.now);
    started(() => outbox.close());
    let driver: Driver | null = null;
    const driven = (database: Database): Driver => {
      driver ??= createDriver(environment, clock, createRest(database));
      return driver;
    };
    const application = await startApplication({
      databaseUrl,
      client: environment.client,
      connection: environment.nativeConnection,
      namespace: environment.namespace ?? 'default',
      clock,
      logger,
      metrics: createMetrics(),
      channels: (publicUrl) => options.channels?.(publicUrl, clock) ?? carriedBy(outbox),
      providers: { email: 'outbox', sms: 'outbox' },
      providerSettings: options.providerSettings ?? {},
      lead: usualLead,
      inboundDomain: options.inboundDomain ?? null,
      cachedWorkflows: options.cachedWorkflows ?? 2000,
      port: options.port,
      host: '127.0.0.1',
      publicUrl: null,
      showBodies: true,
      queries: options.queries ?? false,
      api: true,
      worker: true,
      moreRoutes: ({ database }) => rehearsalRoutes({ database, clock, advanceTo: driven(database).advanceTo }),
    });
    started(() => application.stop());
    if (application.worker) watch(application.worker.ended);
    const { database } = application;
    parts = {
      url: application.url,
      key: await localKey(database, place, await clock.now()),
      application,
      now: clock.now,
      ...driven(database),
    };
  });
  return { ...(parts as unknown as Omit<Rehearsal, keyof Stack>), ...stack };
}

async function throwAwayDatabase(place: string, started: (stop: () => Promise<unknown>) => void): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDirectory: place, durable: false });
  started(() => postgres.stop());
  return postgres.url;
}

type Driver = Pick<Rehearsal, 'advanceTo' | 'settle'>;

/** Waits until nothing is left to do, moves the clock, and waits again; one caller after the other. */
function createDriver(environment: TestWorkflowEnvironment, clock: Clock, rest: Rest): Driver {
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    settle: () => inTurn(() => settle(rest, clock)),
    advanceTo: (target) =>
      inTurn(async () => {
        await settle(rest, clock);
        for (let now = await clock.now(); now < target; now = await clock.now()) {
          await environment.sleep(target - now);
          await settle(rest, clock);
        }
      }),
  };
}

async function settle(rest: Rest, clock: Clock): Promise<void> {
  const until = performance.now() + settleWithinMillis;
  // Twice in a row: between two looks a workflow may be about to write.
  for (let calm = 0; calm < 2; ) {
    const left = await rest.left(await clock.now());
    calm = Object.values(left).every((count) => count === 0) ? calm + 1 : 0;
    if (performance.now() > until) throw new Error(`the rehearsal does not come to rest: ${JSON.stringify(left)}`);
    if (calm < 2) await new Promise((resolve) => setTimeout(resolve, calm > 0 ? 5 : 15));
  }
}
