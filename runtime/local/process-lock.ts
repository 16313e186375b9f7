import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, startMark } from './processes.ts';

/** A lock that this process has got. */
export interface HeldLock {
  held: true;
  /** Lets others have it. */
  release(): Promise<void>;
}

/** A lock that another process (or another part of this one) holds. */
export interface BusyLock {
  held: false;
  pid: number;
}

interface Holder {
  pid: number;
  started?: string;
  released?: true;
}

/**
 * Takes a lock between the processes of one machine without waiting. The lock is a directory of its own with one file
 * per generation; the file with the highest number names the holder. A generation is only ever begun by an exclusive
 * link, and never removed before the next exists, so of several processes that find a dead holder exactly one succeeds.
 * @throws when the directory cannot be written.
 */
export async function tryLock(directory: string): Promise<HeldLock | BusyLock> {
  await mkdir(directory, { recursive: true });
  for (;;) {
    const latest = Math.max(0, ...(await generations(directory)));
    const holder = latest > 0 ? await readHolder(join(directory, String(latest))) : undefined;
    if (holder && isAlive(holder)) return { held: false, pid: holder.pid };
    const mine = latest + 1;
    if (!(await begin(directory, mine))) continue;
    const path = join(directory, String(mine));
    if ((await generations(directory)).some((generation) => generation > mine)) {
      await rm(path, { force: true });
      continue;
    }
    await removeOlder(directory, mine);
    return { held: true, release: () => replace(path, { pid: process.pid, released: true }) };
  }
}

async function generations(directory: string): Promise<number[]> {
  return (await readdir(directory)).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Undefined when the file vanished, which means that a later generation exists. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive({ pid, started, released }: Holder): boolean {
  return !released && isRunning(pid) && (started === undefined || started === startMark(pid));
}

async function begin(directory: string, generation: number): Promise<boolean> {
  const draft = await writeDraft(directory, { pid: process.pid, started: startMark(process.pid) });
  try {
    await link(draft, join(directory, String(generation)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function removeOlder(directory: string, than: number): Promise<void> {
  for (const generation of await generations(directory)) {
    if (generation < than) await rm(join(directory, String(generation)), { force: true });
  }
}

async function replace(path: string, holder: Holder): Promise<void> {
  await rename(await writeDraft(join(path, '..'), holder), path);
}

async function writeDraft(directory: string, holder: Holder): Promise<string> {
  const path = join(directory, `draft-${process.pid}-${randomBytes(6).toString('hex')}`);
  await writeFile(path, JSON.stringify(holder), { mode: 0o600 });
  return path;
}
