import type { Client } from '@temporalio/client';
import { expect, test, vi } from 'vitest';
import { startRelay } from '../../api/relay.ts';
import { wallClock } from '../../runtime/clock.ts';
import { createLogger } from '../../runtime/logging.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createTestApi } from '../support/api.ts';

const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);

test('the relay forgets the answers of idempotency keys that are older than a day, and no others', async () => {
  const api = await createTestApi({ routes: [] });
  const { database } = api;
  await api.bearer();
  const [apiKey] = await database.apiKey.findMany();
  const kept = async () => (await database.idempotencyKey.findMany({ orderBy: { key: 'asc' } })).map(({ key }) => key);
  for (const [key, hours] of [
    ['fresh', 1],
    ['old', 25],
    ['young', 23],
  ] as const) {
    const data = { apiKeyId: apiKey?.id ?? '', key, digest: 'digest', status: 200, createdAt: hoursAgo(hours) };
    await database.idempotencyKey.create({ data });
  }
  expect(await kept(), 'control: without a relay').toEqual(['fresh', 'old', 'young']);
  const logger = createLogger({ name: 'test' });
  // Nothing is to be delivered: the relay has no use for Temporal.
  const client = null as unknown as Client;
  const nudge = async () => undefined;
  const relay = startRelay({ database, client, clock: wallClock, logger, metrics: createMetrics(), nudge });
  try {
    await vi.waitFor(async () => expect(await kept()).toEqual(['fresh', 'young']), 5000);
  } finally {
    await relay.stop();
    await api.drop();
  }
});
