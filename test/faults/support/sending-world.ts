import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Database } from '../../../prisma/database.ts';
import { startTemporalDevServer } from '../../../runtime/local/temporal-dev-server.ts';
import type { ProviderSettings } from '../../../runtime/provider-settings.ts';
import { connectTemporalClient } from '../../../runtime/temporal-connection.ts';
import { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts';
import { type FakeProviders, startFakeProviders } from './fake-providers.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import type { Random } from './random.ts';
import { publicUrl } from './sending-channels.ts';
import type { SendingWorker } from './sending-worker.ts';
import { createTandems, type Tandem } from './tandem.ts';

/** Servers of their own for the send path, each behind a network that can fail. */
export interface SendingWorld {
  /** The tests' own way to the database, past the network that fails. */
  readonly database: Database;
  /** URL of the database, past it too. */
  readonly databaseUrl: string;
  readonly client: Client;
  fake: FakeProviders;
  /** Keys and addresses of the providers, through the network. */
  providers: Required<ProviderSettings>;
  networks: Record<'database' | 'temporal' | 'providers', ChaosProxy>;
  postgres: Pick<OwnPostgres, 'pid' | 'kill' | 'start' | 'terminateConnections' | 'log'>;
  /** From here on there are no rows: another database, which workers that start from now on use. */
  begin(): Promise<void>;
  startWorker(worker?: Partial<SendingWorker>): Promise<Tandem>;
  /** The half of the product that providers call back. */
  startApi(): Promise<Tandem>;
  stop(): Promise<void>;
}

type Started = (undo: () => Promise<unknown>) => void;

/**
 * Everything that was started is stopped by `stop`, in the opposite order.
 * @param withTemporal whether there are to be workers
 */
export async function startSendingWorld(random: Random, withTemporal = true): Promise<SendingWorld> {
  const place = await mkdtemp(join(tmpdir(), 'tandem-sending-'));
  const stops: Array<() => Promise<unknown>> = [() => rm(place, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const undo of stops.splice(0).reverse()) await undo().catch(() => undefined);
  };
  const started: Started = (undo) => void stops.push(undo);
  try {
    return Object.assign(await build(place, random, withTemporal, started), { stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  place: string,
  random: Random,
  withTemporal: boolean,
  started: Started,
): Promise<Omit<SendingWorld, 'stop'>> {
  const tandems = createTandems();
  const postgres = await startOwnPostgres(join(place, 'database'));
  started(postgres.stop);
  const temporal = withTemporal ? await startTemporal(join(place, 'temporal'), started) : null;
  const fake = await startFakeProviders(tandems, join(place, 'providers'));
  const ports = { database: postgres.port, temporal: temporal?.port ?? 0, providers: fake.port };
  const networks = await startNetworks(ports, random, started);
  // Processes end before their servers.
  started(tandems.stop);
  await postgres.begin();
  const providers = providersOf(fake, networks.providers.port);
  const services = (): Record<string, string> => ({
    DATABASE_URL: withPort(postgres.url, networks.database.port),
    TEMPORAL_ADDRESS: `127.0.0.1:${networks.temporal.port}`,
    ...environmentOf(providers),
  });
  return {
    get database() {
      return postgres.database;
    },
    get databaseUrl() {
      return postgres.url;
    },
    get client() {
      if (!temporal) throw new Error('this world has no Temporal');
      return temporal.client;
    },
    fake,
    providers,
    networks,
    postgres: withNetwork(postgres, networks.database),
    begin: postgres.begin,
    startWorker: (worker = {}) =>
      tandems.start('test/faults/support/sending-worker.ts', {
        dataDirectory: join(place, 'worker'),
        env: { SENDING_WORKER: JSON.stringify({ diesAt: null, times: 1, without: null, ...worker }), ...services() },
      }),
    startApi: () => tandems.start('api', { dataDirectory: join(place, 'api'), env: services() }),
  };
}

async function startTemporal(dataDirectory: string, started: Started): Promise<{ port: number; client: Client }> {
  const { address, namespace, stop } = await startTemporalDevServer({ dataDirectory });
  started(stop);
  const client = await connectTemporalClient({ address, namespace });
  started(() => client.connection.close());
  return { port: Number(address.split(':')[1]), client };
}

async function startNetworks(
  ports: Record<keyof SendingWorld['networks'], number>,
  random: Random,
  started: Started,
): Promise<SendingWorld['networks']> {
  const start = async (port: number): Promise<ChaosProxy> => {
    const proxy = await startChaosProxy(port, random);
    started(proxy.stop);
    return proxy;
  };
  return {
    database: await start(ports.database),
    temporal: await start(ports.temporal),
    providers: await start(ports.providers),
  };
}

/** A PostgreSQL that starts again on another port is found there. */
function withNetwork(postgres: OwnPostgres, network: ChaosProxy): SendingWorld['postgres'] {
  return {
    get pid() {
      return postgres.pid;
    },
    kill: postgres.kill,
    async start() {
      await postgres.start();
      network.retarget(postgres.port);
    },
    terminateConnections: postgres.terminateConnections,
    log: postgres.log,
  };
}

function providersOf({ keys }: FakeProviders, port: number): Required<ProviderSettings> {
  const baseUrl = `http://127.0.0.1:${port}`;
  const { twilioAccountSid: accountSid, twilioAuthToken: authToken } = keys;
  const messagingServiceSid = keys.twilioMessagingServiceSid;
  return {
    sendgrid: { apiKey: keys.sendgridApiKey, baseUrl, webhookPublicKey: keys.sendgridWebhookPublicKey },
    twilio: { accountSid, authToken, messagingServiceSid, baseUrl },
  };
}

function environmentOf({ sendgrid, twilio }: Required<ProviderSettings>): Record<string, string> {
  return {
    PUBLIC_URL: publicUrl,
    MAIL_FROM: 'program@example.org',
    SENDGRID_API_KEY: sendgrid.apiKey,
    SENDGRID_BASE_URL: sendgrid.baseUrl ?? '',
    SENDGRID_WEBHOOK_PUBLIC_KEY: sendgrid.webhookPublicKey ?? '',
    TWILIO_ACCOUNT_SID: twilio.accountSid,
    TWILIO_AUTH_TOKEN: twilio.authToken,
    TWILIO_MESSAGING_SERVICE_SID: twilio.messagingServiceSid,
    TWILIO_BASE_URL: twilio.baseUrl ?? '',
  };
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
