import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { type Database, openDatabase } from '../../../prisma/database.ts';
import { readSettings } from '../../../runtime/settings.ts';
import { connectTemporalClient, connectTemporalWorker } from '../../../runtime/temporal-connection.ts';

/** What a worker that is made for a test is put together from, by the settings that any process of Tandem has. */
export interface Part {
  database: Database;
  client: Client;
  connection: NativeConnection;
  namespace: string;
  dataDirectory: string;
}

export async function openPart(): Promise<Part> {
  const { databaseUrl, temporal, dataDirectory } = readSettings(process.env);
  if (!databaseUrl || !temporal) throw new Error('DATABASE_URL and TEMPORAL_ADDRESS are needed');
  return {
    database: openDatabase(databaseUrl, { applicationName: 'fault' }),
    client: await connectTemporalClient(temporal),
    connection: await connectTemporalWorker(temporal),
    namespace: temporal.namespace,
    dataDirectory,
  };
}
