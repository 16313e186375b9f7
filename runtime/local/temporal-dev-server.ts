import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { freePorts } from './ports.ts';
import { commandLine, isRunning, stopProcess } from './processes.ts';
import { fileSize, logTail, type ServerProcess, startServer } from './server-process.ts';
import { findTemporalCli } from './temporal-binaries.ts';

/** A running Temporal development server. */
export interface TemporalDevServer {
  /** `host:port` of the frontend. */
  address: string;
  namespace: string;
  /** Web address of Temporal's own interface; absent for a server in memory. */
  uiUrl?: string;
  pid: number;
  /** Resolves when it has ended, with a sentence about how. */
  whenEnded: Promise<string>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

const NAMESPACE = 'default';
const START_ATTEMPTS = 3;
const READY_WITHIN_MS = 60_000;
const SHUTDOWN_GRACE_MS = 10_000;
const POLL_MS = 50;

/**
 * Starts a development server on 127.0.0.1 that keeps its state in `<dataDirectory>/temporal.db`, with its web
 * interface. A server left over from a process that was killed is stopped first; the caller holds the data directory's
 * lock. Ports not given are chosen among the free ones.
 * @throws when a given port is taken, or with the end of the server's log when it does not start.
 */
export async function startTemporalDevServer(options: {
  dataDirectory: string;
  port?: number;
  uiPort?: number;
}): Promise<TemporalDevServer> {
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 });
  const dataDirectory = await realpath(options.dataDirectory);
  const pidFile = join(dataDirectory, 'temporal.pid');
  const database = join(dataDirectory, 'temporal.db');
  const logFile = join(dataDirectory, 'temporal.log');
  await clearOrphan(pidFile, database);
  const storage = [
    '--db-filename',
    database,
    '--sqlite-pragma',
    'journal_mode=WAL',
    '--sqlite-pragma',
    'synchronous=NORMAL',
  ];
  const server = await start({ ...options, flags: storage, ui: true, logFile, pidFile });
  const stop = async () => {
    await server.stop();
    await rm(pidFile, { force: true });
  };
  return { ...server, stop };
}

/**
 * Starts a development server on 127.0.0.1 that forgets everything when it ends and has no web interface: for tests.
 * @throws when it does not start.
 */
export async function startTemporalInMemory(): Promise<TemporalDevServer> {
  return start({ flags: ['--headless'], ui: false });
}

interface Launch {
  flags: readonly string[];
  ui: boolean;
  port?: number;
  uiPort?: number;
  logFile?: string;
  pidFile?: string;
}

/** A port that was free may be taken before the server gets it, so that one starts anew. */
async function start(launch: Launch): Promise<TemporalDevServer> {
  const executable = await findTemporalCli();
  const { logFile, pidFile } = launch;
  for (let attempt = 1; ; attempt++) {
    const [port, uiPort] = (await freePorts(launch.port, launch.uiPort)) as [number, number];
    const logStart = logFile ? await fileSize(logFile) : 0;
    const server = await launchServer(executable, launch, port, uiPort);
    if (pidFile) await writeFile(pidFile, String(server.pid), { mode: 0o600 });
    const address = `127.0.0.1:${port}`;
    const failure = await waitUntilReady(server, address);
    if (failure === undefined) {
      const uiUrl = launch.ui ? `http://127.0.0.1:${uiPort}` : undefined;
      const { pid, whenEnded, stop } = server;
      return { address, namespace: NAMESPACE, uiUrl, pid, whenEnded, stop };
    }
    await server.stop();
    const log = logFile ? `. The end of ${logFile}:\n${await logTail(logFile, logStart)}` : '';
    if (!/address already in use/.test(log) || attempt === START_ATTEMPTS) {
      throw new Error(`The local Temporal server (${executable}) ${failure}${log}`);
    }
  }
}

function launchServer(executable: string, { flags, ui, logFile }: Launch, port: number, uiPort: number) {
  const uiFlags = ui ? ['--ui-port', String(uiPort), '--ui-disable-news-fetch'] : [];
  return startServer({
    command: [
      executable,
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', NAMESPACE],
      ...['--log-level', 'warn', '--color', 'never'],
      ...uiFlags,
      ...flags,
    ],
    logFile,
    stopSignal: 'SIGTERM',
    graceMs: SHUTDOWN_GRACE_MS,
  });
}

/** Undefined once it answers for its namespace, else how it failed. */
async function waitUntilReady(server: ServerProcess, address: string): Promise<string | undefined> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (server.ended()) return await server.whenEnded;
    if (await answers(address)) return undefined;
    await sleep(POLL_MS);
  }
  return `did not answer within ${READY_WITHIN_MS / 1000} s`;
}

async function answers(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address, connectTimeout: 1_000, interceptors: [] });
  try {
    await connection.withDeadline(Date.now() + 1_000, () =>
      connection.workflowService.describeNamespace({ namespace: NAMESPACE }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

async function clearOrphan(pidFile: string, database: string): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  if (!pid || !isRunning(pid)) return;
  if (`${commandLine(pid)} `.includes(` --db-filename ${database} `)) {
    await stopProcess(pid, 'SIGTERM', SHUTDOWN_GRACE_MS);
  }
}
