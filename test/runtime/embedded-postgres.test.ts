import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from '../../runtime/local/embedded-postgres.ts';
import { isRunning } from '../../runtime/local/processes.ts';
import { firstLine, moduleUrl, runScript, temporaryDirectory } from './spawned.ts';

const POSTGRES_MODULE = moduleUrl('runtime/local/embedded-postgres.ts');

async function start(dataDirectory: string, durable = false) {
  const server = await startEmbeddedPostgres({ dataDirectory, durable });
  onTestFinished(() => server.stop());
  return server;
}

async function query(url: string, sql: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', { timeout: 120_000 }, () => {
  it('a throw-away cluster starts in UTC and UTF-8 without flushing and stops', async () => {
    const directory = await temporaryDirectory();
    const server = await start(directory);
    const settings =
      "select current_setting(s) from unnest('{timezone,server_encoding,fsync,listen_addresses}'::text[]) s";
    expect(await query(server.url, settings)).toEqual(['UTC', 'UTF8', 'off', '127.0.0.1']);
    expect(await query(server.url, 'select current_database()')).toEqual(['tandem']);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    await expect(query(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await stat(join(directory, 'postgres.password'))).mode & 0o777).toBe(0o600);
  });

  it('without its password nobody gets in', async () => {
    const server = await start(await temporaryDirectory());
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('what was committed survives a kill of the server, whose mark does not prevent the next start', async () => {
    const directory = await temporaryDirectory();
    const first = await start(directory, true);
    await query(first.url, 'create table kept as select 42 as answer');
    expect(await query(first.url, "select current_setting('fsync')")).toEqual(['on']);
    process.kill(first.pid, 'SIGKILL');
    const second = await start(directory, true);
    expect(await query(second.url, 'select answer::text from kept')).toEqual(['42']);
  });

  it('a server that still runs on the directory is stopped by the next start', async () => {
    const directory = await temporaryDirectory();
    const orphan = await start(directory);
    await query(orphan.url, 'create table kept as select 42 as answer');
    const successor = await start(directory);
    expect(isRunning(orphan.pid)).toBe(false);
    expect(successor.pid).not.toBe(orphan.pid);
    expect(await query(successor.url, 'select answer::text from kept')).toEqual(['42']);
  });

  it('the next start works after the starting process was killed', async () => {
    const directory = await temporaryDirectory();
    const child = runScript(`
      import { startEmbeddedPostgres } from '${POSTGRES_MODULE}';
      const { pid } = await startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(directory)}, durable: false });
      console.log(pid);
    `);
    const pid = Number(await firstLine(child));
    expect(isRunning(pid)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const server = await start(directory);
    expect(isRunning(pid)).toBe(false);
    expect(await query(server.url, "select 'here'")).toEqual(['here']);
  });

  it('a mark with the id of an unrelated process is removed and that process left alone', async () => {
    const directory = await temporaryDirectory();
    await (await start(directory)).stop();
    const unrelated = runScript('setInterval(() => {}, 1000); console.log("up");');
    await firstLine(unrelated);
    const mark = join(directory, 'postgres', 'postmaster.pid');
    await writeFile(mark, `${unrelated.pid}\n${join(directory, 'postgres')}\n`);
    const server = await start(directory);
    expect(Number.parseInt(await readFile(mark, 'utf8'), 10)).toBe(server.pid);
    expect(isRunning(unrelated.pid as number)).toBe(true);
  });
});
