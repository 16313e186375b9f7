import { describe, expect, it } from 'vitest';
import type { Database, Transaction } from '../../prisma/database.ts';
import { answerRequest } from '../../prisma/store/request-answers.ts';
import {
  asked,
  count,
  entriesOf,
  newProgram,
  openRequestApi,
  pairsIn,
  start,
  statuses,
  world,
} from '../support/request-api.ts';

openRequestApi();

const caller = { programIds: null, now: start };

/** The same database, which dies before the statement with that number of each transaction. */
function dyingBefore(database: Database, statement: number): Database {
  return new Proxy(database, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== '$transaction') return typeof value === 'function' ? value.bind(target) : value;
      return (work: (on: Transaction) => Promise<unknown>) => target.$transaction((on) => work(dying(on, statement)));
    },
  }) as Database;
}

function dying(on: Transaction, statement: number): Transaction {
  let done = 0;
  return new Proxy(on, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== '$queryRawUnsafe' && name !== '$executeRawUnsafe')
        return typeof value === 'function' ? value.bind(target) : value;
      return (...given: unknown[]) => {
        if (done++ === statement) throw new Error('the process is gone');
        return value.apply(target, given);
      };
    },
  });
}

describe('R5 accepting is whole or nothing', () => {
  it('R5 a crash before any statement of accepting leaves everything as it was, and the next attempt completes it', async () => {
    const program = await newProgram(
      {},
      { ada: { mentor: 1 }, bo: {}, mia: { role: 'mentee' }, noa: { role: 'mentee' } },
    );
    const id = await asked(program, 'mia', 'ada');
    await asked(program, 'mia', 'bo');
    await asked(program, 'noa', 'ada');
    const terms = { classId: null, staff: {} };
    const accept = { act: 'accept', by: `${program}_ada` } as const;
    let crashes = 0;
    for (;;) {
      const answering = answerRequest(dyingBefore(world.api.database, crashes), id, accept, terms, caller);
      const outcome = await answering.then((result) => result.outcome).catch((error: Error) => error.message);
      if (outcome === 'answered') break;
      expect(outcome).toBe('the process is gone');
      expect([await statuses(program), await pairsIn(program)]).toEqual([{ pending: 3 }, 0]);
      crashes++;
    }
    expect(crashes).toBeGreaterThan(10);
    expect(await statuses(program)).toEqual({ accepted: 1, mentor_full: 1, withdrawn: 1 });
    // What completes by itself from here on: each workflow concerned has its entry, once.
    expect(await entriesOf(`pair_${id}`, 'pair.opened')).toBe(1);
    const ended = `select count(*)::int as n from journal where program_id = $1 and type = 'request.ended' and state = 'recorded'`;
    expect(await count(ended, program)).toBe(3);
  });

  it('R5 a pair that cannot be made takes the acceptance back', async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee' } });
    const id = await asked(program, 'mia', 'ada');
    const accept = { act: 'accept', by: `${program}_ada` } as const;
    const result = await answerRequest(world.api.database, id, accept, { classId: 'no_such_class', staff: {} }, caller);
    expect(result).toMatchObject({ outcome: 'refused', code: 'unknown', members: { fields: ['classId'] } });
    expect([await statuses(program), await entriesOf(id, 'request.ended')]).toEqual([{ pending: 1 }, 0]);
  });
});
