import { describe, expect, it } from 'vitest';
import { DAY } from '../../policy/time.ts';
import { type Database, execute, type Transaction } from '../../prisma/database.ts';
import { expireRequest } from '../../prisma/store/request-answers.ts';
import { openRequest } from '../../prisma/store/request-opening.ts';
import {
  answer,
  ask,
  asked,
  entriesOf,
  newProgram,
  newRequestId,
  offer,
  openRequestApi,
  pairsIn,
  start,
  statuses,
  world,
} from '../support/request-api.ts';

openRequestApi();

const rounds = 200;
const close = DAY * 14;

/** Statuses of concurrent calls, sorted. */
const codes = (responses: Array<{ status: number }>) => responses.map(({ status }) => status).sort();

describe('answers race, and the first one recorded wins', () => {
  it(`R5 accept against the auto-close, ${rounds} times: one pair or one closure, and the loser learns what happened`, async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee', mentee: rounds + 1 } });
    let closures = 0;
    for (let round = 0; round < rounds; round++) {
      world.now = start;
      const id = await asked(program, 'mia', 'ada');
      world.now = start + close;
      // Whoever starts a little later wins about as often.
      const [accepted, closed] = await Promise.all([
        later(round % 5, () => answer(program, id, 'accept', 'ada')),
        later(4 - (round % 5), () => expireRequest(world.api.database, id, 1, world.now)),
      ]);
      if (closed) closures++;
      expect([accepted.status, closed !== null]).toEqual(closed ? [409, true] : [200, false]);
      if (closed) {
        const what = { code: 'already_answered', requestStatus: 'closed_unanswered' };
        expect(accepted.body).toMatchObject(what);
        expect(accepted.body.reopenableUntil).toBeTruthy();
      }
      expect(await entriesOf(id, 'request.ended')).toBe(1);
      expect(await entriesOf(`pair_${id}`, 'pair.opened')).toBe(closed ? 0 : 1);
    }
    expect(closures).toBeGreaterThan(0);
    expect(closures).toBeLessThan(rounds);
    expect(await pairsIn(program)).toBe(rounds - closures);
    expect(await statuses(program)).toEqual({ accepted: rounds - closures, closed_unanswered: closures });
  }, 180_000);

  it(`R5 four accepts, a decline and a withdrawal at once, ${rounds} times: one answer each`, async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee', mentee: rounds + 1 } });
    world.now = start;
    for (let round = 0; round < rounds; round++) {
      const id = await asked(program, 'mia', 'ada');
      const accepts = Array.from({ length: 4 }, () => answer(program, id, 'accept', 'ada'));
      const decline = answer(program, id, 'decline', 'ada', { reason: 'other' });
      const withdraw = answer(program, id, 'withdraw', 'mia');
      const responses = await Promise.all(
        round % 3 === 0
          ? [...accepts, decline, withdraw]
          : round % 3 === 1
            ? [decline, withdraw, ...accepts]
            : [withdraw, ...accepts, decline],
      );
      expect(codes(responses)).toEqual([200, 409, 409, 409, 409, 409]);
      expect(await entriesOf(id, 'request.ended')).toBe(1);
    }
    const { accepted = 0, declined = 0, withdrawn = 0 } = await statuses(program);
    expect(accepted + declined + withdrawn).toBe(rounds);
    expect(await pairsIn(program)).toBe(accepted);
  }, 180_000);

  it(`R4 20 requests of one mentee at once with limit 3, ${rounds / 10} times: 3 are opened, the others name them`, async () => {
    world.now = start;
    const mentors = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`m${n}`, {}]));
    for (let round = 0; round < rounds / 10; round++) {
      const program = await newProgram({ pendingLimit: 3 }, { ...mentors, mia: { role: 'mentee' } });
      const responses = await Promise.all(Object.keys(mentors).map((mentor) => ask(program, 'mia', mentor)));
      const [open, refused] = [201, 409].map((status) => responses.filter((response) => response.status === status));
      expect([open?.length, refused?.length]).toEqual([3, 17]);
      const ids = open?.map(({ body }) => body.id).sort();
      for (const { body } of refused ?? []) {
        expect(body.code).toBe('pending_limit');
        expect([...body.openRequestIds].sort()).toEqual(ids);
      }
      expect(await statuses(program)).toEqual({ pending: 3 });
    }
  }, 180_000);

  it(`R10 the same mentee asks the same mentor five times at once, ${rounds} times: one request`, async () => {
    world.now = start;
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee' } });
    for (let round = 0; round < rounds; round++) {
      const responses = await Promise.all(Array.from({ length: 5 }, () => ask(program, 'mia', 'ada')));
      expect(codes(responses)).toEqual([200, 200, 200, 200, 201]);
      expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
      await answer(program, responses[0]?.body.id, 'withdraw', 'mia').expect(200);
    }
    expect(await statuses(program)).toEqual({ withdrawn: rounds });
  }, 180_000);

  it(`R10 the same request sent three times at once is one request, ${rounds / 4} times`, async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee' } });
    for (let round = 0; round < rounds / 4; round++) {
      const id = newRequestId();
      const responses = await Promise.all([0, 1, 2].map(() => ask(program, 'mia', 'ada', { id })));
      expect(codes(responses)).toEqual([200, 200, 201]);
      await answer(program, id, 'withdraw', 'mia').expect(200);
    }
  });

  it(`R12 two mentors accept one mentee at once, ${rounds / 2} times: one pair, the other request withdrawn`, async () => {
    world.now = start;
    for (let round = 0; round < rounds / 2; round++) {
      const program = await newProgram({}, { ada: {}, bo: {}, mia: { role: 'mentee' } });
      const [one, other] = [await asked(program, 'mia', 'ada'), await asked(program, 'mia', 'bo')];
      const responses = await Promise.all([
        answer(program, one, 'accept', 'ada'),
        answer(program, other, 'accept', 'bo'),
      ]);
      expect(codes(responses)).toEqual([200, 409]);
      expect(responses.find(({ status }) => status === 409)?.body).toMatchObject({ requestStatus: 'withdrawn' });
      expect([await pairsIn(program), await statuses(program)]).toEqual([1, { accepted: 1, withdrawn: 1 }]);
    }
  }, 180_000);

  it(`R12 a mentor of capacity 2 accepts four mentees at once, ${rounds / 4} times: two pairs, two told that the mentor is full`, async () => {
    for (let round = 0; round < rounds / 4; round++) {
      const mentees = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { role: 'mentee' }]));
      const program = await newProgram({}, { ada: { mentor: 2 }, ...mentees });
      const ids = [];
      for (const name of Object.keys(mentees)) ids.push(await asked(program, name, 'ada'));
      const responses = await Promise.all(ids.map((id) => answer(program, id, 'accept', 'ada')));
      expect(codes(responses)).toEqual([200, 200, 409, 409]);
      expect([await pairsIn(program), await statuses(program)]).toEqual([2, { accepted: 2, mentor_full: 2 }]);
    }
  }, 180_000);

  it(`R12 crossing accepts of two mentees by two mentors end in order, ${rounds / 4} times: no deadlock`, async () => {
    for (let round = 0; round < rounds / 4; round++) {
      const program = await newProgram(
        {},
        { ada: { mentor: 1 }, bo: { mentor: 1 }, mia: { role: 'mentee' }, noa: { role: 'mentee' } },
      );
      const first = await asked(program, 'mia', 'ada');
      await asked(program, 'noa', 'ada');
      await asked(program, 'mia', 'bo');
      const last = await asked(program, 'noa', 'bo');
      const responses = await Promise.all([
        answer(program, first, 'accept', 'ada'),
        answer(program, last, 'accept', 'bo'),
      ]);
      expect(codes(responses)).toEqual([200, 200]);
      expect(await pairsIn(program)).toBe(2);
      expect((await statuses(program)).pending).toBeUndefined();
    }
  }, 180_000);

  it(`R16 a request and an offer of the same two cross, ${rounds} times: one pair`, async () => {
    const program = await newProgram(
      { offers: true, pendingLimit: 1000 },
      { ada: {}, mia: { role: 'mentee', mentee: rounds + 1 } },
    );
    for (let round = 0; round < rounds; round++) {
      const calls = [() => ask(program, 'mia', 'ada'), () => offer(program, 'ada', 'mia')];
      if (round % 2) calls.reverse();
      const responses = await Promise.all(calls.map((call) => call()));
      expect(codes(responses)).toEqual([201, 201]);
      // The one that was first may already read what the other made of it.
      const [first, second] = responses.map(({ body }) => body.status as string).sort();
      expect(['pending', 'accepted']).toContain(first);
      expect(second).toBe('superseded');
      expect(await pairsIn(program)).toBe(round + 1);
    }
    expect(await statuses(program)).toEqual({ accepted: rounds, superseded: rounds });
  }, 180_000);
});

describe('negative controls: what holds the races is what is said to hold them', () => {
  it('R10 the database itself refuses a second pending request of the same two', async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee' } });
    const id = await asked(program, 'mia', 'ada');
    const sql = `insert into requests select (jsonb_populate_record(r, '{"id": "copy", "owner": "copy"}')).* from requests r where id = $1`;
    await expect(execute(world.api.database, sql, id)).rejects.toThrow();
  });

  it('R4 without the lock on the people, 20 requests at once open more than 3', async () => {
    const mentors = Array.from({ length: 20 }, (_, n) => `m${n}`);
    const people = Object.fromEntries(mentors.map((name) => [name, {}]));
    const program = await newProgram({ pendingLimit: 3 }, { ...people, mia: { role: 'mentee' } });
    const database = withoutLocks(world.api.database);
    const opened = await Promise.all(
      mentors.map((mentor) => {
        const id = newRequestId();
        const asking = { programId: program, kind: 'request', menteeId: `${program}_mia`, message: 'May I?' } as const;
        const given = { ...asking, id, owner: id, mentorIds: [`${program}_${mentor}`], digest: id };
        return openRequest(database, given, { programIds: null, now: start });
      }),
    );
    expect(opened.filter(({ outcome }) => outcome === 'opened').length).toBeGreaterThan(3);
  });
});

/** The same database, in which nobody waits for the rows of people: what R4 and R12 would be without that. */
function withoutLocks(database: Database): Database {
  const unlocked = (on: Transaction): Transaction =>
    new Proxy(on, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (name !== '$queryRawUnsafe') return typeof value === 'function' ? value.bind(target) : value;
        return (sql: string, ...values: unknown[]) =>
          /for no key update/.test(sql) ? Promise.resolve([]) : value.call(target, sql, ...values);
      },
    });
  return new Proxy(database, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== '$transaction') return typeof value === 'function' ? value.bind(target) : value;
      return (work: (on: Transaction) => Promise<unknown>) => target.$transaction((on) => work(unlocked(on)));
    },
  }) as Database;
}

async function later<T>(millis: number, work: () => PromiseLike<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, millis));
  return work();
}
