import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { migrate } from '../../prisma/migrate.ts';
import { startEmbeddedPostgres } from '../../runtime/local/embedded-postgres.ts';
import { startTemporalDevServer } from '../../runtime/local/temporal-dev-server.ts';
import { createLogger } from '../../runtime/logging.ts';
import { connectTemporalClient, connectTemporalWorker } from '../../runtime/temporal-connection.ts';
import { installTemporalRuntime } from '../../worker/worker.ts';
import type { Scope } from './scope.ts';

/** The servers that Tandem and the bare workflows share: the very ones of `npm start`, on data of their own. */
export interface Servers {
  directory: string;
  databaseUrl: string;
  /** `host:port` of the Temporal server. */
  address: string;
  namespace: string;
  client: Client;
  connection: NativeConnection;
}

export const logger = createLogger({ name: 'bench' });

/** A directory that is gone when the scope ends. */
export async function temporaryDirectory(scope: Scope): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  scope.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Starts a database and a Temporal server, both flushing to disk as they do in `npm start`. */
export async function startServers(scope: Scope): Promise<Servers> {
  const directory = await temporaryDirectory(scope);
  const postgres = await startEmbeddedPostgres({ dataDirectory: directory });
  scope.defer(() => postgres.stop());
  await migrate(postgres.url);
  const { address, namespace, stop } = await startTemporalDevServer({ dataDirectory: directory });
  scope.defer(stop);
  installTemporalRuntime(logger);
  const client = await connectTemporalClient({ address, namespace });
  scope.defer(() => client.connection.close());
  const connection = await connectTemporalWorker({ address, namespace });
  scope.defer(() => connection.close());
  return { directory, databaseUrl: postgres.url, address, namespace, client, connection };
}
