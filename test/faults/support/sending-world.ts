import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import pg from 'pg';
import { type Database, execute, openDatabase } from '../../../prisma/database.ts';
import { migrate } from '../../../prisma/migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../runtime/local/embedded-postgres.ts';
import { stopProcess } from '../../../runtime/local/processes.ts';
import { startTemporalDevServer } from '../../../runtime/local/temporal-dev-server.ts';
import type { ProviderSettings } from '../../../runtime/provider-settings.ts';
import { connectTemporalClient } from '../../../runtime/temporal-connection.ts';
import { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts';
import { type FakeProviders, startFakeProviders } from './fake-providers.ts';
import type { Random } from './random.ts';
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
  networks: { database: ChaosProxy; temporal: ChaosProxy; providers: ChaosProxy };
  postgres: {
    readonly pid: number;
    kill(): Promise<void>;
    start(): Promise<void>;
    terminateConnections(): Promise<void>;
    /** What it has written to its log. */
    log(): Promise<string>;
  };
  /** From here on there are no rows: another database, which workers that start from now on use. */
  begin(): Promise<void>;
  startWorker(worker?: Partial<SendingWorker>): Promise<Tandem>;
  stop(): Promise<void>;
}

/** @param withTemporal whether there are to be workers */
export async function startSendingWorld(random: Random, withTemporal = true): Promise<SendingWorld> {
  const place = await mkdtemp(join(tmpdir(), 'tandem-sending-'));
  const stops: Array<() => Promise<unknown>> = [() => rm(place, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const undo of stops.splice(0).reverse()) await undo().catch(() => undefined);
  };
  try {
    return await build(place, random, withTemporal, (undo) => void stops.push(undo), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  place: string,
  random: Random,
  withTemporal: boolean,
  started: (undo: () => Promise<unknown>) => void,
  stop: () => Promise<void>,
): Promise<SendingWorld> {
  const network = async (port: number): Promise<ChaosProxy> => {
    const proxy = await startChaosProxy(port, random);
    started(proxy.stop);
    return proxy;
  };
  const tandems = createTandems();
  const fake = await startFakeProviders(tandems, join(place, 'providers'));
  const databases = await startDatabases(join(place, 'database'), started);
  const networks = {
    database: await network(databases.port()),
    providers: await network(fake.port),
    temporal: await network(0),
  };
  const temporal = withTemporal ? await startTemporal(join(place, 'temporal'), started) : null;
  if (temporal) networks.temporal.retarget(portOf(`tcp://${temporal.address}`));
  // Workers end before their servers.
  started(tandems.stop);
  const providers = providersOf(fake, networks.providers.port);
  const world: SendingWorld = {
    get database() {
      return databases.current();
    },
    get databaseUrl() {
      return databases.url();
    },
    get client() {
      if (!temporal) throw new Error('this world has no Temporal');
      return temporal.client;
    },
    fake,
    providers,
    networks,
    postgres: {
      get pid() {
        return databases.pid();
      },
      kill: databases.kill,
      async start() {
        await databases.start();
        networks.database.retarget(databases.port());
      },
      terminateConnections: databases.terminateConnections,
      log: () => readFile(join(place, 'database', 'postgres.log'), 'utf8'),
    },
    begin: databases.begin,
    startWorker: (worker = {}) =>
      tandems.start('test/faults/support/sending-worker.ts', {
        dataDirectory: join(place, 'worker'),
        env: {
          SENDING_WORKER: JSON.stringify({ diesAt: null, times: 1, without: null, ...worker }),
          DATABASE_URL: withPort(databases.url(), networks.database.port),
          TEMPORAL_ADDRESS: `127.0.0.1:${networks.temporal.port}`,
          MAIL_FROM: 'program@example.org',
          SENDGRID_API_KEY: providers.sendgrid.apiKey,
          SENDGRID_BASE_URL: providers.sendgrid.baseUrl ?? '',
          TWILIO_ACCOUNT_SID: providers.twilio.accountSid,
          TWILIO_AUTH_TOKEN: providers.twilio.authToken,
          TWILIO_MESSAGING_SERVICE_SID: providers.twilio.messagingServiceSid,
          TWILIO_BASE_URL: providers.twilio.baseUrl ?? '',
        },
      }),
    stop,
  };
  await world.begin();
  return world;
}

function providersOf({ keys }: FakeProviders, port: number): Required<ProviderSettings> {
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    sendgrid: { apiKey: keys.sendgridApiKey, baseUrl },
    twilio: {
      accountSid: keys.twilioAccountSid,
      authToken: keys.twilioAuthToken,
      messagingServiceSid: keys.twilioMessagingServiceSid,
      baseUrl,
    },
  };
}

async function startTemporal(dataDirectory: string, started: (undo: () => Promise<unknown>) => void) {
  const { address, namespace, stop } = await startTemporalDevServer({ dataDirectory });
  started(stop);
  const client = await connectTemporalClient({ address, namespace });
  started(() => client.connection.close());
  return { address, client };
}

/** A PostgreSQL of its own, whose commits outlive it, with one database after the other. */
async function startDatabases(dataDirectory: string, started: (undo: () => Promise<unknown>) => void) {
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDirectory });
  started(() => server.stop());
  const template = 'tandem';
  await migrate(server.url);
  let name = template;
  let database: Database | null = null;
  const url = (): string => withDatabase(server.url, name);
  const open = (): void => {
    database = openDatabase(url(), { applicationName: 'test' });
  };
  started(async () => database?.close());
  return {
    current: () => database as Database,
    url,
    port: () => portOf(server.url),
    pid: () => server.pid,
    async begin() {
      await database?.close();
      name = `sending_${randomBytes(6).toString('hex')}`;
      await onServer(withDatabase(server.url, 'postgres'), `create database ${name} template ${template}`);
      open();
    },
    async kill() {
      await database?.close().catch(() => undefined);
      await stopProcess(server.pid, 'SIGKILL', 0);
    },
    async start() {
      server = await startEmbeddedPostgres({ dataDirectory });
      open();
    },
    async terminateConnections() {
      await execute(
        database as Database,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      );
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = name;
  return changed.href;
}
