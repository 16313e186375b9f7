import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Express } from 'express';
import type { Logger } from 'pino';
import type { DeliveryChannels } from '../activities/channels/channel.ts';
import type { ComposeContext } from '../activities/dispatch/compose.ts';
import { createNudger, type Nudger, temporalNudge } from '../activities/nudger.ts';
import { createApp } from '../api/app.ts';
import { unavailable } from '../api/problem.ts';
import { type Relay, startRelay } from '../api/relay.ts';
import type { Route } from '../api/route.ts';
import { allRoutes } from '../api/routes/index.ts';
import type { Lead } from '../policy/pair/context.ts';
import type { Channel } from '../policy/step.ts';
import { type Database, openDatabase } from '../prisma/database.ts';
import { installationSecret } from '../prisma/store/secrets.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { preferenceToken } from '../runtime/preference-token.ts';
import type { ProviderSettings } from '../runtime/provider-settings.ts';
import { responseToken } from '../runtime/response-token.ts';
import { createSigner, type Signer } from '../runtime/signing.ts';
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
  /** Who carries messages, given the address at which others reach this installation; only a worker sends. */
  channels: ((publicUrl: string) => DeliveryChannels) | null;
  /** The names of those who carry mail and texts. */
  providers: Record<Channel, string>;
  /** Keys of the providers, for what they call back. */
  providerSettings: ProviderSettings;
  lead: Lead;
  inboundDomain: string | null;
  cachedWorkflows: number;
  /** TCP port on 127.0.0.1; 0 lets the system choose. */
  port: number;
  host: string;
  publicUrl: string | null;
  /** Rehearsals show subject and body in the ledger. */
  showBodies: boolean;
  /** Whether pairs are asked when they are read, or what they last said is read in their place. */
  queries: boolean;
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
  const server = parts.api ? await listen(parts) : null;
  try {
    return await startOn(parts, database, server);
  } catch (error) {
    server?.close();
    await database.close();
    throw error;
  }
}

async function startOn(parts: ApplicationParts, database: Database, server: Server | null): Promise<Application> {
  const url = server ? addressOf(server, parts.host) : '';
  const publicUrl = parts.publicUrl ?? (server ? url : `http://${parts.host}:${parts.port}`);
  const signer = createSigner(await installationSecret(database, 'links'));
  const nudger = createNudger(temporalNudge(parts.client, () => parts.metrics.nudges.inc(), workflowTaskQueue));
  const shared: Shared = { database, nudger, publicUrl, signer };
  const channels = parts.channels?.(publicUrl);
  const links = linksOf(parts, shared);
  const worker = channels && parts.worker ? await startWorker({ ...parts, ...shared, channels, links }) : null;
  const relay = server ? startRelay({ ...parts, database, nudge: nudger.nudge }) : null;
  if (server && relay) server.removeAllListeners('request').on('request', appOf(parts, shared, relay));
  return {
    url,
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

/** What the halves of one process have in common. */
interface Shared {
  database: Database;
  nudger: Nudger;
  publicUrl: string;
  signer: Signer;
}

function linksOf({ inboundDomain }: ApplicationParts, { publicUrl, signer }: Shared): ComposeContext {
  return {
    inboundDomain,
    preferencesPage: (personId, programId) =>
      `${publicUrl}/preferences/${preferenceToken(signer, { personId, programId })}`,
    responsePage: (subject) => `${publicUrl}/responses/${responseToken(signer, subject)}`,
  };
}

/** Listens at once, since links need the address; whoever asks before all is started is told to come again. */
async function listen({ port, host }: ApplicationParts): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(503, { 'Retry-After': '2', 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify(unavailable('Tandem is starting', 2).document));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

function appOf(parts: ApplicationParts, shared: Shared, relay: Relay): Express {
  const { client } = parts;
  const { database, nudger } = shared;
  const routes = allRoutes({ ...parts, ...shared, relay, nudge: nudger.nudge });
  const more = parts.moreRoutes?.({ database, relay }) ?? [];
  const ready = async (): Promise<string[]> => ((await isTemporalReachable(client)) ? [] : ['temporal']);
  return createApp({ ...parts, ...shared, ready, routes: [...routes, ...more] });
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
