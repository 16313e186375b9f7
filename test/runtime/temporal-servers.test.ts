import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRunning } from '../../runtime/local/processes.ts';
import {
  startTemporalDevServer,
  startTemporalInMemory,
  type TemporalDevServer,
} from '../../runtime/local/temporal-dev-server.ts';
import { startTemporalTestServer } from '../../runtime/local/temporal-test-server.ts';
import { connectTemporalClient, connectTemporalWorker } from '../../runtime/temporal-connection.ts';
import { firstLine, runScript, temporaryDirectory } from './spawned.ts';

async function stopped(starting: Promise<TemporalDevServer>): Promise<TemporalDevServer> {
  const server = await starting;
  onTestFinished(() => server.stop());
  return server;
}

async function startOne(server: TemporalDevServer): Promise<void> {
  const client = await connectTemporalClient(server);
  await client.workflow.start('nothing', { workflowId: 'one', taskQueue: 'none' });
  await client.connection.close();
}

async function countOne(server: TemporalDevServer): Promise<string> {
  const client = await connectTemporalClient(server);
  const outcome = await client.workflow
    .getHandle('one')
    .describe()
    .then(
      ({ status }) => status.name,
      (error: Error) => error.name,
    );
  await client.connection.close();
  return outcome;
}

describe('local Temporal servers', { timeout: 180_000 }, () => {
  it('the development server keeps its workflows over a restart, shows its interface and stops', async () => {
    const dataDirectory = await temporaryDirectory();
    const first = await stopped(startTemporalDevServer({ dataDirectory }));
    await startOne(first);
    expect((await fetch(first.uiUrl ?? '')).status).toBe(200);
    expect((await stat(join(dataDirectory, 'temporal.db'))).mode & 0o777).toBe(0o600);
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    const second = await stopped(startTemporalDevServer({ dataDirectory }));
    expect(await countOne(second)).toBe('RUNNING');
  });

  it('a development server that still runs on the directory is stopped by the next start', async () => {
    const dataDirectory = await temporaryDirectory();
    const orphan = await stopped(startTemporalDevServer({ dataDirectory }));
    await stopped(startTemporalDevServer({ dataDirectory }));
    expect(isRunning(orphan.pid)).toBe(false);
  });

  it('a process that only has the recorded id is left alone', async () => {
    const dataDirectory = await temporaryDirectory();
    const unrelated = runScript('setInterval(() => {}, 1000); console.log("up");');
    await firstLine(unrelated);
    await writeFile(join(dataDirectory, 'temporal.pid'), String(unrelated.pid));
    await stopped(startTemporalDevServer({ dataDirectory }));
    expect(isRunning(unrelated.pid as number)).toBe(true);
  });

  it('a server in memory forgets its workflows and takes connections of workers', async () => {
    const first = await stopped(startTemporalInMemory());
    await startOne(first);
    expect(await countOne(first)).toBe('RUNNING');
    await (await connectTemporalWorker(first)).close();
    const second = await stopped(startTemporalInMemory());
    expect(await countOne(second)).toBe('WorkflowNotFoundError');
  });

  it('a port that is taken is a failure that says so', async () => {
    const dataDirectory = await temporaryDirectory();
    const first = await stopped(startTemporalInMemory());
    const port = Number(first.address.split(':')[1]);
    await expect(startTemporalDevServer({ dataDirectory, port })).rejects.toThrow(/already in use/);
  });

  it('the test server skips time', async () => {
    const environment = await startTemporalTestServer();
    onTestFinished(() => environment.teardown());
    const before = await environment.currentTimeMs();
    await environment.sleep('30 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
  });
});
