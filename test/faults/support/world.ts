import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Database } from '../../../prisma/database.ts';
import { stopProcess } from '../../../runtime/local/processes.ts';
import { startTemporalDevServer, type TemporalDevServer } from '../../../runtime/local/temporal-dev-server.ts';
import { connectTemporalClient } from '../../../runtime/temporal-connection.ts';
import { createTestDatabase } from '../../support/database.ts';
import { createTandems, type Tandem } from './tandem.ts';

/** A database and a Temporal server of their own, and processes of Tandem on them. */
export interface World {
  database: Database;
  client: Client;
  /** The outbox of each process that was started, by the name of its data directory. */
  outbox(name: string): string;
  /** Starts a command on the data directory of that name. */
  start(command: string, name: string, env?: Record<string, string>): Promise<Tandem>;
  /** The Temporal server ends, in order or killed; what it has acknowledged stays. */
  stopTemporal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** The Temporal server starts again, under the same address. */
  startTemporal(): Promise<void>;
  stop(): Promise<void>;
}

/** Everything that was started is stopped by `stop`, in the opposite order. */
export async function startWorld(): Promise<World> {
  const place = await mkdtemp(join(tmpdir(), 'tandem-faults-'));
  const stops: Array<() => Promise<unknown>> = [() => rm(place, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const undo of stops.reverse()) await undo().catch(() => undefined);
  };
  try {
    const { database, url, drop } = await createTestDatabase();
    stops.push(drop);
    const dataDirectory = join(place, 'temporal');
    let temporal: TemporalDevServer = await startTemporalDevServer({ dataDirectory });
    stops.push(() => temporal.stop());
    const { address, namespace } = temporal;
    const client = await connectTemporalClient({ address, namespace });
    stops.push(() => client.connection.close());
    const tandems = createTandems();
    stops.push(tandems.stop);
    const services = { DATABASE_URL: url, TEMPORAL_ADDRESS: address };
    return {
      database,
      client,
      outbox: (name) => join(place, name, 'outbox.ndjson'),
      start: (command, name, env = {}) =>
        tandems.start(command, { dataDirectory: join(place, name), env: { ...services, ...env } }),
      async stopTemporal(signal) {
        if (signal === 'SIGKILL') await stopProcess(temporal.pid, signal, 0);
        await temporal.stop();
      },
      async startTemporal() {
        const port = Number(address.split(':')[1]);
        temporal = await startTemporalDevServer({ dataDirectory, port });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
