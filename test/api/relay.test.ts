import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Relay, startRelay } from '../../api/relay.ts';
import type { PairEvent } from '../../policy/event.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { wallClock } from '../../runtime/clock.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** The relay beside a Temporal that only takes signals: what leaves, in which order, and what the journal says then. */

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

interface Signal {
  owner: string;
  seqs: number[];
  started: boolean;
}

let signals: Signal[];
let relays: Relay[];
beforeEach(async () => {
  [signals, relays] = [[], []];
  await execute(testDatabase.database, 'truncate journal, free_texts restart identity cascade');
});
afterEach(() => Promise.all(relays.map((relay) => relay.stop())));

/** @param running whether workflows run before they are started */
function temporal(millis: number, running = true): Client {
  const take = async (owner: string, events: PairEvent[], started: boolean): Promise<void> => {
    await sleep(millis);
    signals.push({ owner, seqs: events.map(({ seq }) => seq), started });
  };
  const workflow = {
    getHandle: (owner: string) => ({
      async signal(_: unknown, events: PairEvent[]) {
        if (!running) throw new WorkflowNotFoundError('not found', owner, undefined);
        await take(owner, events, false);
      },
    }),
    signalWithStart: (_: string, given: { workflowId: string; signalArgs: [PairEvent[]] }) =>
      take(given.workflowId, given.signalArgs[0], true),
  };
  return { workflow } as unknown as Client;
}

function start(client: Client): Relay {
  const { database } = testDatabase;
  const logger = pino({ level: 'silent' });
  const nudge = async (): Promise<void> => undefined;
  const relay = startRelay({ database, client, clock: wallClock, logger, metrics: createMetrics(), nudge });
  relays.push(relay);
  return relay;
}

/** Entries for so many pairs in turn. */
async function record(entries: number, among: number, { urgent = false, type = 'lesson.completed' } = {}) {
  const sql = `
    insert into journal (source, event_id, digest, ref, type, subject, owner, occurred_at, received_at, history, urgent, data, state)
    select 's', gen_random_uuid(), '', n, $3, 'pair', 'pair:program:' || case when $4 then 'urgent' else 'pair' end || n % $2,
      now(), now(), false, $4, '{}', 'recorded'
    from generate_series(1, $1::int) n order by n`;
  await execute(testDatabase.database, sql, entries, among, type, urgent);
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('not within 15 s');
    await sleep(10);
  }
}

const delivered = (): number[] => signals.flatMap(({ seqs }) => seqs);
const sorted = (seqs: number[]): number[] => [...seqs].sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('delivering the journal', () => {
  it('E1 the entries of a pair travel in one signal, in the order of acceptance', async () => {
    await record(800, 200);
    start(temporal(1));
    await until(() => delivered().length >= 800);
    expect(signals).toHaveLength(200);
    for (const { seqs } of signals) expect(seqs).toEqual(sorted(seqs));
    expect(sorted(delivered())).toEqual(upTo(800));
  });

  it('E1 a pair with very many entries gets several signals', async () => {
    await record(450, 1);
    start(temporal(1));
    await until(() => delivered().length >= 450);
    expect(signals.map(({ seqs }) => seqs.length)).toEqual([200, 200, 50]);
    expect(delivered()).toEqual(upTo(450));
  });

  it('a workflow that does not run is started, and one that is opened is not looked for', async () => {
    await record(2, 2);
    await record(1, 1, { type: 'pair.opened' });
    start(temporal(1, false));
    await until(() => signals.length >= 2);
    expect(signals.map(({ started }) => started)).toEqual([true, true]);
    expect(sorted(delivered())).toEqual([1, 2, 3]);
  });

  it('E1 safety overtakes what is already leaving', async () => {
    await record(400, 400);
    const relay = start(temporal(40));
    await until(() => signals.length > 0);
    await record(3, 3, { urgent: true });
    relay.wake({ urgent: true });
    await until(() => delivered().filter((seq) => seq > 400).length === 3);
    expect(signals.length).toBeLessThan(150);
  });

  it('E1 a burst that is being taken in holds up the others and not safety', async () => {
    await record(100, 100);
    await record(20, 20, { urgent: true });
    const relay = start(temporal(1));
    let ended: () => void = () => undefined;
    const burst = relay.storing(50, () => new Promise<void>((resolve) => (ended = resolve)));
    await until(() => delivered().filter((seq) => seq > 100).length === 20);
    await sleep(350);
    const others = signals.length - 20;
    expect(others).toBeGreaterThan(0);
    expect(others).toBeLessThan(20);
    ended();
    await burst;
    await until(() => signals.length === 120);
  });

  it('E1 what had not left when the relay stopped is free for the next one at once', async () => {
    await record(400, 400);
    const relay = start(temporal(40));
    await until(() => signals.length > 20);
    await relay.stop();
    expect(signals.length).toBeLessThan(100);
    start(temporal(1));
    await until(() => delivered().length >= 400);
    expect(sorted(delivered())).toEqual(upTo(400));
  });

  it('E1 what Temporal has is marked a while later, unless it is applied by then', async () => {
    const { database } = testDatabase;
    await record(4, 4);
    start(temporal(1));
    await until(() => delivered().length === 4);
    await execute(database, `update journal set state = 'applied', lease_until = null where seq <= 2`);
    const marked = () => queryRows(database, 'select seq from journal where delivered_at is not null order by seq');
    await until(async () => (await marked()).length > 0);
    expect(await marked()).toEqual([{ seq: 3n }, { seq: 4n }]);
    await sleep(1_200);
    expect(delivered()).toHaveLength(4);
  });

  it('E1 an entry that a say is marking keeps no other from being marked', async () => {
    const { database } = testDatabase;
    await record(4, 4);
    start(temporal(1));
    await until(() => delivered().length === 4);
    let settled: () => void = () => undefined;
    const saying = database.$transaction(async (tx) => {
      await execute(tx, `update journal set state = 'applied' where seq = 1`);
      await new Promise<void>((resolve) => (settled = resolve));
    });
    const marked = () => queryRows(database, 'select seq from journal where delivered_at is not null order by seq');
    await until(async () => (await marked()).length === 3);
    settled();
    await saying;
    expect(await marked()).toEqual([{ seq: 2n }, { seq: 3n }, { seq: 4n }]);
  });
});
