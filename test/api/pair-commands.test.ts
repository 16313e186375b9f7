import { describe, expect, test } from 'vitest';
import { execute, queryRows } from '../../prisma/database.ts';
import { testStaff } from '../support/mentoring.ts';
import { entriesOf, insertCase, made, openPairApi, patch, post, world } from '../support/pair-api.ts';

openPairApi();

describe('commands', () => {
  const commands: Array<[string, object, string, string, object]> = [
    [
      'pause',
      { reason: 'summer', until: '2026-10-01T00:00:00Z' },
      'pausePair',
      'pair.paused',
      { until: Date.UTC(2026, 9, 1) },
    ],
    ['resume', {}, 'resumePair', 'pair.resumed', {}],
    ['close', { reason: 'moved_away', by: 'per_pc' }, 'closePair', 'pair.closed', { by: 'per_pc' }],
    ['resumeReminders', { by: 'per_pc' }, 'resumeReminders', 'reminders.resumed', { by: 'per_pc' }],
  ];
  test.each(commands)(':%s is on the journal as asked before its pair is', async (command, body, name, type, data) => {
    const id = await made();
    const answer = await post(`/${id}:${command}`, body).expect(200);
    expect(answer.body.id).toBe(id);
    const [given] = world.gateway.commands;
    expect(given).toMatchObject({ owner: `pair:prog_a:${id}`, name, event: { type, data, at: world.now } });
    const entry = (await entriesOf(id)).at(-1);
    expect(entry).toMatchObject({ type, state: 'asked', ref: given?.event.ref, data });
    expect(given?.event.ref).not.toContain('~');
  });

  test('a refusal is 409 with its code, and marked', async () => {
    const id = await made();
    world.gateway.answers.command = { refused: 'not_paused' };
    expect((await post(`/${id}:resume`).expect(409)).body.code).toBe('not_paused');
    expect((await entriesOf(id)).at(-1)).toMatchObject({ state: 'refused', refusal: 'not_paused' });
  });

  test('a pair that does not answer is asked again by the relay', async () => {
    const id = await made();
    world.gateway.answers.command = 'asked';
    world.wakes = 0;
    expect((await post(`/${id}:pause`, { reason: 'r' }).expect(202)).body).toEqual({ id, state: 'asked' });
    expect((await entriesOf(id)).at(-1)).toMatchObject({ state: 'asked' });
    expect(world.wakes).toBe(1);
  });

  test('the same Idempotency-Key asks once', async () => {
    const id = await made();
    const keyed = { ...world.auth, 'Idempotency-Key': `key-${id}` };
    for (let time = 0; time < 2; time++) await post(`/${id}:close`, { reason: 'r' }, keyed).expect(200);
    expect(world.gateway.commands).toHaveLength(1);
    await post(`/${id}:close`, { reason: 'other' }, keyed).expect(422);
  });

  test('the same request once more whose answer was lost is the same command, and answers what became of it', async () => {
    const { database } = world.api;
    const id = await made();
    const keyed = { ...world.auth, 'Idempotency-Key': `lost-${id}` };
    await post(`/${id}:close`, { reason: 'r' }, keyed).expect(200);
    const again = async (state: string, refusal: string | null = null) => {
      await execute(database, 'delete from idempotency_keys');
      const sql = `update journal set state = $2, refusal = $3 where subject = $1 and type = 'pair.closed'`;
      await execute(database, sql, id, state, refusal);
      return (await post(`/${id}:close`, { reason: 'r' }, keyed)).status;
    };
    expect([await again('applied'), await again('asked'), await again('refused', 'pair_closed')]).toEqual([
      200, 202, 409,
    ]);
    expect(world.gateway.commands).toHaveLength(1);
  });

  test('a pair whose run has ended is not asked', async () => {
    const id = await made();
    await execute(world.api.database, `update pairs set state = 'closed', completed_at = now() where id = $1`, id);
    expect((await post(`/${id}:pause`, { reason: 'r' }).expect(409)).body.code).toBe('pair_closed');
    expect(world.gateway.commands).toEqual([]);
  });

  test('reasons are codes, and are needed', async () => {
    const id = await made();
    await post(`/${id}:pause`, {}).expect(422);
    await post(`/${id}:pause`, { reason: 'she is very ill' }).expect(422);
    await post(`/${id}:resumeReminders`, {}).expect(422);
    await post('/nowhere:pause', { reason: 'r' }).expect(404);
  });
});

describe('changing a pair', () => {
  test('a new class is one entry, the same again is none', async () => {
    const id = await made();
    world.wakes = 0;
    expect((await patch(id, { classId: 'class_a2' }).expect(200)).body.classId).toBe('class_a2');
    await patch(id, { classId: 'class_a2' }).expect(200);
    expect(world.wakes).toBe(1);
    const entries = (await entriesOf(id)).filter(({ type }) => type === 'class.changed');
    expect(entries).toMatchObject([{ state: 'recorded', data: { classId: 'class_a2' } }]);
    expect((await patch(id, { classId: null }).expect(200)).body.classId).toBeNull();
    expect((await patch(id, { classId: 'class_b' }).expect(422)).body.errors).toMatchObject([{ pointer: '/classId' }]);
    await patch(id, {}).expect(422);
  });

  test('new staff keep what is left out, null gives a role back, and cases of staff follow', async () => {
    const id = await made({ staff: { supervisor: 'per_boss' } });
    await insertCase(`case_follow_${id}`, id);
    await insertCase(`case_own_${id}`, id, { owner: `pair:prog_a:${id}` });
    await insertCase(`case_over_${id}`, id, { state: 'resolved' });
    const changed = await patch(id, { staff: { coordinator: 'per_new' } }).expect(200);
    expect(changed.body).toMatchObject({ coordinator: 'per_new', supervisor: 'per_boss' });
    const back = await patch(id, { staff: { supervisor: null } }).expect(200);
    expect(back.body).toMatchObject({ coordinator: 'per_new', supervisor: testStaff.supervisor });
    const staff = (await entriesOf(id)).filter(({ type }) => type === 'staff.changed').map(({ data }) => data);
    expect(staff).toEqual([
      { staff: { coordinator: 'per_new', supervisor: 'per_boss' } },
      { staff: { coordinator: 'per_new' } },
    ]);
    const cases = await queryRows(
      world.api.database,
      'select id, assignee from cases where pair_id = $1 order by id',
      id,
    );
    expect(cases).toEqual([
      { id: `case_follow_${id}`, assignee: 'per_new' },
      { id: `case_over_${id}`, assignee: 'per_pc' },
      { id: `case_own_${id}`, assignee: 'per_pc' },
    ]);
  });

  test('a closed pair is not changed', async () => {
    const id = await made();
    await execute(world.api.database, `update pairs set state = 'closed' where id = $1`, id);
    expect((await patch(id, { classId: null }).expect(409)).body.code).toBe('pair_closed');
  });
});
