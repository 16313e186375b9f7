import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { carriedBy } from '../../activities/channels/channel.ts';
import { openOutbox } from '../../activities/channels/outbox.ts';
import { startApplication } from '../../bin/application.ts';
import type { Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import { migrate } from '../../prisma/migrate.ts';
import { unfinishedWork } from '../../prisma/store/unfinished.ts';
import { startEmbeddedPostgres } from '../../runtime/local/embedded-postgres.ts';
import { startTemporalTestServer } from '../../runtime/local/temporal-test-server.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { installTemporalRuntime, usualLead } from '../../worker/worker.ts';
import type { Scope } from './scope.ts';
import { until } from './section.ts';
import { logger, temporaryDirectory } from './servers.ts';

/** Tandem on a virtual clock, with the Temporal client by which its histories can be read. */
export interface VirtualTandem {
  client: Client;
  database: Database;
  now(): Promise<Instant>;
  /** Moves the clock; returns when everything due by then was decided and sent. */
  advanceTo(target: Instant): Promise<void>;
  settle(): Promise<void>;
}

export async function startVirtualTandem(scope: Scope): Promise<VirtualTandem> {
  const directory = await temporaryDirectory(scope);
  const postgres = await startEmbeddedPostgres({ dataDirectory: directory, durable: false });
  scope.defer(() => postgres.stop());
  await migrate(postgres.url);
  installTemporalRuntime(logger);
  const environment = await startTemporalTestServer();
  scope.defer(() => environment.teardown());
  const now = (): Promise<Instant> => environment.currentTimeMs();
  const outbox = await openOutbox(join(directory, 'outbox.ndjson'), now);
  scope.defer(() => outbox.close());
  const { client, nativeConnection: connection } = environment;
  const application = await startApplication({
    databaseUrl: postgres.url,
    client,
    connection,
    namespace: environment.namespace ?? 'default',
    clock: { now },
    logger,
    metrics: createMetrics(),
    channels: () => carriedBy(outbox),
    providers: { email: 'outbox', sms: 'outbox' },
    providerSettings: {},
    lead: usualLead,
    inboundDomain: null,
    cachedWorkflows: 100,
    port: 0,
    host: '127.0.0.1',
    publicUrl: null,
    showBodies: false,
    queries: true,
    api: true,
    worker: true,
  });
  scope.defer(() => application.stop());
  const { database, relay } = application;
  const settle = async (): Promise<void> => {
    relay?.wake();
    let calm = 0;
    // Twice in a row: between two looks a workflow may be about to write.
    const isCalm = async (): Promise<boolean> => {
      const left = await unfinishedWork(database, await now());
      calm = left.entries + left.sends + left.rows === 0 ? calm + 1 : 0;
      return calm > 1;
    };
    await until('at rest', isCalm, { everyMillis: 5 });
  };
  const advanceTo = async (target: Instant): Promise<void> => {
    await settle();
    for (let at = await now(); at < target; at = await now()) {
      await environment.sleep(target - at);
      await settle();
    }
  };
  return { client, database, now, settle, advanceTo };
}
