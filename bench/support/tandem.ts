import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { carriedBy, type DeliveryChannels } from '../../activities/channels/channel.ts';
import { openOutbox } from '../../activities/channels/outbox.ts';
import { type Application, startApplication } from '../../bin/application.ts';
import type { Lead } from '../../policy/pair/context.ts';
import { queryRows } from '../../prisma/database.ts';
import { createKey } from '../../prisma/store/keys.ts';
import { wallClock } from '../../runtime/clock.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { usualLead } from '../../worker/worker.ts';
import type { Scope } from './scope.ts';
import { until } from './section.ts';
import { logger, type Servers } from './servers.ts';

/** The whole application in this process, as `npm start` puts it together. */
export interface Tandem extends Application {
  client: Client;
  /** An API key that may send events. */
  key: string;
  outboxPath: string;
}

/** Starts API, relay and worker on servers of a benchmark; sends go to an outbox file unless told otherwise. */
export async function startTandem(
  scope: Scope,
  servers: Servers,
  {
    lead = usualLead,
    cachedWorkflows = 2000,
    channels,
  }: { lead?: Lead; cachedWorkflows?: number; channels?: DeliveryChannels } = {},
): Promise<Tandem> {
  const outboxPath = join(servers.directory, 'outbox.ndjson');
  const outbox = await openOutbox(outboxPath, wallClock.now);
  scope.defer(() => outbox.close());
  const { databaseUrl, client, connection, namespace } = servers;
  const application = await startApplication({
    databaseUrl,
    client,
    connection,
    namespace,
    clock: wallClock,
    logger,
    metrics: createMetrics(),
    channels: () => channels ?? carriedBy(outbox),
    providers: { email: 'outbox', sms: 'outbox' },
    providerSettings: {},
    lead,
    inboundDomain: null,
    cachedWorkflows,
    port: 0,
    host: '127.0.0.1',
    publicUrl: null,
    showBodies: false,
    queries: true,
    api: true,
    worker: true,
  });
  scope.defer(() => application.stop());
  application.worker?.ended.catch((error: unknown) => logger.error({ err: error }, 'the worker failed'));
  const { key } = await createKey(application.database, { name: 'bench', scopes: ['events'] }, new Date());
  return { ...application, client, key, outboxPath };
}

/** Returns when every journal entry was applied or refused. */
export async function journalApplied({ database, relay }: Application): Promise<void> {
  relay?.wake();
  const sql = `select exists (select from journal where state in ('recorded', 'asked')) as open`;
  await until('journal applied', async () => !(await queryRows<{ open: boolean }>(database, sql))[0]?.open, {
    everyMillis: 25,
  });
}
