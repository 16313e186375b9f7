import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Logger } from 'pino';
import { vi } from 'vitest';
import { createNudger, temporalNudge } from '../../activities/nudger.ts';
import { type Relay, startRelay } from '../../api/relay.ts';
import type { RehearsalOptions } from '../../bin/rehearsal.ts';
import type { Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createLogger } from '../../runtime/logging.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { workflowTaskQueue } from '../../workflows/messages.ts';
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
  url: string;
  /** An administrator's. */
  key: string;
  databaseUrl: string;
  database: Database;
  environment: TestWorkflowEnvironment;
  now(): Promise<Instant>;
  advanceTo(target: Instant): Promise<void>;
  settle(): Promise<void>;
  /** Calls the API; fails unless it answers with success. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Posts bytes, as a provider does; answers the status. */
  post(path: string, headers: Record<string, string>, body: Buffer): Promise<number>;
  /** Calls the API; answers `applied`, `asked`, or the code of the refusal. */
  ask(path: string, body: unknown): Promise<string>;
  /**
   * No relay runs while the clock moves to `target`: what `meanwhile` puts on the journal stays there. Returns when
   * everything overdue was looked at. (The clock does not move while a task waits for a worker.)
   */
  outageUntil(target: Instant, meanwhile: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

export async function startRehearsed(options: Partial<RehearsalOptions> = {}): Promise<Rehearsed> {
  const { startRehearsal } = await import('../../bin/rehearsal.ts');
  const { url: databaseUrl, drop } = await createTestDatabase({ empty: true });
  const logger = options.logger ?? createLogger({ name: 'rehearsed' });
  if (!options.logger) logger.level = process.env.TEST_LOG_LEVEL ?? 'error';
  const rehearsal = await startRehearsal({ port: 0, databaseUrl, queries: true, ...options, logger });
  const environment = servers.pop() as TestWorkflowEnvironment;
  const { database } = rehearsal.application;
  let relay = rehearsal.application.relay as Relay;
  const stops: Array<() => Promise<unknown>> = [rehearsal.stop, drop];

  const request = async (method: string, path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${rehearsal.key}`, 'content-type': 'application/json' };
    const response = await fetch(`${rehearsal.url}${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, answer: JSON.parse(text || '{}') as Record<string, unknown> };
  };

  return {
    url: rehearsal.url,
    key: rehearsal.key,
    databaseUrl,
    database,
    environment,
    now: rehearsal.now,
    advanceTo: rehearsal.advanceTo,
    settle: rehearsal.settle,
    async call(method, path, body) {
      const { status, answer } = await request(method, path, body);
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
      return answer;
    },
    async post(path, headers, body) {
      return (await fetch(`${rehearsal.url}${path}`, { method: 'POST', headers, body: new Uint8Array(body) })).status;
    },
    async ask(path, body) {
      const { status, answer } = await request('POST', path, body);
      return status === 200 ? 'applied' : String(answer.code ?? answer.state);
    },
    async outageUntil(target, meanwhile) {
      await rehearsal.settle();
      await relay.stop();
      await meanwhile();
      await environment.sleep(target - (await rehearsal.now()));
      relay = otherRelay(environment, database, logger, { now: rehearsal.now });
      stops.unshift(relay.stop);
      await rehearsal.settle();
    },
    async stop() {
      for (const stop of stops) await stop();
    },
  };
}

/** The relay that takes over after an outage. */
function otherRelay(environment: TestWorkflowEnvironment, database: Database, logger: Logger, clock: Clock): Relay {
  const { client } = environment;
  const nudge = createNudger(temporalNudge(client, () => undefined, workflowTaskQueue)).nudge;
  return startRelay({ database, client, clock, logger, metrics: createMetrics(), nudge });
}
