import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HeldLock, tryLock } from './process-lock.ts';

/** Thrown when another process already works on the data directory. */
export class DataDirectoryInUse extends Error {
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(`Tandem already runs on ${directory} as process ${pid}; stop it or set TANDEM_DATA_DIR`);
    this.name = 'DataDirectoryInUse';
    this.pid = pid;
  }
}

/**
 * Makes the data directory, readable by its owner only, and claims it for this process. A claim left behind by a
 * process that is gone is taken over.
 * @param directory absolute path of the data directory
 * @throws {DataDirectoryInUse} when a running process holds it.
 */
export async function lockDataDirectory(directory: string): Promise<HeldLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await tryLock(join(directory, 'lock'));
  if (!lock.held) throw new DataDirectoryInUse(directory, lock.pid);
  return lock;
}
