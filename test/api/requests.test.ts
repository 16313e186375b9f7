import { describe, expect, it } from 'vitest';
import { DAY } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { endRequestsOf, eraseRequestWords } from '../../prisma/store/request-leaving.ts';
import { listRequests } from '../../prisma/store/requests.ts';
import { counted } from '../support/mentoring.ts';
import {
  answer,
  ask,
  asked,
  entriesOf,
  get,
  newProgram,
  newRequestId,
  offer,
  openRequestApi,
  pairsIn,
  post,
  start,
  statuses,
  world,
} from '../support/request-api.ts';

openRequestApi();

describe('asking over HTTP', () => {
  it('R1 faults are named, each with its place', async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee' } });
    const faults = async (change: Record<string, unknown>) => {
      const { status, body } = await ask(program, 'mia', 'ada', change);
      return [status, ...(body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)];
    };
    expect(await faults({ id: 'x'.repeat(60) })).toEqual([422, '/id']);
    expect(await faults({ mentorId: undefined })).toEqual([422, '/mentorId']);
    expect(await faults({ mentorIds: [`${program}_ada`] })).toEqual([422, '/mentorId']);
    expect(await faults({ mentorId: `${program}_mia` })).toEqual([422, '/menteeId']);
    expect(await faults({ mentorId: 'nobody' })).toEqual([422, '/mentorId']);
    expect(await faults({ programId: 'nowhere' })).toEqual([404, '/programId']);
    expect(await faults({ extra: 1 })).toEqual([422, '/extra']);
    expect(await faults({ message: 'x'.repeat(5_001) })).toEqual([422, '/message']);
    expect(await statuses(program)).toEqual({});
  });

  it('R10 the same id with other content is a conflict, and with the same it is that request', async () => {
    const program = await newProgram({}, { ada: {}, bo: {}, mia: { role: 'mentee' } });
    const id = newRequestId();
    await ask(program, 'mia', 'ada', { id }).expect(201);
    await ask(program, 'mia', 'ada', { id }).expect(200);
    expect((await ask(program, 'mia', 'bo', { id }).expect(409)).body.code).toBe('request_exists');
  });

  it('a key limited to programs sees and answers the requests in them only', async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee' } });
    const other = await newProgram({}, { bo: {} });
    const id = await asked(program, 'mia', 'ada');
    const limited = await world.api.bearer({ programIds: [other] });
    await get(`/v1/requests/${id}`, limited).expect(404);
    await post(`/v1/requests/${id}:accept`, { by: `${program}_ada` }, limited).expect(404);
    expect((await get('/v1/requests', limited).expect(200)).body.items).toEqual([]);
    const body = {
      id: newRequestId(),
      programId: program,
      menteeId: `${program}_mia`,
      mentorId: `${other}_bo`,
      message: 'Hi',
    };
    await post('/v1/requests', body, limited).expect(404);
    const own = await world.api.bearer({ programIds: [program] });
    expect((await get('/v1/requests', own).expect(200)).body.items).toHaveLength(1);
    await get(`/v1/requests/${id}`, own).expect(200);
  });

  it('R3 a list is read in one statement, however long it is, and every page goes on where the one before ended', async () => {
    const mentors = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`m${n}`, {}]));
    const program = await newProgram({ pendingLimit: 100 }, { ...mentors, mia: { role: 'mentee' } });
    const ids: string[] = [];
    for (const name of Object.keys(mentors)) {
      world.now += 1000;
      ids.unshift(await asked(program, 'mia', name));
    }
    const statements = async (limit: number): Promise<number> => {
      const { database, statements: total } = counted(world.api.database);
      const rows = await listRequests(database, { programId: program }, { programIds: null, after: null, limit });
      expect(rows).toHaveLength(Math.min(limit, 30));
      return total();
    };
    expect([await statements(1), await statements(200)]).toEqual([1, 1]);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await get(`/v1/requests?programId=${program}&status=pending&limit=7${cursor}`).expect(200);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual(ids);
  });

  it('an answer under an Idempotency-Key is given once, and repeated as it was', async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee' } });
    const id = await asked(program, 'mia', 'ada');
    const accept = () => answer(program, id, 'accept', 'ada').set('Idempotency-Key', `accept-${id}`);
    const [first, again] = [await accept(), await accept()];
    expect([first.status, again.status, again.body.pairId]).toEqual([200, 200, `pair_${id}`]);
    expect((await answer(program, id, 'accept', 'ada')).body).toMatchObject({
      code: 'already_answered',
      requestStatus: 'accepted',
      pairId: `pair_${id}`,
    });
    expect(await pairsIn(program)).toBe(1);
  });

  it('R5 a pair with the id that accepting would give it is a clear conflict, and the request stays pending', async () => {
    const program = await newProgram({}, { ada: {}, bo: {}, mia: { role: 'mentee', mentee: 5 } });
    const id = await asked(program, 'mia', 'ada');
    await execute(
      world.api.database,
      `insert into pairs (id, owner, program_id, mentor_id, mentee_id, staff, history, matched_at, created_at, state, policy_version)
       values ($1, $1, $2, $3, $4, '{}', '{}', $5, $5, 'active', 1)`,
      `pair_${id}`,
      program,
      `${program}_bo`,
      `${program}_mia`,
      new Date(start),
    );
    expect((await answer(program, id, 'accept', 'ada').expect(409)).body.code).toBe('pair_exists');
    expect(await statuses(program)).toEqual({ pending: 1 });
  });

  it('R11 reopening what was asked anew meanwhile names what is pending', async () => {
    const program = await newProgram({}, { ada: {}, mia: { role: 'mentee' } });
    const id = await asked(program, 'mia', 'ada');
    await answer(program, id, 'close', 'ops').expect(200);
    const other = await asked(program, 'mia', 'ada');
    const { body } = await answer(program, id, 'reopen', 'ops').expect(409);
    expect(body).toMatchObject({ code: 'duplicate', openRequestIds: [other] });
  });
});

describe('people who leave', () => {
  it('T7 everything pending of somebody who leaves ends, once, and their words can be taken away', async () => {
    const program = await newProgram(
      { offers: true },
      { ada: {}, bo: {}, cy: {}, mia: { role: 'mentee' }, noa: { role: 'mentee' } },
    );
    const mine = [await asked(program, 'mia', 'ada'), await asked(program, 'mia', 'bo')];
    const offered = (await offer(program, 'cy', 'mia').expect(201)).body.id as string;
    const others = await asked(program, 'noa', 'ada');
    const leave = () => world.api.database.$transaction((on) => endRequestsOf(on, `${program}_mia`, start + DAY));
    expect([await leave(), await leave()]).toEqual([3, 0]);
    const rows = await queryRows<{ id: string; status: string }>(
      world.api.database,
      'select id, status from requests where program_id = $1',
      program,
    );
    const statusOf = (id: string) => rows.find((row) => row.id === id)?.status;
    expect([...mine, offered, others].map(statusOf)).toEqual(['withdrawn', 'withdrawn', 'closed_by_staff', 'pending']);
    expect(await entriesOf(offered, 'request.ended')).toBe(1);
    await world.api.database.$transaction((on) => eraseRequestWords(on, `${program}_mia`));
    const words = await queryRows<{ message: string | null }>(
      world.api.database,
      'select message from requests where program_id = $1 and mentee_id = $2',
      program,
      `${program}_mia`,
    );
    expect(words.map(({ message }) => message)).toEqual([null, null, null]);
    expect((await get(`/v1/requests/${others}`)).body.message).toBe('May I learn from you?');
  });
});
