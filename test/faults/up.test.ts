import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, isRunning } from '../../runtime/local/processes.ts';
import { testTimeout } from './support/profile.ts';
import { createTandems, type Tandem, type Tandems } from './support/tandem.ts';
import { until, when } from './support/waiting.ts';

/** Everything on one machine, on one data directory: refused, killed, taken over and stopped. */

let place: string;
let dataDirectory: string;
let tandems: Tandems;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'tandem-up-'));
  dataDirectory = join(place, 'data');
  tandems = createTandems();
});
afterAll(async () => {
  const servers = await serverPids();
  await tandems.stop();
  for (const pid of servers) if (commandLine(pid).includes(dataDirectory)) process.kill(pid, 'SIGKILL');
  await rm(place, { recursive: true, force: true });
});

/** The PostgreSQL and the Temporal server of the data directory, by the files that name them. */
async function serverPids(): Promise<number[]> {
  const files = ['postgres/postmaster.pid', 'temporal.pid'].map((name) => join(dataDirectory, name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.map((text) => Number.parseInt(text, 10)).filter((pid) => pid > 0);
}

async function expectAnswers(url: string | undefined, key: string | undefined): Promise<void> {
  const response = await fetch(`${url}/v1/programs/none`, { headers: { authorization: `Bearer ${key}` } });
  expect(response.status).toBe(404);
  expect((await fetch(`${url}/v1/programs/none`)).status).toBe(401);
}

describe('`tandem up` on a data directory', { timeout: testTimeout }, () => {
  let first: Tandem;
  let third: Tandem;

  it('a second start is refused with the process id of the first, which goes on', async () => {
    first = await tandems.start('up', { dataDirectory });
    const { url, key } = await first.ready();
    const second = await tandems.start('up', { dataDirectory });
    expect(await second.ended).toBe(1);
    expect(await second.output()).toContain(`process ${first.pid}`);
    await expectAnswers(url, key);
  });

  it('the lock and the servers of a killed process are taken over, with its data', async () => {
    const { key } = await first.ready();
    await first.kill();
    const started = performance.now();
    third = await tandems.start('up', { dataDirectory });
    const again = await third.ready();
    console.info(`ready ${Math.round(performance.now() - started)} ms after a kill`);
    expect(again.key).toBe(key);
    await expectAnswers(again.url, again.key);
  });

  it('SIGTERM stops it in order and leaves no process behind', async () => {
    const servers = await serverPids();
    expect(servers.map(isRunning)).toEqual([true, true]);
    expect(await third.terminate()).toBe(0);
    await until('its servers have ended', 5_000, () => when(!servers.some(isRunning)));
    expect(await serverPids()).toEqual([]);
  });
});
