import { z } from 'zod';
import { type Database, queryRows } from '../../prisma/database.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { unavailable } from '../problem.ts';
import { type Route, route } from '../route.ts';

export interface HealthRouteDeps {
  database: Database;
  metrics: Metrics;
  /** Names of what is missing besides the database. */
  ready?: () => Promise<string[]>;
}

const fine = z.object({ status: z.literal('ok') });

/** What those ask who run and watch the process; open to everybody who reaches it. */
export function healthRoutes({ database, metrics, ready = async () => [] }: HealthRouteDeps): Route[] {
  const live = route({
    method: 'get',
    path: '/livez',
    operationId: 'live',
    summary: 'Whether the process runs',
    tag: 'operation',
    scope: null,
    responses: { 200: fine },
    handler: async () => ({ status: 200, body: { status: 'ok' } }),
  });
  const readiness = route({
    method: 'get',
    path: '/readyz',
    operationId: 'ready',
    summary: 'Whether the process can do its work; a refusal names what is missing',
    tag: 'operation',
    scope: null,
    responses: { 200: fine },
    async handler() {
      const missing = (await Promise.all([missingDatabase(database), ready().catch(() => ['unknown'])])).flat();
      if (missing.length > 0) throw unavailable(`Missing: ${missing.join(', ')}`, 5, { missing });
      return { status: 200, body: { status: 'ok' } };
    },
  });
  const measurements = route({
    method: 'get',
    path: '/metrics',
    operationId: 'metrics',
    summary: 'Measurements for Prometheus',
    tag: 'operation',
    scope: null,
    responses: { 200: { 'text/plain': z.string() } },
    handler: async () => ({
      status: 200,
      body: await metrics.registry.metrics(),
      type: metrics.registry.contentType,
    }),
  });
  return [live, readiness, measurements];
}

async function missingDatabase(database: Database): Promise<string[]> {
  return queryRows(database, 'select 1').then(
    () => [],
    () => ['database'],
  );
}
