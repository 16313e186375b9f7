import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Say } from '../../policy/pair/say.ts';
import { isAvailable, type Party } from '../../policy/request/party.ts';
import type { EffectStep } from '../../policy/step.ts';
import { DAY, HOUR } from '../../policy/time.ts';
import { type Database, execute, openDatabase, queryRows } from '../../prisma/database.ts';
import { createPair, type NewPair } from '../../prisma/store/pair-making.ts';
import { putAvailability } from '../../prisma/store/people.ts';
import { listDueRematches, rematchAfterOf } from '../../prisma/store/rematches.ts';
import { lockParties } from '../../prisma/store/request-parties.ts';
import { createSayWriter, type Said, writeSays } from '../../prisma/store/say.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { altered } from '../faults/support/altered-database.ts';
import { step } from '../policy/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';

/** What a say brings about beyond its pair is done with it, or not at all (T5, T6, T7). */

let one: TestDatabase;
let other: Database;
beforeAll(async () => {
  one = await createTestDatabase();
  other = openDatabase(one.url, { applicationName: 'other' });
});
afterAll(async () => {
  await other.close();
  await one.drop();
});

const now = Date.parse('2026-11-18T15:00:00Z');
const classOf = (template: string, variant?: string | null) => classify(template as TemplateKey, variant);
const owner = (pairId: string): string => `pair:program:${pairId}`;

function newPair(id: string, mentorId: string, menteeId: string): NewPair {
  const about = { programId: 'program', mentorId, menteeId, classId: null, matchedAt: now - 30 * DAY };
  return { id, owner: owner(id), ...about, staff: {}, history: {}, override: null, digest: id };
}

async function pair(id: string, mentorId: string, menteeId: string): Promise<void> {
  const made = await createPair(one.database, newPair(id, mentorId, menteeId), { programIds: null, now: now - DAY });
  expect(made).toEqual({ outcome: 'created' });
}

function effect(name: string, personId: string, details: Record<string, unknown> = {}): EffectStep {
  return { kind: 'effect', key: `pair_1/evt_1/${name}/${personId}`, effect: name, personId, at: now, details };
}

function say(effects: EffectStep[], given: Partial<Say> = {}): Say {
  return {
    owner: owner('pair_1'),
    programId: 'program',
    pairId: 'pair_1',
    facts: 2,
    at: now,
    nextAt: null,
    messages: [step('pair_1/closed/pair-closed', { template: 'pair-closed', personId: 'mia', role: 'mentee' })],
    cases: [],
    effects,
    records: [],
    fresh: effects,
    marks: [],
    readMarks: [],
    zone: 'America/New_York',
    gatherMinutes: 2,
    policyVersion: 1,
    closed: true,
    projection: null,
    counts: null,
    retires: false,
    ...given,
  };
}

async function request(id: string, menteeId: string, mentorId: string): Promise<void> {
  await execute(
    one.database,
    `insert into requests (id, owner, program_id, kind, mentee_id, mentor_id, mentor_ids, policy_version, status, round,
       created_at, opened_at, reminded_at, digest)
     values ($1, 'request:program:' || $1, 'program', 'request', $2, $3, array[$3], 1, 'pending', 1, $4, $4, '{}', '')`,
    id,
    menteeId,
    mentorId,
    new Date(now - DAY),
  );
}

/** Ada has two mentees, and is asked by a third; Mia has Ada, and has asked Bo. */
beforeEach(async () => {
  await seedProgram(one.database, 'program', now - 40 * DAY);
  for (const id of ['ada', 'bo']) await seedPerson(one.database, id, { programs: ['program'] });
  for (const id of ['mia', 'noa', 'pia']) await seedPerson(one.database, id, { programs: ['program'], role: 'mentee' });
  await pair('pair_1', 'ada', 'mia');
  await pair('pair_2', 'ada', 'noa');
  await request('req_1', 'pia', 'ada');
  await request('req_2', 'mia', 'bo');
});
afterEach(async () => {
  const tables =
    'rematches, requests, messages, says, cases, case_entries, performed_steps, free_texts, journal, pairs';
  await execute(
    one.database,
    `truncate ${tables}, enrolments, people, program_versions, programs restart identity cascade`,
  );
});

function available(id: string, holds: boolean, leave?: [number, number]): Promise<unknown> {
  const [leaveFrom, leaveUntil] = leave?.map((at) => new Date(at)) ?? [];
  const dates = { leaveFrom: leaveFrom ?? null, leaveUntil: leaveUntil ?? null };
  const absence = { available: holds, ...dates, unavailableReason: null };
  return putAvailability(one.database, { id, absence, programIds: null, now });
}

async function everything(): Promise<unknown> {
  const read = (sql: string): Promise<string[]> =>
    queryRows<{ line: string }>(one.database, sql).then((rows) => rows.map(({ line }) => line));
  return {
    pairs: await read(`select id || ' ' || state as line from pairs order by id`),
    told: await read(`select pair_id || ' ' || (data->>'reason') || ' ' || coalesce(data->>'personId', '-') as line
      from journal where type = 'pair.closed' order by pair_id`),
    requests: await read(`select id || ' ' || status as line from requests order by id`),
    ended: await read(`select subject as line from journal where type = 'request.ended' order by subject`),
    removed: await read(`select id || ' ' || available as line from people where removed_at is not null order by id`),
    enrolments: await read(
      `select person_id || ' ' || state as line from enrolments where state <> 'active' order by 1`,
    ),
    waiting: await read(`select person_id || ' ' || role as line from rematches order by person_id`),
    messages: await read(`select key || ' ' || state as line from messages order by key`),
  };
}

const write = (given: Say, on: Database = one.database): Promise<Said[]> => writeSays(on, [given], classOf);

const untouched = {
  pairs: ['pair_1 active', 'pair_2 active'],
  told: [],
  requests: ['req_1 pending', 'req_2 pending'],
  ended: [],
  removed: [],
  enrolments: [],
  waiting: [],
  messages: [],
};

const adaHasLeft = {
  pairs: ['pair_1 closed', 'pair_2 active'],
  told: ['pair_2 removed ada'],
  requests: ['req_1 closed_by_staff', 'req_2 pending'],
  ended: ['req_1'],
  removed: ['ada false'],
  enrolments: ['ada removed'],
  waiting: [],
  messages: ['pair_1/closed/pair-closed waiting'],
};

describe('T7 leaving', () => {
  it('T7 tells every other pair, ends what is pending, and removes the person', async () => {
    await write(say([effect('leave', 'ada')]));
    expect(await everything()).toEqual(adaHasLeft);
  });

  it("T7 gives up every message that waits for the person, and nobody else's", async () => {
    const waiting = (id: string, personId: string): Say['messages'] => [
      step(`${id}/week/email`, { template: 'class-reminder', personId }),
    ];
    const plain = { effects: [], closed: false };
    await write(say([], { ...plain, owner: owner('pair_2'), pairId: 'pair_2', messages: waiting('pair_2', 'ada') }));
    await write(say([], { ...plain, owner: owner('pair_3'), pairId: 'pair_2', messages: waiting('pair_3', 'noa') }));
    await write(say([effect('leave', 'ada')], { messages: [] }));
    const rows = await queryRows(one.database, 'select person_id, state, reason, gates from messages order by key');
    expect(rows).toMatchObject([
      { person_id: 'ada', state: 'skipped', reason: 'removed', gates: [{ gate: 'removed' }] },
      { person_id: 'noa', state: 'waiting', reason: null },
    ]);
  });

  it('T7 of a mentee withdraws what they asked', async () => {
    await write(say([effect('leave', 'mia')]));
    expect(await everything()).toMatchObject({
      told: [],
      requests: ['req_1 pending', 'req_2 withdrawn'],
      removed: ['mia false'],
    });
  });

  it('T7 is done once for its key, however often its say is written', async () => {
    await write(say([effect('leave', 'ada')]));
    await write(say([effect('leave', 'ada')]));
    await write(say([effect('leave', 'ada')], { facts: 3, at: now + HOUR }));
    expect(await everything()).toEqual(adaHasLeft);
    expect(await queryRows(one.database, 'select version from people where id = $1', 'ada')).toEqual([{ version: 2 }]);
  });

  it('T7 a say that is stale removes nobody', async () => {
    await write(say([], { facts: 5, closed: false }));
    expect(await write(say([effect('leave', 'ada')]))).toEqual([{ stale: true, shards: [] }]);
    expect(await everything()).toMatchObject({ removed: [], told: [] });
  });

  it.each([
    ['the other pairs are told', `'pair.closed', p.id`],
    ['requests end', `update requests set status`],
    ['the person is removed', 'update people set removed_at'],
    ['the enrolments end', 'update enrolments'],
  ])('T7 a failure as %s leaves nothing half done, and the next attempt does all of it', async (_name, part) => {
    const failing = altered(one.database, async (sql, run) => {
      if (sql.includes(part)) throw new Error('killed');
      return run(sql);
    });
    await expect(write(say([effect('leave', 'ada')]), failing)).rejects.toThrow('killed');
    expect(await everything()).toEqual(untouched);
    await write(say([effect('leave', 'ada')]));
    expect(await everything()).toEqual(adaHasLeft);
  });

  it('the check notices effects that are not in the transaction of their say', async () => {
    const failing = altered(one.database, async (sql, run) => {
      if (sql.includes('update enrolments')) throw new Error('killed');
      return run(sql);
    });
    const loose = new Proxy(failing, {
      get: (on, name) =>
        name === '$transaction' ? (work: (tx: Database) => unknown) => work(on) : Reflect.get(on, name, on),
    });
    await expect(write(say([effect('leave', 'ada')]), loose)).rejects.toThrow('killed');
    expect(await everything()).not.toEqual(untouched);
  });

  it('T7 two who leave one pair at once, from two processes, never wait for each other in a circle', async () => {
    await execute(one.database, `update pairs set mentee_id = 'mia' where id = 'pair_2'`);
    const mine = say([effect('leave', 'ada'), effect('leave', 'mia')]);
    const theirs = say([effect('leave', 'mia'), effect('leave', 'ada')], { owner: owner('pair_2'), pairId: 'pair_2' });
    await Promise.all([write(mine), write({ ...theirs, messages: [] }, other)]);
    expect(await everything()).toMatchObject({
      pairs: ['pair_1 closed', 'pair_2 closed'],
      removed: ['ada false', 'mia false'],
    });
  });

  it('T7 a pair that is made at the same time is either told or refused', async () => {
    for (let round = 0; round < 5; round++) {
      const made = createPair(other, newPair('pair_3', 'ada', 'pia'), { programIds: null, now });
      const [outcome] = await Promise.all([made, write(say([effect('leave', 'ada')]))]);
      const told = await queryRows(
        one.database,
        `select from journal where type = 'pair.closed' and pair_id = 'pair_3'`,
      );
      expect([outcome.outcome, told.length]).toEqual(outcome.outcome === 'created' ? ['created', 1] : ['refused', 0]);
      await execute(one.database, `delete from journal where pair_id = 'pair_3' or type = 'pair.closed'`);
      await execute(one.database, `delete from pairs where id = 'pair_3'`);
      await execute(one.database, `update people set removed_at = null; `);
      await execute(one.database, `update enrolments set state = 'active'`);
      await execute(one.database, 'truncate performed_steps, says');
    }
  });

  it('T7 a say with effects goes alone, and one that cannot be written fails no other', async () => {
    const together = createSayWriter(one.database, classOf);
    const bad = together(say([effect('no such thing', 'ada')], { closed: false }));
    const good = together(say([], { owner: owner('pair_2'), pairId: 'pair_2', closed: false, messages: [] }));
    await expect(bad).rejects.toThrow('no such effect');
    expect(await good).toMatchObject({ stale: false });
    expect(await everything()).toEqual(untouched);
  });
});

describe('T5 waiting for a re-match', () => {
  const after = now + 14 * DAY;
  const asks = (personId: string): EffectStep => effect('rematch', personId, { rematchAfter: after });
  const due = (at: number) => listDueRematches(one.database, {}, { programIds: null, now: at, after: null, limit: 10 });

  it('T5 lists who waits once the cooldown is over, until they are in a new pair of the program', async () => {
    await write(say([asks('mia')]));
    expect(await due(after - 1)).toEqual([]);
    expect(await due(after)).toMatchObject([
      { personId: 'mia', programId: 'program', role: 'mentee', pairId: 'pair_1' },
    ]);
    const limited = { programIds: ['elsewhere'], now: after, after: null, limit: 10 };
    expect(await listDueRematches(one.database, {}, limited)).toEqual([]);
    expect(await rematchAfterOf(one.database, 'mia', null)).toEqual(new Date(after));
    expect(await rematchAfterOf(one.database, 'mia', ['elsewhere'])).toBeNull();
    const made = await createPair(one.database, newPair('pair_3', 'bo', 'mia'), { programIds: null, now: after });
    expect([made, await due(after)]).toEqual([{ outcome: 'created' }, []]);
  });

  it('T5 makes no pair before that, unless staff override it with a reason', async () => {
    await write(say([asks('mia')]));
    const caller = { programIds: null, now: after - 1 };
    const refused = { outcome: 'refused', code: 'rematch_cooldown', field: 'menteeId', rematchAfter: new Date(after) };
    expect(await createPair(one.database, newPair('pair_3', 'bo', 'mia'), caller)).toEqual(refused);
    const overridden = { ...newPair('pair_3', 'bo', 'mia'), override: 'siblings' };
    expect(await createPair(one.database, overridden, caller)).toEqual({ outcome: 'created' });
    expect(await due(after)).toEqual([]);
  });

  it('T5 S4 somebody marked unavailable keeps cooldown and place, and is left out of who is due for as long', async () => {
    await write(say([asks('mia')]));
    await write(say([effect('unavailable', 'mia', { reason: 'marked_by_staff' })], { facts: 3 }));
    const caller = { programIds: null, now: after - 1 };
    expect(await createPair(one.database, newPair('pair_3', 'bo', 'mia'), caller)).toMatchObject({
      outcome: 'refused',
      code: 'rematch_cooldown',
    });
    expect(await due(after)).toEqual([]);
    await available('mia', true);
    expect(await due(after)).toMatchObject([{ personId: 'mia' }]);
    for (const state of ['optedOut', 'unconfirmed', 'removed']) {
      await execute(one.database, `update enrolments set state = $1 where person_id = 'mia'`, state);
      expect([state, await due(after)]).toEqual([state, []]);
    }
  });

  it('T5 T7 whoever leaves waits no more, and whoever has left does not begin to', async () => {
    await write(say([asks('mia')]));
    await write(say([asks('mia'), effect('leave', 'mia')], { facts: 3 }));
    expect(await everything()).toMatchObject({ waiting: [] });
    await write(say([{ ...asks('mia'), key: 'pair_1/evt_2/rematch' }], { facts: 4 }));
    expect(await everything()).toMatchObject({ waiting: [] });
  });
});

describe('T6 not to be matched again', () => {
  const marks = effect('unavailable', 'ada', { reason: 'no_rematch' });

  it('T6 marks the mentor unavailable, tells their pairs, and lets no new pair be made without a reason', async () => {
    await write(say([marks]));
    const [ada] = await queryRows(
      one.database,
      'select available, unavailable_reason, version from people where id = $1',
      'ada',
    );
    expect(ada).toEqual({ available: false, unavailable_reason: 'no_rematch', version: 2 });
    const told = await queryRows(one.database, `select pair_id from journal where type = 'person.changed' order by 1`);
    expect(told).toEqual([{ pair_id: 'pair_1' }, { pair_id: 'pair_2' }]);
    const caller = { programIds: null, now: now + DAY };
    const refused = { outcome: 'refused', code: 'not_to_be_matched', field: 'mentorId' };
    expect(await createPair(one.database, newPair('pair_3', 'ada', 'pia'), caller)).toEqual(refused);
    const overridden = { ...newPair('pair_3', 'ada', 'pia'), override: 'asked_again' };
    expect(await createPair(one.database, overridden, caller)).toEqual({ outcome: 'created' });
  });

  it('T6 S4 no other mark and no leave takes that back, only that they are available', async () => {
    const caller = { programIds: null, now: now + 40 * DAY };
    const making = () => createPair(one.database, newPair('pair_3', 'ada', 'pia'), caller);
    const asked = async () =>
      (await one.database.$transaction((on) => lockParties(on, ['ada'], 'program', null))).get('ada') as Party;
    const stands = async (): Promise<void> => {
      expect(await making()).toMatchObject({ outcome: 'refused', code: 'not_to_be_matched' });
      expect(isAvailable(await asked(), caller.now)).toBe(false);
    };
    await write(say([marks]));
    await write(say([{ ...marks, key: 'other', details: { reason: 'marked_by_staff' } }], { facts: 3 }));
    await stands();
    await available('ada', false, [now + DAY, now + 8 * DAY]);
    await stands();
    await available('ada', false);
    await stands();
    await available('ada', true);
    expect([isAvailable(await asked(), caller.now), await making()]).toEqual([true, { outcome: 'created' }]);
  });

  it('T6 said again it changes nothing more, and an absence for another reason keeps staff from nothing', async () => {
    await write(say([marks]));
    await execute(one.database, 'truncate performed_steps');
    await write(say([marks], { facts: 3 }));
    expect(await queryRows(one.database, 'select version from people where id = $1', 'ada')).toEqual([{ version: 2 }]);
    await execute(one.database, `update people set unavailable_reason = 'on leave'`);
    const caller = { programIds: null, now: now + DAY };
    expect(await createPair(one.database, newPair('pair_3', 'ada', 'pia'), caller)).toEqual({ outcome: 'created' });
  });
});

describe('cases that end with what is said of them', () => {
  const trouble = (option: string, given = {}): Say['cases'][number] => ({
    kind: 'case',
    key: 'pair_1/evt_1/trouble',
    caseKind: 'trouble',
    assignee: 'per_pc',
    supervisor: null,
    reason: option,
    openedAt: now,
    facts: ['evt_1~s'],
    details: { option },
    lines: [],
    ...given,
  });
  const stored = () =>
    queryRows(one.database, `select state, outcome, details->>'option' as option, ended_at from cases order by key`);

  it('T8 one that ends its pair is written with its option, and is moot at once', async () => {
    await write(say([], { cases: [trouble('rematch_me', { outcome: 'moot' })] }));
    expect(await stored()).toEqual([
      { state: 'resolved', outcome: 'moot', option: 'rematch_me', ended_at: new Date(now) },
    ]);
  });

  it('T8 one that was open takes the stronger option as it ends, and still does once it has', async () => {
    await write(say([], { cases: [trouble('talk_to_someone')], closed: false }));
    await write(say([], { cases: [trouble('rematch_me', { outcome: 'moot' })], facts: 3, at: now + HOUR }));
    const stronger = trouble('remove_me', { outcome: 'moot', lines: [{ code: 'remove_me', ref: 'evt_2' }] });
    await write(say([], { cases: [stronger], facts: 4, at: now + DAY }));
    expect(await stored()).toEqual([
      { state: 'resolved', outcome: 'moot', option: 'remove_me', ended_at: new Date(now + HOUR) },
    ]);
    expect(await queryRows(one.database, 'select code from case_entries')).toEqual([{ code: 'remove_me:evt_2' }]);
  });

  it('T8 what staff have resolved stays as they did', async () => {
    await write(say([], { cases: [trouble('talk_to_someone')], closed: false }));
    await execute(
      one.database,
      `update cases set state = 'resolved', outcome = 'resolved', ended_at = $1`,
      new Date(now),
    );
    await write(say([], { cases: [trouble('rematch_me', { outcome: 'moot' })], facts: 3 }));
    expect(await stored()).toMatchObject([{ outcome: 'resolved', option: 'talk_to_someone' }]);
  });
});
