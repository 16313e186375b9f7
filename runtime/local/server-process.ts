import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Identity } from './identity.ts';
import { findProgram, stopProcess } from './processes.ts';

/** What to run, as whom, and how it ends. */
export interface ServerCommand {
  /** Program and arguments. */
  command: readonly [string, ...string[]];
  /** As whom; absent means as this process's own user. */
  identity?: Identity;
  /** File to which the output is appended; absent means it is dropped. */
  logFile?: string;
  /** Asks for an orderly end; also sent by the system when this process dies, where it can do that. */
  stopSignal: NodeJS.Signals;
  /** Milliseconds an orderly end may take before the server is killed. */
  graceMs: number;
}

/** A running server of our own. */
export interface ServerProcess {
  pid: number;
  /** Whether it has ended, on its own or by `stop`. */
  ended(): boolean;
  /** Resolves when it has ended, with a sentence about how. */
  whenEnded: Promise<string>;
  /** Ends it in order; returns once it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a server in a process group of its own, so that a Ctrl-C in the terminal reaches only this process, which then
 * stops its servers in the right order. It gets a bare environment: no secrets and no settings of ours.
 * @throws when the program cannot be started.
 */
export async function startServer(options: ServerCommand): Promise<ServerProcess> {
  const { prefix = [], user } = options.identity ?? {};
  const words = [...prefix, ...dyingWithParent(options.stopSignal), ...options.command];
  const [program, ...args] = words as [string, ...string[]];
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a', 0o600);
  // What servers write may be read by their owner only.
  const umask = process.umask(0o077);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log ?? 'ignore', log ?? 'ignore'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C', TZ: 'UTC' },
    ...user,
  });
  process.umask(umask);
  if (log !== undefined) closeSync(log);
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const pid = child.pid as number;
  const whenEnded = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  });
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (!ended()) await stopProcess(pid, options.stopSignal, options.graceMs);
    await whenEnded;
  };
  return { pid, ended, whenEnded, stop };
}

/** The last lines of a log file from byte `offset` on, for an error message; empty when there are none. */
export async function logTail(path: string, offset: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(offset, size - 4_000);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - start)), 0, undefined, start);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}

/** The present length of a file in bytes; 0 when it does not exist. */
export async function fileSize(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

let deathSignalWorks: boolean | undefined;

/** On Linux, words before a command that let the system signal it when this process dies without stopping it. */
function dyingWithParent(signal: NodeJS.Signals): string[] {
  deathSignalWorks ??=
    process.platform === 'linux' &&
    findProgram('setpriv') !== undefined &&
    spawnSync('setpriv', ['--pdeathsig', 'TERM', '--', 'true']).status === 0;
  return deathSignalWorks ? ['setpriv', '--pdeathsig', signal.slice('SIG'.length), '--'] : [];
}
