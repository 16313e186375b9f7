import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { DeliveryChannel } from '../activities/channels/channel.ts';
import { createNudger, temporalNudge } from '../activities/nudger.ts';
import { createApp } from '../api/app.ts';
import { type Relay, startRelay } from '../api/relay.ts';
import type { Route } from '../api/route.ts';
import { allRoutes } from '../api/routes/index.ts';
import type { Lead } from '../policy/pair/context.ts';
import { type Database, openDatabase } from '../prisma/database.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { type RunningWorker, startWorker } from '../worker/worker.ts';
import { workflowTaskQueue } from '../workflows/messages.ts';

/** The parts that every way of running Tandem is put together from. */
export interface ApplicationParts {
  databaseUrl: string;
  client: Client;
  connection: NativeConnection;
  namespace: string;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Where messages go; only a worker sends. */
  channel: DeliveryChannel | null;
  lead: Lead;
  inboundDomain: string | null;
  cachedWorkflows: number;
  /** TCP port on 127.0.0.1; 0 lets the system choose. */
  port: number;
  host: string;
  publicUrl: string | null;
  /** Rehearsals show subject and body in the ledger. */
  showBodies: boolean;
  /** Which halves run in this process. */
  api: boolean;
  worker: boolean;
  moreRoutes?: (application: { database: Database; relay: Relay }) => Route[];
}

export interface Application {
  url: string;
  database: Database;
  relay: Relay | null;
  worker: RunningWorker | null;
  /** Stops taking requests, then ends what is under way. */
  stop(): Promise<void>;
}

/** Puts the application together and starts it; everything that can be replaced by configuration is a part. */
export async function startApplication(parts: ApplicationParts): Promise<Application> {
  const database = openDatabase(parts.databaseUrl, { applicationName: 'tandem' });
  const worker =
    parts.channel && parts.worker ? await startWorker({ ...parts, channel: parts.channel, database }) : null;
  const relay = parts.api ? startRelay({ ...parts, database, nudge: nudgeOf(parts) }) : null;
  const server = relay ? await listen(parts, database, relay) : null;
  return {
    url: server ? addressOf(server, parts.host) : '',
    database,
    relay,
    worker,
    async stop() {
      if (server) await closed(server);
      await relay?.stop();
      await worker?.stop();
      await database.close();
    },
  };
}

function nudgeOf(parts: ApplicationParts): (shard: 'people' | 'urgent') => Promise<void> {
  const nudger = createNudger(temporalNudge(parts.client, () => parts.metrics.nudges.inc(), workflowTaskQueue));
  return nudger.nudge;
}

async function listen(parts: ApplicationParts, database: Database, relay: Relay): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, resolve);
  });
  const publicUrl = parts.publicUrl ?? addressOf(server, parts.host);
  const { clock, metrics, logger, client, inboundDomain, showBodies } = parts;
  const nudge = nudgeOf(parts);
  const routes = allRoutes({ database, clock, metrics, logger, client, relay, nudge, inboundDomain, showBodies });
  const more = parts.moreRoutes?.({ database, relay }) ?? [];
  const ready = async (): Promise<string[]> => ((await isTemporalReachable(client)) ? [] : ['temporal']);
  const app = createApp({ database, clock, metrics, logger, publicUrl, ready, routes: [...routes, ...more] });
  server.on('request', app);
  return server;
}

async function isTemporalReachable(client: Client): Promise<boolean> {
  try {
    await client.connection.withDeadline(Date.now() + 2000, () => client.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}

function addressOf(server: Server, host: string): string {
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 3000).unref();
  });
}
