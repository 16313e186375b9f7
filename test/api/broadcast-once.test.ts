import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { broadcast, ids, openBroadcastApi, pair, person, rows, world } from '../support/broadcast-api.ts';

openBroadcastApi();

describe('T10 nobody is written to twice', () => {
  /** 2,000 pairs of 2,000 mentors and one mentee, written set-based. */
  async function crowd(count: number): Promise<void> {
    const mia = await person('mia');
    const people = `
      insert into people (id, version, name, email, is_minor, available, created_at, updated_at)
      select $1 || '_m' || n, 1, 'Mentor ' || n, $1 || n || '@example.org', false, true, $3, $3
      from generate_series(1, $2::int) n`;
    await execute(world.api.database, people, world.programId, count, new Date(world.now));
    const made = `
      insert into pairs (id, owner, program_id, mentor_id, mentee_id, staff, history, matched_at, created_at, state, policy_version)
      select $1 || '_c' || n, $1 || 'c' || n, $1, $1 || '_m' || n, $4, '{}', '{}', $3, $3, 'active', 1
      from generate_series(1, $2::int) n`;
    await execute(world.api.database, made, world.programId, count, new Date(world.now), mia);
  }

  const each = async (broadcastId: string): Promise<unknown> => {
    const sql = `
      select count(*)::int as rows, count(distinct person_id)::int as people from messages where owner = $1`;
    return (await queryRows(world.api.database, sql, `broadcast:${broadcastId}`))[0];
  };

  test('T10 2,000 are written to in one go, and all are sent to', async () => {
    await crowd(2000);
    const began = performance.now();
    const preview = await broadcast({ audience: 'mentor', dryRun: true }).expect(200);
    const previewed = performance.now();
    const { body } = await broadcast({ audience: 'mentor' }).expect(200);
    const written = performance.now();
    expect(body.recipients).toEqual(preview.body.recipients);
    expect(body.counts).toEqual({ recipients: 2000, excluded: 0 });
    expect(await each(body.broadcastId)).toEqual({ rows: 2000, people: 2000 });
    world.now += 3 * MINUTE;
    for (let pass = 0; pass < 40 && world.sends.handed.length < 2000; pass++) await world.sends.dispatch();
    const sent = performance.now();
    expect(new Set(ids(world.sends.handed)).size).toBe(2000);
    expect(world.sends.handed).toHaveLength(2000);
    const [a, b, c] = [previewed - began, written - previewed, sent - written].map((ms) => `${Math.round(ms)} ms`);
    console.info(`2,000 recipients: previewed in ${a}, written in ${b}, handed over in ${c}`);
    expect(written - began).toBeLessThan(20_000);
  });

  test('T10 killed between two parts it has written to nobody; the same request again writes to each once', async () => {
    await crowd(2000);
    const key = { 'Idempotency-Key': `${world.programId}-killed` };
    let parts = 0;
    world.interfere = async (sql, on) => {
      if (!sql.includes('insert into messages') || ++parts !== 2) return;
      const [backend] = await queryRows<{ pid: number }>(on, 'select pg_backend_pid() as pid');
      await queryRows(world.api.database, 'select pg_terminate_backend($1::int)::text as done', backend?.pid);
    };
    const died = await broadcast({ audience: 'mentor' }, key);
    expect([died.status >= 500, parts]).toEqual([true, 2]);
    expect(await rows()).toBe(0);
    expect(world.nudged).toEqual([]);
    const again = await broadcast({ audience: 'mentor' }, key).expect(200);
    expect(await each(again.body.broadcastId)).toEqual({ rows: 2000, people: 2000 });
  });

  test('T10 died after it was written and before it was told, the same request tells the same broadcast', async () => {
    await pair(await person('ada'), await person('mia'));
    await pair(await person('nowhere', { email: null }), `${world.programId}_mia`);
    const key = { 'Idempotency-Key': `${world.programId}-untold` };
    world.failing = new Error('Temporal is away');
    await broadcast({}, key).expect(500);
    expect(await rows()).toBe(3);
    world.failing = null;
    const { body } = await broadcast({}, key).expect(200);
    expect(await each(body.broadcastId)).toEqual({ rows: 3, people: 3 });
    expect(ids(body.recipients)).toEqual([`${world.programId}_ada`, `${world.programId}_mia`]);
    expect(body.excluded).toEqual([{ personId: `${world.programId}_nowhere`, reason: 'unreachable' }]);
    expect(world.nudged).toEqual(['people']);
    // The stored answer may be forgotten after a day; the broadcast is not.
    await execute(world.api.database, 'delete from idempotency_keys');
    expect((await broadcast({}, key).expect(200)).body.broadcastId).toBe(body.broadcastId);
    expect(await rows()).toBe(3);
  });

  test('T10 the same key with other words is refused, and another key is another broadcast', async () => {
    await pair(await person('ada'), await person('mia'));
    const key = (name: string) => ({ 'Idempotency-Key': `${world.programId}-${name}` });
    const first = await broadcast({}, key('a')).expect(200);
    await broadcast({ text: 'Other words' }, key('a')).expect(422);
    const second = await broadcast({}, key('b')).expect(200);
    expect(second.body.broadcastId).not.toBe(first.body.broadcastId);
    expect(await rows()).toBe(4);
  });

  test('T10 it takes the scope command and a program that the key may see', async () => {
    await broadcast({}, await world.api.bearer({ scopes: ['read'] })).expect(403);
    await broadcast({}, await world.api.bearer({ programIds: ['another'] })).expect(404);
    await broadcast({ programId: 'unknown' }).expect(404);
  });
});
