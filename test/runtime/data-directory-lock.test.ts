import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataDirectoryInUse, lockDataDirectory } from '../../runtime/local/data-directory-lock.ts';
import { tryLock } from '../../runtime/local/process-lock.ts';
import { startMark } from '../../runtime/local/processes.ts';
import { firstLine, moduleUrl, runScript, temporaryDirectory } from './spawned.ts';

const LOCK_MODULE = moduleUrl('runtime/local/data-directory-lock.ts');

function holder(directory: string) {
  return runScript(`
    import { lockDataDirectory } from '${LOCK_MODULE}';
    const keepAlive = setInterval(() => {}, 1000);
    await lockDataDirectory(${JSON.stringify(directory)}).then(
      () => console.log('held'),
      (error) => { console.log(error.name + ' ' + error.pid); clearInterval(keepAlive); });
  `);
}

async function writeLock(directory: string, generation: number, content: object): Promise<void> {
  await mkdir(join(directory, 'lock'), { recursive: true });
  await writeFile(join(directory, 'lock', String(generation)), JSON.stringify(content));
}

describe('the lock of the data directory', { timeout: 60_000 }, () => {
  it('a second start is refused with the process id of the first', async () => {
    const directory = join(await temporaryDirectory(), 'data');
    const first = holder(directory);
    expect(await firstLine(first)).toBe('held');
    await expect(lockDataDirectory(directory)).rejects.toThrow(
      `Tandem already runs on ${directory} as process ${first.pid}; stop it or set TANDEM_DATA_DIR`,
    );
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('the lock of a killed process is taken over', async () => {
    const directory = await temporaryDirectory();
    const first = holder(directory);
    await firstLine(first);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const lock = await lockDataDirectory(directory);
    await expect(lockDataDirectory(directory)).rejects.toBeInstanceOf(DataDirectoryInUse);
    await lock.release();
  });

  it('the lock of a process whose id was given to another one is taken over', async () => {
    const directory = await temporaryDirectory();
    await writeLock(directory, 7, { pid: process.ppid, started: 'long ago' });
    await (await lockDataDirectory(directory)).release();
    await writeLock(directory, 9, { pid: process.ppid, started: startMark(process.ppid) });
    await expect(lockDataDirectory(directory)).rejects.toBeInstanceOf(DataDirectoryInUse);
  });

  it('a released lock can be taken again and leaves one file only', async () => {
    const directory = await temporaryDirectory();
    for (let round = 0; round < 3; round++) await (await lockDataDirectory(directory)).release();
    expect(await readdir(join(directory, 'lock'))).toEqual(['3']);
  });

  it('of processes that find a dead holder at the same time exactly one gets the lock', async () => {
    const directory = await temporaryDirectory();
    await writeLock(directory, 7, { pid: 2 ** 22 + 1 });
    const lines = await Promise.all(Array.from({ length: 4 }, () => firstLine(holder(directory))));
    expect(lines.filter((line) => line === 'held')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('DataDirectoryInUse'))).toHaveLength(3);
  });

  it('of many attempts at the same instant exactly one gets the lock, again and again', async () => {
    const directory = await temporaryDirectory();
    for (let round = 0; round < 20; round++) {
      const attempts = await Promise.all(Array.from({ length: 20 }, () => tryLock(directory)));
      const held = attempts.filter((attempt) => attempt.held);
      expect(held).toHaveLength(1);
      await held[0]?.release();
    }
  });
});
