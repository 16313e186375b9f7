import { describe, expect, test } from 'vitest';
import { planPair, viewPair } from '../../policy/pair/view.ts';
import { DAY, HOUR, toRfc3339 } from '../../policy/time.ts';
import { insertMessage } from '../support/ledger.ts';
import { project, seedPerson } from '../support/mentoring.ts';
import { get, insertCase, made, openPairApi, patch, post, world } from '../support/pair-api.ts';

openPairApi();

describe('reading a pair', () => {
  test('E5 asks its workflow, and otherwise reads by the same function what it last said', async () => {
    const id = await made();
    const opening = await get(`/${id}`).expect(200);
    expect(opening.headers['tandem-source']).toBe('projection');
    expect(opening.body).toMatchObject({ state: 'active', classWeek: { missedStreak: 0 } });
    const { state, ctx } = await project(world.api.database, id);
    world.now = Date.UTC(2026, 8, 3, 12);
    const stored = await get(`/${id}`).expect(200);
    expect(stored.headers['tandem-source']).toBe('projection');
    const view = JSON.parse(JSON.stringify(viewPair(state, world.now, ctx)));
    expect(stored.body).toMatchObject(view);
    expect(stored.body.next[0]).toMatchObject({ key: `${id}/2026-09-02/class-email`, unless: expect.any(String) });
    world.gateway.answers.view = view;
    const live = await get(`/${id}`).expect(200);
    expect(live.headers['tandem-source']).toBeUndefined();
    expect(live.body).toEqual(stored.body);
    expect((await get(`?personId=mentor&limit=200`).expect(200)).body.items).toContainEqual(stored.body);
  });

  test('adds the open cases of staff, safety cases only for keys that may see them', async () => {
    for (const person of ['watched', 'watching'])
      await seedPerson(world.api.database, person, { programs: ['prog_a'] });
    const id = await made({ mentorId: 'watching', menteeId: 'watched' });
    const own = { id: 'case_own', kind: 'escalation', since: toRfc3339(world.now - HOUR) };
    world.gateway.answers.view = { state: 'active', policyVersion: 1, openCases: [own], next: [] };
    await insertCase(`case_own_${id}`, id, { owner: `pair:prog_a:${id}`, kind: 'escalation' });
    await insertCase(`case_staff_${id}`, id);
    await insertCase(`case_done_${id}`, id, { state: 'resolved' });
    await insertCase(`case_safe_${id}`, id, { kind: 'safety' });
    const plain = await world.api.bearer({ scopes: ['read'] });
    const ids = async (headers: { Authorization: string }) =>
      (await get(`/${id}`, headers).expect(200)).body.openCases.map((open: { id: string }) => open.id);
    expect(await ids(world.auth)).toEqual(['case_own', `case_safe_${id}`, `case_staff_${id}`]);
    expect(await ids(plain)).toEqual(['case_own', `case_staff_${id}`]);
  });

  test('V2 plans 28 days ahead, or until told', async () => {
    const id = await made();
    const { state, ctx } = await project(world.api.database, id);
    const plan = await get(`/${id}/plan`).expect(200);
    const expected = planPair(state, world.now, world.now + 28 * DAY, ctx).map((step) => ({
      ...step,
      at: toRfc3339(step.at),
    }));
    expect(plan.body).toEqual({ items: expected, next: null });
    expect(expected.length).toBeGreaterThan(4);
    const short = await get(`/${id}/plan?until=2026-09-06T12:00:00Z`).expect(200);
    expect(short.body.items).toHaveLength(1);
    await get(`/${id}/plan?until=2029-01-01T00:00:00Z`).expect(422);
    world.gateway.answers.plan = [];
    expect((await get(`/${id}/plan`).expect(200)).body.items).toEqual([]);
  });

  test('a limited key finds nothing outside its programs', async () => {
    const id = await made({ programId: 'prog_b', classId: 'class_b' });
    for (const path of [`/${id}`, `/${id}/plan`, `/${id}/timeline`]) await get(path, world.limited).expect(404);
    for (const command of ['pause', 'close'])
      await post(`/${id}:${command}`, { reason: 'r' }, world.limited).expect(404);
    await patch(id, { classId: null }, world.limited).expect(404);
    const seen = (await get('?limit=200', world.limited).expect(200)).body.items;
    expect(new Set(seen.map(({ programId }: { programId: string }) => programId))).toEqual(new Set(['prog_a']));
  });

  test('shows entries and messages in the order of their times', async () => {
    const id = await made();
    const message = (name: string, at: number) =>
      insertMessage(world.api.database, { id: `msg_${id}_${name}`, programId: 'prog_a', pairIds: [id], at });
    await message('b', world.now + DAY);
    await message('a', world.now - DAY);
    const whole = (await get(`/${id}/timeline`).expect(200)).body;
    expect(whole.items).toMatchObject([
      {
        kind: 'message',
        key: `key/msg_${id}_a`,
        type: 'class-reminder',
        to: 'mentor',
        channel: 'email',
        state: 'waiting',
      },
      { kind: 'entry', type: 'pair.opened', state: 'recorded', receivedAt: toRfc3339(world.now) },
      { kind: 'message', key: `key/msg_${id}_b` },
    ]);
    const first = (await get(`/${id}/timeline?limit=2`).expect(200)).body;
    const rest = (await get(`/${id}/timeline?limit=2&cursor=${first.next}`).expect(200)).body;
    expect([...first.items, ...rest.items]).toEqual(whole.items);
    expect(rest.next).toBeNull();
  });
});

describe('listing pairs', () => {
  const ids = async (query: string) =>
    (await get(`?limit=200&${query}`).expect(200)).body.items.map(({ id }: { id: string }) => id);

  test('pages newest first, by one statement however many there are', async () => {
    const mine = { mentorId: 'pager' };
    await seedPerson(world.api.database, 'pager', { programs: ['prog_a'] });
    const pairs: string[] = [];
    for (let index = 0; index < 5; index++) {
      if (index !== 3) world.now += HOUR;
      pairs.push(await made(mine));
    }
    for (const id of pairs) await project(world.api.database, id);
    world.count.reset();
    const all = (await get('?mentorId=pager').expect(200)).body;
    expect(world.count.statements()).toBe(1);
    expect(all.next).toBeNull();
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const { items, next } = (await get(`?mentorId=pager&limit=2${cursor}`).expect(200)).body;
      found.push(...items.map(({ id }: { id: string }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(found).toEqual(all.items.map(({ id }: { id: string }) => id));
    expect(found).toEqual([pairs[4], pairs[2], pairs[3], pairs[1], pairs[0]]);
  });

  test('filters by person, staff, program, state and open escalations', async () => {
    await seedPerson(world.api.database, 'filter_mentor', { programs: ['prog_a'] });
    const mine = { mentorId: 'filter_mentor' };
    const [plain, paused, over, closed, focus] = [
      await made(mine),
      await made(mine),
      await made(mine),
      await made(mine),
      await made({ ...mine, staff: { coordinator: 'per_own', supervisor: 'per_boss' } }),
    ];
    const pause = (until: number | null) => (carried: Awaited<ReturnType<typeof project>>) => ({
      ...carried,
      ctx: { ...carried.ctx, pauses: [{ from: world.now - HOUR, until }] },
    });
    await project(world.api.database, paused, pause(null));
    await project(world.api.database, over, pause(world.now));
    await project(world.api.database, closed, (carried) => ({
      ...carried,
      ctx: { ...carried.ctx, closed: { at: world.now, reason: 'r' } },
    }));
    await insertCase(`case_${focus}`, focus, { kind: 'escalation', state: 'acknowledged' });
    const who = 'mentorId=filter_mentor';
    expect((await ids(`${who}&state=active`)).sort()).toEqual([plain, over, focus].sort());
    expect(await ids(`${who}&state=paused`)).toEqual([paused]);
    expect(await ids(`${who}&state=closed`)).toEqual([closed]);
    expect(await ids(`${who}&focus=true`)).toEqual([focus]);
    expect(await ids(`coordinator=per_own&supervisor=per_boss&${who}`)).toEqual([focus]);
    expect(await ids(`${who}&programId=prog_b`)).toEqual([]);
    expect(await ids(`${who}&menteeId=minor`)).toEqual([]);
    expect(await ids('personId=filter_mentor')).toHaveLength(5);
    const states = (await get(`?${who}`).expect(200)).body.items.map(({ id, state }: { id: string; state: string }) => [
      id,
      state,
    ]);
    expect(Object.fromEntries(states)).toMatchObject({ [paused]: 'paused', [over]: 'active', [closed]: 'closed' });
  });

  test('refuses cursors of the right shape that no list has given out', async () => {
    for (const position of [
      [9_007_199_254_740_991, 'x'],
      [-9e15, 'x'],
      [1, '\0x'],
      [1, '\ud800'],
    ]) {
      const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
      await get(`?cursor=${cursor}`).expect(422);
    }
  });

  test('refuses filters and cursors that are none', async () => {
    for (const query of ['state=open', 'focus=yes', 'cursor=xx', 'limit=0', 'foo=1'])
      await get(`?${query}`).expect(422);
  });
});
