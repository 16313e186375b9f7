import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openOutbox } from '../../activities/channels/outbox.ts';
import { migrate } from '../../prisma/migrate.ts';
import { wallClock } from '../../runtime/clock.ts';
import { lockDataDirectory } from '../../runtime/local/data-directory-lock.ts';
import { startEmbeddedPostgres } from '../../runtime/local/embedded-postgres.ts';
import { startTemporalDevServer } from '../../runtime/local/temporal-dev-server.ts';
import { createLogger } from '../../runtime/logging.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import type { Settings } from '../../runtime/settings.ts';
import { connectTemporalClient, connectTemporalWorker } from '../../runtime/temporal-connection.ts';
import type { TemporalSettings } from '../../runtime/temporal-settings.ts';
import { installTemporalRuntime, usualLead } from '../../worker/worker.ts';
import { type Application, startApplication } from '../application.ts';
import { channelsOf, providerNames } from '../channels.ts';
import { fakeProviders } from '../fake-providers.ts';
import { localKey } from '../local-key.ts';
import { type Stack, type Starting, stackOf } from '../stack.ts';

/** Which halves of Tandem a process runs, and whether the providers are played by a fake beside it. */
export interface Halves {
  api: boolean;
  worker: boolean;
  fakeProviders?: boolean;
}

/** Everything on one machine, or the halves of it that were asked for; whatever is not configured is embedded. */
export async function up(given: Settings, halves: Halves, print: (line: string) => void): Promise<Stack> {
  return stackOf(async ({ started, watch }) => {
    // The API alone keeps nothing on this machine.
    const keepsData = halves.worker || !given.databaseUrl || !given.temporal;
    if (keepsData) started(await lockedDirectory(given.dataDirectory));
    const faked = halves.fakeProviders ? await fakeProviders(given, started) : null;
    const settings = faked?.settings ?? given;
    const databaseUrl = settings.databaseUrl ?? (await embeddedDatabase(settings, { started, watch }));
    const temporal = settings.temporal ?? (await localTemporal(settings, { started, watch }, print));
    await migrate(databaseUrl);
    const logger = createLogger({ name: 'tandem' });
    installTemporalRuntime(logger);
    const client = await connectTemporalClient(temporal);
    started(() => client.connection.close());
    const connection = await connectTemporalWorker(temporal);
    started(() => connection.close());
    const outbox = halves.worker
      ? await openOutbox(join(settings.dataDirectory, 'outbox.ndjson'), wallClock.now)
      : null;
    if (outbox) started(() => outbox.close());
    const application = await startApplication({
      databaseUrl,
      client,
      connection,
      namespace: temporal.namespace,
      clock: wallClock,
      logger,
      metrics: createMetrics(),
      channels: outbox && channelsOf(settings, outbox, wallClock),
      providers: providerNames(settings),
      providerSettings: settings.providers,
      lead: usualLead,
      inboundDomain: settings.inboundDomain ?? null,
      cachedWorkflows: 2000,
      port: settings.port,
      host: '127.0.0.1',
      publicUrl: settings.publicUrl ?? null,
      showBodies: false,
      queries: true,
      ...halves,
    });
    started(() => application.stop());
    faked?.fake.setWebhooks({ publicUrl: settings.publicUrl ?? application.url, localUrl: application.url });
    sayWhatIsEmbedded(settings, faked ? 'the fake' : 'your keys', print);
    if (faked) print(`Provider fake    ${faked.fake.controlUrl}; nothing leaves this machine`);
    if (application.worker) watch(application.worker.ended);
    print(`ready ${JSON.stringify(await howToReach(application, settings, halves))}`);
  });
}

async function lockedDirectory(path: string): Promise<() => Promise<void>> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const lock = await lockDataDirectory(path);
  return () => lock.release();
}

/** The whole on one machine has a key of its own; halves are reached with keys that `tandem keys` makes. */
async function howToReach(application: Application, settings: Settings, halves: Halves): Promise<object> {
  if (!halves.api) return {};
  if (!halves.worker) return { url: application.url };
  return {
    url: application.url,
    key: await localKey(application.database, settings.dataDirectory, await wallClock.now()),
  };
}

/** Fails once a server has ended of which everything else has need; whoever looks after this process starts it again. */
async function notToEnd(what: string, whenEnded: Promise<string>): Promise<never> {
  throw new Error(`${what} ${await whenEnded}: start again`);
}

async function embeddedDatabase(settings: Settings, { started, watch }: Starting): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDirectory: settings.dataDirectory });
  started(() => postgres.stop());
  watch(notToEnd('The embedded PostgreSQL', postgres.whenEnded));
  return postgres.url;
}

async function localTemporal(
  settings: Settings,
  { started, watch }: Starting,
  print: (line: string) => void,
): Promise<TemporalSettings> {
  const server = await startTemporalDevServer({ dataDirectory: settings.dataDirectory });
  started(() => server.stop());
  watch(notToEnd('The local Temporal server', server.whenEnded));
  if (server.uiUrl) print(`Temporal UI      ${server.uiUrl}`);
  return server;
}

function sayWhatIsEmbedded(settings: Settings, whose: string, print: (line: string) => void): void {
  const place = settings.dataDirectory;
  print(
    `PostgreSQL       ${settings.databaseUrl ? 'yours (DATABASE_URL)' : `embedded, in ${join(place, 'postgres')}`}`,
  );
  print(`Temporal         ${settings.temporal ? 'yours (TEMPORAL_ADDRESS)' : `local development server, in ${place}`}`);
  for (const [what, provider] of Object.entries(providerNames(settings))) {
    const name = what === 'email' ? 'Mail' : 'Texts';
    const outbox = `outbox: the ledger and ${join(place, 'outbox.ndjson')}; nothing leaves this machine`;
    print(`${name.padEnd(17)}${provider === 'outbox' ? outbox : `${provider} (${whose})`}`);
  }
}
