import type { Client } from '@temporalio/client';
import { expect, test, vi } from 'vitest';
import { startRelay } from '../../api/relay.ts';
import { queryRows } from '../../prisma/database.ts';
import { recordEntries } from '../../prisma/store/journal.ts';
import { wallClock } from '../../runtime/clock.ts';
import { createLogger } from '../../runtime/logging.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createTestApi } from '../support/api.ts';
import { seedProgram } from '../support/mentoring.ts';

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

test('E3 K6 danger in an event whose pair stays unknown is told to operations after ten minutes, once', async () => {
  const api = await createTestApi({ routes: [] });
  const { database } = api;
  const now = Date.now();
  for (const id of ['prog_a', 'prog_b']) await seedProgram(database, id, now, { staff: { operations: `ops_${id}` } });
  const parked = (id: string, minutes: number, data: Record<string, unknown>, allowed: string[] | null) => {
    const at = now - minutes * 60_000;
    const rest = { history: false, urgent: true, data, texts: {}, occurredAt: at, receivedAt: at };
    const entry = { source: 's', eventId: id, digest: id, ref: `${id}~s`, type: 'flag.submitted', subject: 'pair_x' };
    return recordEntries(database, [{ ...entry, ...rest }], allowed);
  };
  await parked('danger', 11, { keyword: 'abuse' }, ['prog_a']);
  await parked('worry', 11, { safetyConcern: true }, null);
  await parked('young', 9, { keyword: 'abuse' }, null);
  await parked('flag', 11, { priority: 'immediate' }, null);
  const told = () =>
    queryRows<{ person: string; subject: string }>(
      database,
      `select person_id as person, fields->>'subject' as subject from messages order by 2, 1`,
    );
  const logger = createLogger({ name: 'test' });
  // There is no Temporal for the entries of the programs.
  logger.level = 'silent';
  const nudged: string[] = [];
  const nudge = async (shard: string) => void nudged.push(shard);
  const care = () => {
    const clock = { now: async () => now };
    return startRelay({ database, client: null as unknown as Client, clock, logger, metrics: createMetrics(), nudge });
  };
  const expected = [
    { person: 'ops_prog_a', subject: 'danger' },
    { person: 'ops_prog_a', subject: 'worry' },
    { person: 'ops_prog_b', subject: 'worry' },
  ];
  try {
    for (let time = 0; time < 2; time++) {
      const relay = care();
      await vi.waitFor(async () => expect(await told()).toEqual(expected), 5000);
      await relay.stop();
    }
    expect(nudged).toContain('urgent');
    expect(await told()).toEqual(expected);
  } finally {
    await api.drop();
  }
});
