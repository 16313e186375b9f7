import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseIdentity, type Identity } from './identity.ts';
import { freePorts } from './ports.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { type Cluster, clearOrphan, DATABASE, openCluster, SHUTDOWN_GRACE_MS } from './postgres-cluster.ts';
import { fileSize, logTail, type ServerProcess, startServer } from './server-process.ts';

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** Connection URL of the database, password included. */
  url: string;
  pid: number;
  /** Resolves when it has ended, with a sentence about how. */
  whenEnded: Promise<string>;
  /** Shuts it down in order; open connections are cut. */
  stop(): Promise<void>;
}

const START_ATTEMPTS = 5;
const READY_WITHIN_MS = 60_000;
const POLL_MS = 30;
const WRONG_PASSWORD = '28P01';

const COMMON_SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'timezone=UTC',
  'log_timezone=UTC',
  'shared_buffers=128MB',
  'max_connections=100',
  'log_checkpoints=off',
  // A new database grows from nothing in minutes, and plans made for empty tables read all of them until somebody counts.
  'autovacuum_naptime=2s',
  // Statements, parameters and details quote the data of persons.
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'log_parameter_max_length_on_error=0',
];
const THROW_AWAY_SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * Starts PostgreSQL on the cluster in `<dataDirectory>/postgres`, which is made at the first start, on a free port of
 * 127.0.0.1, and makes the database. A server left over from a process that was killed is stopped first; the caller
 * holds the data directory's lock. With `durable: false` nothing is flushed to disk: for clusters to be thrown away.
 * @throws with the end of the server's log when it does not start.
 */
export async function startEmbeddedPostgres(options: {
  dataDirectory: string;
  durable?: boolean;
}): Promise<EmbeddedPostgres> {
  const { durable = true } = options;
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 });
  const dataDirectory = await realpath(options.dataDirectory);
  const { initdb, postgres } = await postgresBinaries();
  const identity = await chooseIdentity(dataDirectory, postgres);
  await clearOrphan(join(dataDirectory, 'postgres'));
  const cluster = await openCluster(dataDirectory, { initdb, identity, durable });
  const settings = durable ? COMMON_SETTINGS : [...COMMON_SETTINGS, ...THROW_AWAY_SETTINGS];
  const { server, port } = await startOnFreePort({ postgres, identity, cluster, settings });
  try {
    await createDatabase(urlOf(cluster, port, 'postgres'));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: urlOf(cluster, port, DATABASE), pid: server.pid, whenEnded: server.whenEnded, stop: server.stop };
}

interface Launch {
  postgres: string;
  identity: Identity;
  cluster: Cluster;
  settings: readonly string[];
}

/** Starts anew while the reason of failing passes: a port taken meanwhile, or the last sessions of a killed server. */
async function startOnFreePort(launch: Launch): Promise<{ server: ServerProcess; port: number }> {
  const logFile = `${launch.cluster.directory}.log`;
  for (let attempt = 1; ; attempt++) {
    const [port] = (await freePorts(undefined)) as [number];
    const logStart = await fileSize(logFile);
    const server = await launchServer(launch, port, logFile);
    const failure = await waitUntilReady(server, urlOf(launch.cluster, port, 'postgres'));
    if (failure === undefined) return { server, port };
    await server.stop();
    const log = await logTail(logFile, logStart);
    const passes = /could not bind|shared memory block .* is still in use/.test(log);
    if (!passes || attempt === START_ATTEMPTS) {
      throw new Error(`The embedded PostgreSQL ${failure}. The end of ${logFile}:\n${log}`);
    }
    await sleep(500);
  }
}

function launchServer({ postgres, identity, cluster, settings }: Launch, port: number, logFile: string) {
  const flags = settings.flatMap((setting) => ['-c', setting]);
  return startServer({
    command: [postgres, '-D', cluster.directory, '-p', String(port), ...flags],
    identity,
    logFile,
    // PostgreSQL's "fast shutdown": cuts sessions and leaves a clean cluster.
    stopSignal: 'SIGINT',
    graceMs: SHUTDOWN_GRACE_MS,
  });
}

/** Undefined once it answers, else how it failed. */
async function waitUntilReady(server: ServerProcess, url: string): Promise<string | undefined> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (server.ended()) return await server.whenEnded;
    try {
      await withConnection(url, (client) => client.query('select 1'));
      return undefined;
    } catch (error) {
      if ((error as { code?: string }).code === WRONG_PASSWORD) return 'does not accept its password';
    }
    await sleep(POLL_MS);
  }
  return `did not answer within ${READY_WITHIN_MS / 1000} s`;
}

async function createDatabase(url: string): Promise<void> {
  await withConnection(url, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
}

async function withConnection(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

function urlOf({ password }: Cluster, port: number, database: string): string {
  return `postgresql://${DATABASE}:${password}@127.0.0.1:${port}/${database}`;
}
