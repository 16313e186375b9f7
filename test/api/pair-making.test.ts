import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { execute, queryRows } from '../../prisma/database.ts';
import { putProgram, readProgram } from '../../prisma/store/programs.ts';
import { notesOf } from '../support/facts.ts';
import { seedPerson } from '../support/mentoring.ts';
import { entriesOf, insertCase, made, newPair, openPairApi, patch, post, world } from '../support/pair-api.ts';

openPairApi();

describe('making a pair', () => {
  test('is one row with its first entry, answered as it opens', async () => {
    const pair = newPair({ matchedAt: '2026-08-20T09:00:00-04:00' });
    const answer = await post('', pair).expect(201);
    expect(answer.body).toMatchObject({
      ...pair,
      matchedAt: '2026-08-20T13:00:00.000Z',
      state: 'active',
      policyVersion: 1,
    });
    expect(answer.body).toMatchObject({ coordinator: 'per_pc', supervisor: 'per_sup', openCases: [], warnings: [] });
    const ref = `pair.opened:${pair.id}`;
    expect(await entriesOf(pair.id)).toEqual([
      { type: 'pair.opened', state: 'recorded', ref, data: {}, refusal: null },
    ]);
    expect(world.wakes).toBe(1);
  });

  test('the same again is the same pair, another one under its id is 409', async () => {
    const pair = newPair();
    await post('', pair).expect(201);
    await patch(pair.id, { classId: 'class_a2' }).expect(200);
    world.wakes = 0;
    expect((await post('', pair).expect(200)).body).toMatchObject({ id: pair.id, classId: 'class_a2' });
    expect((await post('', { ...pair, menteeId: 'minor' }).expect(409)).body.code).toBe('pair_exists');
    expect(world.wakes).toBe(0);
  });

  test('twenty at once with one id make one pair', async () => {
    const pair = newPair();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('', pair)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
    expect(await entriesOf(pair.id)).toHaveLength(1);
  });

  const wrong: Array<[string, Record<string, unknown>, number, string[]]> = [
    ['an unknown program', { programId: 'nowhere' }, 404, ['/programId']],
    ['unknown people', { mentorId: 'nobody', menteeId: 'noone' }, 422, ['/mentorId', '/menteeId']],
    ['a class of another program', { classId: 'class_b' }, 422, ['/classId']],
    ['one person in both roles', { menteeId: 'mentor' }, 422, ['/menteeId']],
    ['an id that is none', { id: 'a:b' }, 422, ['/id']],
  ];
  test.each(wrong)('with %s is refused with pointers', async (_, change, status, pointers) => {
    const answer = await post('', newPair(change)).expect(status);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  test('with someone removed or unconfirmed is 409 with a code', async () => {
    expect((await post('', newPair({ mentorId: 'gone' })).expect(409)).body).toMatchObject({
      code: 'removed',
      field: 'mentorId',
    });
    expect((await post('', newPair({ menteeId: 'unsure' })).expect(409)).body.code).toBe('unconfirmed');
  });

  test('S9 someone who opted out is unavailable, unless staff override with a reason', async () => {
    await seedPerson(world.api.database, 'out', { programs: ['prog_a'], enrolment: 'optedOut' });
    for (const [field, code] of [
      ['mentorId', 'mentor_unavailable'],
      ['menteeId', 'mentee_unavailable'],
    ] as const) {
      expect((await post('', newPair({ [field]: 'out' })).expect(409)).body).toMatchObject({ code, field });
    }
    await made({ mentorId: 'out', override: true, reason: 'changed_their_mind' });
  });

  test('K6 someone in an open safety case is held, for others unavailable, unless staff override with a reason', async () => {
    await seedPerson(world.api.database, 'careful', { programs: ['prog_a'], role: 'mentee' });
    await seedPerson(world.api.database, 'their_mentor', { programs: ['prog_a'] });
    const held = { menteeId: 'careful' };
    const first = await made({ ...held, mentorId: 'their_mentor' });
    await insertCase(`case_${first}`, first, { kind: 'safety', state: 'acknowledged' });
    expect((await post('', newPair(held)).expect(409)).body).toMatchObject({ code: 'held', field: 'menteeId' });
    expect((await post('', newPair({ mentorId: 'their_mentor' })).expect(409)).body.field).toBe('mentorId');
    const plain = await world.api.bearer({ scopes: ['command'] });
    expect((await post('', newPair(held), plain).expect(409)).body.code).toBe('mentee_unavailable');
    await post('', newPair({ ...held, override: true })).expect(422);
    const id = await made({ ...held, override: true, reason: 'cleared_by_phone' });
    expect((await entriesOf(id))[0]?.data).toEqual({ override: true, reason: 'cleared_by_phone' });
    await execute(world.api.database, `update cases set state = 'resolved' where pair_id = $1`, first);
    await made(held);
  });

  test('E3 takes up the events that waited for it, of keys that may write to its program', async () => {
    const pair = newPair();
    const park = (eventId: string, allowed: string[] | null, type = 'lesson.completed') =>
      execute(
        world.api.database,
        `insert into journal (source, event_id, digest, ref, type, subject, occurred_at, received_at, history, urgent, data,
           state, allowed_programs)
         values ('s', $1, '', $1, $2, $3, now(), now(), false, false, '{}', 'parked', $4::text[])`,
        eventId,
        type,
        pair.id,
        allowed,
      );
    await park('for_all', null);
    await park('for_a', ['prog_a']);
    await park('for_b', ['prog_b']);
    await park('person', null, 'person.active');
    await post('', pair).expect(201);
    const states = await queryRows<{ ref: string; state: string; owner: string | null }>(
      world.api.database,
      `select ref, state, owner from journal where subject = $1 and source = 's' order by ref`,
      pair.id,
    );
    const taken = { state: 'recorded', owner: `pair:prog_a:${pair.id}` };
    const left = { state: 'parked', owner: null };
    expect(states).toEqual([
      { ref: 'for_a', ...taken },
      { ref: 'for_all', ...taken },
      { ref: 'for_b', ...left },
      { ref: 'person', ...left },
    ]);
  });

  test("V9 a minor whose guardian has not consented makes a warning and one task, not one's own to withdraw", async () => {
    const pair = newPair({ menteeId: 'minor' });
    const answer = await post('', pair).expect(201);
    expect(answer.body.warnings).toMatchObject([{ code: 'guardian_consent_missing' }]);
    expect(answer.body.openCases).toMatchObject([{ kind: 'task' }]);
    expect((await post('', pair).expect(200)).body.warnings).toHaveLength(1);
    const cases = await queryRows(
      world.api.database,
      'select owner, key, assignee from cases where pair_id = $1',
      pair.id,
    );
    expect(cases).toEqual([{ owner: 'import', key: `prog_a/${pair.id}/guardian-consent`, assignee: 'per_pc' }]);
    await world.api.database.consent.create({
      data: {
        personId: 'minor',
        channel: 'contact',
        granted: true,
        byPersonId: 'guardian',
        source: 's',
        wording: 'w',
        givenAt: new Date(world.now),
        recordedAt: new Date(world.now),
      },
    });
    expect((await post('', newPair({ menteeId: 'minor' })).expect(201)).body.warnings).toEqual([]);
  });

  test('without a coordinator makes a warning, unless the pair has its own', async () => {
    const pair = { programId: 'prog_b', classId: 'class_b' };
    const answer = await post('', newPair(pair)).expect(201);
    expect(answer.body.warnings).toMatchObject([{ code: 'unrouted' }]);
    const own = await post('', newPair({ ...pair, staff: { coordinator: 'per_own' } })).expect(201);
    expect(own.body).toMatchObject({ warnings: [], coordinator: 'per_own' });
  });

  test('a limited key makes pairs of its programs and their people only', async () => {
    await post('', newPair(), world.limited).expect(201);
    await post('', newPair({ programId: 'prog_b', classId: 'class_b' }), world.limited).expect(404);
    const answer = await post('', newPair({ mentorId: 'elsewhere' }), world.limited).expect(422);
    expect(answer.body.errors).toMatchObject([{ pointer: '/mentorId' }]);
    await post('', newPair({ mentorId: 'elsewhere' })).expect(201);
  });

  test('hostile bodies are never our failure', async () => {
    const names = fc.constantFrom(
      'id',
      'programId',
      'mentorId',
      'menteeId',
      'classId',
      'matchedAt',
      'staff',
      'history',
    );
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('prog_a', 'mentor', '2026-09-01T00:00:00Z', 1e308));
    const body = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.dictionary(names, value),
      fc.dictionary(names, value).map((change) => newPair(change)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        expect((await post('', given)).status).toBeLessThan(500);
        expect((await patch('pair_1', given)).status).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });
});

test('a pair that is made while its program gets a new version has the version or its entry', async () => {
  const { database } = world.api;
  for (let round = 0; round < 5; round++) {
    const pair = newPair();
    const stands = (await readProgram(database, 'prog_a'))?.document;
    if (!stands) throw new Error('no program');
    const put = putProgram(database, {
      id: 'prog_a',
      document: { ...stands, name: pair.id },
      applyNow: true,
      now: world.now,
    });
    const [{ version }] = await Promise.all([put, post('', pair).expect(201)]);
    const [row] = await queryRows<{ policy_version: number }>(
      database,
      'select policy_version from pairs where id = $1',
      pair.id,
    );
    const noted = (await notesOf(database, 'policy.changed')).some(({ pairId }) => pairId === pair.id);
    expect(noted || row?.policy_version === version).toBe(true);
  }
});
