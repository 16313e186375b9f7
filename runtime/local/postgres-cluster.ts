import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo, type Identity } from './identity.ts';
import { commandLine, isRunning, processExists, stopProcess } from './processes.ts';

/** Name of the database and of its only user. */
export const DATABASE = 'tandem';
/** Milliseconds a server may take to shut down in order. */
export const SHUTDOWN_GRACE_MS = 20_000;

/** The files of one database cluster. */
export interface Cluster {
  directory: string;
  password: string;
}

/** How a cluster is made when there is none. */
export interface Creation {
  initdb: string;
  identity: Identity;
  /** Whether its files are flushed to disk. */
  durable: boolean;
}

/**
 * Opens the cluster below a data directory; makes it first when there is none. A creation that was interrupted leaves
 * nothing that counts as a cluster.
 * @throws when the cluster cannot be made, or exists without its password.
 */
export async function openCluster(dataDirectory: string, creation: Creation): Promise<Cluster> {
  const directory = join(dataDirectory, 'postgres');
  const passwordFile = join(dataDirectory, 'postgres.password');
  if (!existsSync(directory)) await createCluster(directory, passwordFile, creation);
  await giveTo(creation.identity, directory);
  return { directory, password: await readPassword(passwordFile, directory) };
}

/**
 * Makes way for a new server on a cluster: ends a server that outlived the process that had started it, and removes
 * the mark of one whose process id meanwhile belongs to something else. A PostgreSQL that cannot be told to be ours is
 * left alone; the new server then refuses to start. The caller holds the data directory's lock.
 * @param directory real path of the cluster
 */
export async function clearOrphan(directory: string): Promise<void> {
  const mark = join(directory, 'postmaster.pid');
  const text = await readFile(mark, 'utf8').catch(() => '');
  const pid = Math.abs(Number.parseInt(text, 10));
  if (!pid || !processExists(pid)) return;
  const command = isRunning(pid) ? commandLine(pid) : '';
  if (`${command} `.includes(`postgres -D ${directory} `)) await stopProcess(pid, 'SIGINT', SHUTDOWN_GRACE_MS);
  else if (!command.includes('postgres')) await rm(mark, { force: true });
}

async function createCluster(directory: string, passwordFile: string, { initdb, identity, durable }: Creation) {
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (identity.owner) await chown(passwordFile, identity.owner.uid, identity.owner.gid);
  await giveTo(identity, unfinished);
  await run(identity, [
    initdb,
    `--pgdata=${unfinished}`,
    `--username=${DATABASE}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ]);
  await rename(unfinished, directory);
}

async function readPassword(passwordFile: string, directory: string): Promise<string> {
  try {
    return (await readFile(passwordFile, 'utf8')).trim();
  } catch (cause) {
    const remedy = `restore it, or remove ${directory} to begin with an empty database`;
    throw new Error(`The database's password file ${passwordFile} cannot be read; ${remedy}`, { cause });
  }
}

function run(identity: Identity, command: readonly string[]): Promise<void> {
  const [program, ...args] = [...identity.prefix, ...command] as [string, ...string[]];
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    ...identity.user,
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`PostgreSQL's initdb failed with code ${code}: ${complaints.trim()}`));
    });
  });
}
