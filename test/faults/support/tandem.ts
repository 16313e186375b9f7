import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../../runtime/local/processes.ts';
import { until } from './waiting.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const readyWithin = 90_000;
const endsWithin = 30_000;

/** A command of Tandem in a process group of its own. */
export interface Tandem {
  pid: number;
  /** What it printed when it was ready. */
  ready(): Promise<{ url?: string; key?: string }>;
  /** Ends the whole group at once, as a crash would. */
  kill(): Promise<void>;
  /** Asks it to end; answers its exit code. */
  terminate(): Promise<number | null>;
  /** Resolves with the exit code, null after a signal. */
  ended: Promise<number | null>;
  /** What it wrote so far. */
  output(): Promise<string>;
}

/** The processes of one test file; none of them outlives `stop`. */
export interface Tandems {
  /** Starts `tandem <command>`, or a script of the tests, on a data directory. */
  start(command: string, given: TandemGiven): Promise<Tandem>;
  stop(): Promise<void>;
}

export interface TandemGiven {
  /** Also holds the log of the process. */
  dataDirectory: string;
  env?: Record<string, string>;
}

export function createTandems(): Tandems {
  const running = new Set<ChildProcess>();
  return {
    async start(command, given) {
      const log = join(given.dataDirectory, '..', `${Date.now()}-${running.size}-${process.pid}.log`);
      await mkdir(given.dataDirectory, { recursive: true });
      const child = await launch(command, given, log);
      running.add(child);
      child.once('exit', () => running.delete(child));
      return tandemOf(child, log);
    },
    async stop() {
      await Promise.all([...running].map((child) => killGroup(child)));
    },
  };
}

async function launch(command: string, { dataDirectory, env }: TandemGiven, log: string): Promise<ChildProcess> {
  const script = command.endsWith('.ts') ? [command] : ['bin/tandem.ts', command];
  const words = [...dyingWithTests(), process.execPath, '--import', 'tsx', ...script];
  const { PATH = '', HOME = '' } = process.env;
  const output = openSync(log, 'w', 0o600);
  const child = spawn(words[0] as string, words.slice(1), {
    cwd: root,
    detached: true,
    stdio: ['ignore', output, output],
    env: { PATH, HOME, TZ: 'UTC', PORT: '0', TANDEM_DATA_DIR: dataDirectory, ...env },
  });
  closeSync(output);
  await once(child, 'spawn');
  return child;
}

/** Where the system can do that, a process is killed when the tests end without having stopped it. */
function dyingWithTests(): string[] {
  return process.platform === 'linux' && findProgram('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function killGroup(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  process.kill(-(child.pid as number), 'SIGKILL');
  await exited;
}

function tandemOf(child: ChildProcess, log: string): Tandem {
  const ended = hasEnded(child)
    ? Promise.resolve(child.exitCode)
    : once(child, 'exit').then(([code]) => code as number | null);
  const output = (): Promise<string> => readFile(log, 'utf8');
  return {
    pid: child.pid as number,
    ended,
    output,
    async ready() {
      const line = await until(`process ${child.pid} is ready`, readyWithin, async () => {
        const found = /^ready (\{.*\})$/m.exec(await output())?.[1];
        if (!found && hasEnded(child)) throw new Error(`ended before it was ready:\n${await output()}`);
        return found ?? null;
      });
      return JSON.parse(line);
    },
    kill: () => killGroup(child),
    async terminate() {
      child.kill('SIGTERM');
      await until(`process ${child.pid} ends`, endsWithin, () => (hasEnded(child) ? true : null));
      return ended;
    },
  };
}
