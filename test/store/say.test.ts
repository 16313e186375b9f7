import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Say } from '../../policy/pair/say.ts';
import { DAY, MINUTE } from '../../policy/time.ts';
import { type Database, execute, isLockTimeout, openDatabase, queryRows } from '../../prisma/database.ts';
import { markRefused } from '../../prisma/store/journal-leases.ts';
import { createSayWriter, type Said, writeSays } from '../../prisma/store/say.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { at, step } from '../policy/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { counted } from '../support/mentoring.ts';

/** Says that arrive at once share a transaction, and each is written as if it were alone. */

let one: TestDatabase;
let other: TestDatabase;
beforeAll(async () => {
  [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
beforeEach(async () => {
  const tables = 'messages, says, cases, case_entries, performed_steps, journal, free_texts';
  for (const { database } of [one, other]) await execute(database, `truncate ${tables} restart identity cascade`);
});
afterAll(() => Promise.all([one.drop(), other.drop()]));

const now = at('08:00');
const classOf = (template: string) => classify(template as TemplateKey);
const writer = (database: Database) => createSayWriter(database, classOf);

function reminder(pairId: string, given: Parameters<typeof step>[1] = {}) {
  return step(`${pairId}/week/email`, { template: 'class-reminder', personId: `mentor_${pairId}`, ...given });
}

function say(pairId: string, given: Partial<Say> = {}): Say {
  return {
    owner: `pair:program:${pairId}`,
    programId: 'program',
    pairId,
    facts: 1,
    at: now,
    nextAt: null,
    messages: [reminder(pairId)],
    cases: [],
    effects: [],
    records: [],
    fresh: [],
    marks: [],
    readMarks: [],
    zone: 'America/New_York',
    gatherMinutes: 2,
    policyVersion: 1,
    closed: false,
    projection: null,
    counts: null,
    retires: false,
    ...given,
  };
}

const pairIds = Array.from({ length: 40 }, (_, index) => `pair_${index}`);

async function entriesFor(database: Database, given: string[]): Promise<void> {
  const sql = `
    insert into journal (source, event_id, digest, ref, type, subject, owner, occurred_at, received_at, history, urgent, data, state)
    select 's', id, '', id, 'lesson.completed', id, 'pair:program:' || id, now(), now(), false, false, '{}', 'recorded'
    from unnest($1::text[]) with ordinality as given(id, n) order by n`;
  await execute(database, sql, given);
}

function stored(database: Database, where = 'true') {
  const sql = `select owner, key, state, reason, withdrawn, person_id, template, fields, not_before, look_at, updated_at
    from messages where ${where} order by key`;
  return queryRows<Record<string, unknown>>(database, sql);
}

function aCase(pairId: string, withdrawn: boolean): Say['cases'][number] {
  const key = `${pairId}/escalation`;
  const told = { assignee: 'staff', supervisor: null, reason: 'missed', facts: [pairId], details: {} };
  const lines = [{ code: 'missed', ref: 'week' }];
  return {
    kind: 'case',
    key,
    caseKind: 'escalation',
    openedAt: now,
    lines,
    withdrawn,
    ...told,
  } as Say['cases'][number];
}

/** First something of everything; then a third withdraws, a third goes on, a third moves its message. */
function rounds(): Say[][] {
  const first = pairIds.map((id, n) => {
    const given = { fresh: [reminder(id)], readMarks: [{ version: 1, at: now }], cases: [aCase(id, false)] };
    return say(id, { ...given, marks: [{ seq: n + 1, order: 1, at: now }] });
  });
  const second = pairIds.map((id, n) => {
    const messages = [[], [reminder(id)], [reminder(id, { slot: at('15:00') })]][n % 3] as Say['messages'];
    const cases = n % 4 === 0 ? [] : [aCase(id, n % 4 === 1)];
    return say(id, { facts: 2, at: now + MINUTE, messages, cases });
  });
  return [first, second];
}

async function everything(database: Database): Promise<unknown[]> {
  const tables = ['says', 'journal', 'cases', 'performed_steps'];
  const order = { says: 'owner', journal: 'event_id', cases: 'id', performed_steps: 'owner, key' };
  const columns = { says: '*', journal: 'event_id, state, applied_order, applied_at, effect, data', cases: '*' };
  const read = tables.map((table) => {
    const chosen = columns[table as keyof typeof columns] ?? '*';
    return queryRows(database, `select ${chosen} from ${table} order by ${order[table as keyof typeof order]}`);
  });
  const lines = 'select case_id, at, by, code, text from case_entries order by case_id, code';
  return [...(await Promise.all(read)), await queryRows(database, lines), await stored(database)];
}

describe('says of many pairs at once', () => {
  it('M6 share a transaction or two, and write what each would write alone', async () => {
    for (const { database } of [one, other]) await entriesFor(database, pairIds);
    const count = counted(one.database);
    const together = writer(count.database);
    for (const round of rounds()) {
      const said = await Promise.all(round.map(together));
      const alone: Said[] = [];
      for (const given of round) alone.push(...(await writeSays(other.database, [given], classOf)));
      expect(said).toEqual(alone);
    }
    expect(await everything(one.database)).toEqual(await everything(other.database));
    // One transaction for each round; a lock that is not had in time, on a slow machine, costs a few more.
    expect(count.statements()).toBeLessThan(pairIds.length / 2);
    const states = (await stored(one.database)).map(({ state }) => state);
    expect(states.filter((state) => state === 'skipped')).toHaveLength(14);
    expect(await queryRows(one.database, `select from journal where state = 'applied'`)).toHaveLength(80);
  });

  it('M6 a stale say among them changes nothing, and the others stand', async () => {
    const write = writer(one.database);
    await write(say('pair_1', { facts: 5 }));
    const given = pairIds.map((id) => say(id, id === 'pair_1' ? { facts: 4, messages: [] } : {}));
    const said = await Promise.all(given.map(write));
    expect(said.filter(({ stale }) => stale)).toHaveLength(1);
    expect(said[1]).toEqual({ stale: true, shards: [] });
    expect(await stored(one.database, `state = 'waiting'`)).toHaveLength(40);
  });

  it('one that cannot be written fails alone', async () => {
    const given = pairIds.map((id, n) => say(id, n === 7 ? { messages: [reminder(id, { fields: { a: '\0' } })] } : {}));
    const said = await Promise.allSettled(given.map(writer(one.database)));
    expect(said.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([7]);
    expect(await stored(one.database)).toHaveLength(39);
    expect(await queryRows(one.database, `select from says`)).toHaveLength(39);
  });

  it('M6 two of one owner are written in their order, whoever else speaks', async () => {
    const write = writer(one.database);
    const first = pairIds.map((id) => write(say(id)));
    const second = pairIds.map((id) => write(say(id, { facts: 2, messages: [] })));
    const late = write(say('pair_0', { facts: 1 }));
    expect((await Promise.all([...first, ...second])).some(({ stale }) => stale)).toBe(false);
    expect(await late).toEqual({ stale: true, shards: [] });
    expect((await stored(one.database)).map(({ reason }) => reason)).toEqual(pairIds.map(() => 'withdrawn'));
  });

  it('a say that ends its pair ends the cases that others hold for it', async () => {
    const write = writer(one.database);
    await write(say('other', { pairId: null, cases: [{ ...aCase('pair_1', false), key: 'other/task' }] }));
    await execute(one.database, `update cases set pair_id = 'pair_1'`);
    await Promise.all([write(say('pair_1', { closed: true, messages: [] })), write(say('pair_2'))]);
    expect(await queryRows(one.database, 'select state, outcome from cases')).toEqual([
      { state: 'resolved', outcome: 'moot' },
    ]);
  });

  it('M6 a withdrawn row frees the others of its mailbox, and no more', async () => {
    const write = writer(one.database);
    const sameMentor = { personId: 'mentor' };
    await Promise.all(['a', 'b', 'c'].map((id) => write(say(id, { messages: [reminder(id, sameMentor)] }))));
    await write(say('d'));
    await execute(one.database, 'update messages set look_at = $1', new Date(now + DAY));
    await Promise.all([write(say('a', { facts: 2, messages: [] })), write(say('d', { facts: 2 }))]);
    const looks = (await stored(one.database, `state = 'waiting'`)).map(({ key, look_at }) => [key, look_at]);
    expect(looks).toEqual([
      ['b/week/email', null],
      ['c/week/email', null],
      ['d/week/email', new Date(now + DAY)],
    ]);
  });
});

describe('pairs of one person', () => {
  it('M6 whose messages are withdrawn by two processes at once never wait for each other in a circle', async () => {
    const pools = ['a', 'b'].map((name) => openDatabase(one.url, { applicationName: name }));
    try {
      for (let round = 0; round < 10; round++) {
        const ids = ['a', 'b'].map((name) => `${name}${round}`);
        const facts = { personId: 'mentor' };
        await writeSays(
          one.database,
          ids.map((id) => say(id, { messages: [reminder(id, facts)] })),
          classOf,
        );
        await execute(one.database, 'update messages set look_at = $1', new Date(now + DAY));
        const withdrawals = ids.map((id, index) =>
          writeSays(pools[index] as Database, [say(id, { facts: 2, messages: [] })], classOf),
        );
        await Promise.all(withdrawals);
      }
    } finally {
      await Promise.all(pools.map((pool) => pool.close()));
    }
    expect(await stored(one.database, `state = 'waiting'`)).toEqual([]);
  });
});

describe('rows that wait for facts', () => {
  it('M6 are looked at again once their say has settled the facts, also before their slot', async () => {
    const write = writer(one.database);
    const tomorrow = { slot: now + DAY, expiresAt: now + 2 * DAY };
    await write(say('a', { messages: [reminder('a', tomorrow)] }));
    await entriesFor(one.database, ['a']);
    // What the dispatcher writes while the entry is open.
    await execute(one.database, 'update messages set look_at = expires_at');
    const messages = [reminder('a', tomorrow)];
    const said = await write(say('a', { facts: 2, messages, marks: [{ seq: 1, order: 1, at: now }] }));
    expect(said.shards).toEqual(['people']);
    expect(await stored(one.database)).toMatchObject([{ state: 'waiting', look_at: null }]);
  });

  it('M6 are looked at again once the command that they waited for is refused', async () => {
    const write = writer(one.database);
    await Promise.all(['a', 'b'].map((id) => write(say(id))));
    await entriesFor(one.database, ['a', 'b']);
    await execute(one.database, `update journal set state = 'asked'`);
    await execute(one.database, 'update messages set look_at = expires_at');
    await markRefused(one.database, 1, 'closed');
    const looks = (await stored(one.database)).map(({ key, look_at }) => [key, look_at === null]);
    expect(looks).toEqual([
      ['a/week/email', true],
      ['b/week/email', false],
    ]);
  });
});

describe('an owner that another process is still writing', () => {
  let slow: Database;
  beforeAll(() => {
    slow = openDatabase(one.url, { applicationName: 'slow' });
  });
  afterAll(() => slow.close());

  /** Writes a say and commits it only when told. */
  async function hanging(given: Say): Promise<{ commit(): Promise<void> }> {
    let written: () => void = () => undefined;
    let commit: () => void = () => undefined;
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const transaction = slow.$transaction(
      async (tx) => {
        const same = { $transaction: (work: (on: typeof tx) => unknown) => work(tx) } as unknown as Database;
        await writeSays(same, [given], classOf);
        written();
        await held;
      },
      { timeout: 20_000 },
    );
    await isWritten;
    return {
      async commit() {
        commit();
        await transaction;
      },
    };
  }

  it('M6 is waited for, and what it wrote is withdrawn by the newer say', async () => {
    const older = await hanging(say('pair_1'));
    const newer = writer(one.database)(say('pair_1', { facts: 2, messages: [] }));
    await sleep(200);
    await older.commit();
    expect(await newer).toMatchObject({ stale: false, shards: ['people'] });
    expect(await stored(one.database)).toMatchObject([{ state: 'skipped', reason: 'withdrawn' }]);
  });

  it('keeps the others no longer than a moment', async () => {
    const older = await hanging(say('pair_1'));
    const began = performance.now();
    const seconds: number[] = [];
    const write = writer(one.database);
    const said = pairIds.map(async (id) => {
      await write(say(id, { facts: 2, messages: [] }));
      seconds.push((performance.now() - began) / 1000);
    });
    const results = await Promise.allSettled(said);
    await older.commit();
    expect(seconds).toHaveLength(39);
    expect(Math.max(...seconds)).toBeLessThan(4);
    const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.map(({ reason }) => isLockTimeout(reason))).toEqual([true]);
  });
});
