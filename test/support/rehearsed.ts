import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { vi } from 'vitest';
import { openOutbox } from '../../activities/channels/outbox.ts';
import type { EntryData, PairEvent } from '../../policy/event.ts';
import type { Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import { type Recorded, recordCommand, recordEntries } from '../../prisma/store/journal.ts';
import { createLogger } from '../../runtime/logging.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { startWorker, usualLead } from '../../worker/worker.ts';
import { createTestDatabase } from './database.ts';

/**
 * The whole application on a virtual clock, once per test file. Time only moves forward and is the same for all tests of
 * a file: each begins at whatever instant the clock stands, with ids of its own.
 */

// The rehearsal keeps its server to itself; tests also read histories and stop workers.
const servers = vi.hoisted((): TestWorkflowEnvironment[] => []);
vi.mock('../../runtime/local/temporal-test-server.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../runtime/local/temporal-test-server.ts')>();
  return {
    startTemporalTestServer: async () => {
      const environment = await original.startTemporalTestServer();
      servers.push(environment);
      return environment;
    },
  };
});

export interface Rehearsed {
  database: Database;
  environment: TestWorkflowEnvironment;
  now(): Promise<Instant>;
  advanceTo(target: Instant): Promise<void>;
  settle(): Promise<void>;
  /** Calls the API; fails unless it answers with success. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Puts entries on the journal and lets the relay carry them; returns without waiting for them to be applied. */
  record(entries: EntryGiven[]): Promise<Recorded[]>;
  /** Puts a command of staff on the journal as asked, and lets the relay ask the pair. */
  command(command: CommandGiven): Promise<number>;
  /** No worker runs while the clock moves to `target`; returns when everything overdue was looked at. */
  outageUntil(target: Instant): Promise<void>;
  stop(): Promise<void>;
}

export interface EntryGiven {
  id: string;
  source?: string;
  type: PairEvent['type'];
  subject: string;
  at: Instant;
  receivedAt: Instant;
  history?: boolean;
  data: EntryData;
}

export interface CommandGiven {
  id: string;
  type: PairEvent['type'];
  pairId: string;
  programId: string;
  owner: string;
  at: Instant;
  data: EntryData;
}

const platform = 'platform';

export async function startRehearsed(options: { cachedWorkflows?: number } = {}): Promise<Rehearsed> {
  const { startRehearsal } = await import('../../bin/rehearsal.ts');
  const { url: databaseUrl, drop } = await createTestDatabase({ empty: true });
  const logger = createLogger({ name: 'rehearsed' });
  logger.level = process.env.TEST_LOG_LEVEL ?? 'error';
  const rehearsal = await startRehearsal({ port: 0, databaseUrl, logger, ...options });
  const environment = servers.pop() as TestWorkflowEnvironment;
  const { database, relay } = rehearsal.application;
  const stops: Array<() => Promise<unknown>> = [rehearsal.stop, drop];

  return {
    database,
    environment,
    now: rehearsal.now,
    advanceTo: rehearsal.advanceTo,
    settle: rehearsal.settle,
    async call(method, path, body) {
      const headers = { authorization: `Bearer ${rehearsal.key}`, 'content-type': 'application/json' };
      const response = await fetch(`${rehearsal.url}${path}`, { method, headers, body: JSON.stringify(body) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === '' ? {} : JSON.parse(text);
    },
    async record(entries) {
      const recorded = await recordEntries(database, entries.map(entryOf), null);
      relay?.wake();
      return recorded;
    },
    async command({ id, type, pairId, programId, owner, at, data }) {
      const entry = entryOf({ id, source: 'staff', type, subject: pairId, at, receivedAt: at, data });
      const seq = await recordCommand(database, { ...entry, owner, programId }, 0);
      relay?.wake();
      return seq;
    },
    async outageUntil(target) {
      await rehearsal.settle();
      await rehearsal.application.worker?.stop();
      await environment.sleep(target - (await rehearsal.now()));
      stops.unshift(await otherWorker(environment, database, logger, rehearsal.now));
      await rehearsal.settle();
    },
    async stop() {
      for (const stop of stops) await stop();
    },
  };
}

function entryOf({ id, source = platform, type, subject, at, receivedAt, history = false, data }: EntryGiven) {
  const digest = createHash('sha256').update(JSON.stringify([type, subject, at, data])).digest('hex');
  const ref = source === platform ? refOf(id) : id;
  const rest = { urgent: false, data, texts: {} };
  return { source, eventId: id, digest, ref, type, subject, occurredAt: at, receivedAt, history, ...rest };
}

/** Identity of an event of the platform, as other events name it. */
export function refOf(eventId: string): string {
  return `${eventId}~${platform}`;
}

/** The worker that takes over after an outage; answers how to stop it. */
async function otherWorker(
  environment: TestWorkflowEnvironment,
  database: Database,
  logger: ReturnType<typeof createLogger>,
  now: () => Promise<Instant>,
): Promise<() => Promise<void>> {
  const place = await mkdtemp(join(tmpdir(), 'tandem-outage-'));
  const channel = await openOutbox(join(place, 'outbox.ndjson'), now);
  const worker = await startWorker({
    connection: environment.nativeConnection,
    client: environment.client,
    namespace: environment.namespace ?? 'default',
    database,
    clock: { now },
    metrics: createMetrics(),
    logger,
    channel,
    inboundDomain: null,
    lead: usualLead,
    cachedWorkflows: 2000,
  });
  return async () => {
    await worker.stop();
    await channel.close();
    await rm(place, { recursive: true, force: true });
  };
}
