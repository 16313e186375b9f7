import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startRelay } from '../../api/relay.ts';
import { createRetention } from '../../api/retention.ts';
import { DAY, HOUR } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { dropOldWords } from '../../prisma/store/retention.ts';
import { createLogger } from '../../runtime/logging.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { insertMessage } from '../support/ledger.ts';
import { insertSend } from '../support/sends.ts';

const now = Date.UTC(2026, 10, 21, 14);
const clock = { now: async () => now };
const logger = createLogger({ name: 'test' });
let own: TestDatabase;

beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());
beforeEach(async () => {
  await execute(own.database, 'truncate messages, sends, inbound_messages cascade');
});

async function send(name: string, state: string, endedAt: number | null): Promise<void> {
  await insertMessage(own.database, { id: `msg_${name}`, programId: 'school', at: now - 40 * DAY });
  const facts = { messageIds: [`msg_${name}`], state, at: now - 40 * DAY, endedAt };
  await insertSend(own.database, { id: `snd_${name}`, ...facts });
}

async function inbound(name: string, receivedAt: number): Promise<void> {
  const sql = `
    insert into inbound_messages (id, provider, provider_key, channel, from_address, reading, subject, body, received_at)
    values ($1, 'sendgrid', $1, 'email', 'ada@example.org', 'other', 'Hello', 'Words', $2)`;
  await execute(own.database, sql, name, new Date(receivedAt));
}

const worded = async (table: string) =>
  (
    await queryRows<{ id: string }>(
      own.database,
      `select id from ${table} where subject is not null or body is not null order by id`,
    )
  ).map(({ id }) => id);

test('subjects and bodies go 30 days after their send ended, and the rest of the row stays', async () => {
  await send('old', 'accepted', now - 30 * DAY - 1);
  await send('young', 'accepted', now - 30 * DAY);
  await send('failed', 'failed', now - 31 * DAY);
  await send('open', 'unknown', null);
  expect(await worded('sends'), 'control: before').toEqual(['snd_failed', 'snd_old', 'snd_open', 'snd_young']);
  // What nobody has settled for a month counts from its claim.
  expect(await dropOldWords(own.database, now)).toBe(3);
  expect(await worded('sends')).toEqual(['snd_young']);
  const kept = `select person_id as person, state, provider from sends where id = 'snd_old'`;
  expect(await queryRows(own.database, kept)).toEqual([{ person: 'mentor', state: 'accepted', provider: 'sendgrid' }]);
});

test('what people wrote goes 30 days after it came in', async () => {
  await inbound('old', now - 30 * DAY - 1);
  await inbound('young', now - 29 * DAY);
  expect(await dropOldWords(own.database, now)).toBe(1);
  expect(await worded('inbound_messages')).toEqual(['young']);
});

test('batches go on until nothing is left, and a second look finds nothing', async () => {
  for (const name of ['1', '2', '3', '4', '5']) await inbound(name, now - 40 * DAY);
  expect(await dropOldWords(own.database, now, 2)).toBe(5);
  expect(await dropOldWords(own.database, now, 2)).toBe(0);
});

test('it is looked at once an hour of wall time, and again at once after a failure', async () => {
  const looks: number[] = [];
  const at = vi.spyOn(performance, 'now');
  const failing = { now: vi.fn(clock.now) };
  const look = createRetention({ database: own.database, logger, clock: failing });
  for (const wall of [0, 1, HOUR - 1, HOUR, HOUR + 1]) {
    at.mockReturnValue(wall);
    const before = failing.now.mock.calls.length;
    await look();
    if (failing.now.mock.calls.length > before) looks.push(wall);
  }
  expect(looks).toEqual([0, HOUR]);
  at.mockReturnValue(3 * HOUR);
  failing.now.mockRejectedValueOnce(new Error('away'));
  await expect(look()).rejects.toThrow('away');
  await look();
  expect(failing.now).toHaveBeenCalledTimes(4);
  at.mockRestore();
});

test('the relay takes care of it', async () => {
  await inbound('old', now - 40 * DAY);
  // Nothing is to be delivered: the relay has no use for Temporal.
  const client = null as unknown as Client;
  const nudge = async () => undefined;
  const relay = startRelay({ database: own.database, client, clock, logger, metrics: createMetrics(), nudge });
  try {
    await vi.waitFor(async () => expect(await worded('inbound_messages')).toEqual([]), 5000);
  } finally {
    await relay.stop();
  }
});
