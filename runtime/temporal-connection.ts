import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalSettings } from './temporal-settings.ts';

/**
 * Connects a client for starting, signalling and querying workflows. Close it with `client.connection.close()`.
 * @throws when the service does not answer within 10 seconds or refuses the credentials.
 */
export async function connectTemporalClient(settings: TemporalSettings): Promise<Client> {
  const connection = await Connection.connect(connectionOptions(settings));
  return new Client({ connection, namespace: settings.namespace });
}

/**
 * Connects what workers poll with; the namespace is given to each worker. Close it with `close()` once they stopped.
 * @throws when the service does not answer or refuses the credentials.
 */
export function connectTemporalWorker(settings: TemporalSettings): Promise<NativeConnection> {
  return NativeConnection.connect(connectionOptions(settings));
}

function connectionOptions({ address, apiKey, tls }: TemporalSettings) {
  return { address, apiKey, tls: tls ?? null };
}
