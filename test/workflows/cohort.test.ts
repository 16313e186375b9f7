import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, dateOf, localMinute } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { type Asking, openAsking } from '../support/asking.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

/** A program with a life cycle and three pairs: ada and mia, bo and noa, cy and pia; its first day is day 0. */
async function openRun(lifecycle: (asking: Asking) => object): Promise<Asking> {
  const asking = await openAsking(world, { mentees: ['mia', 'noa', 'pia'], policy: { noRequestNudgeDays: [] } });
  await putLifecycle(asking, lifecycle(asking));
  for (const [mentor, mentee] of [
    ['ada', 'mia'],
    ['bo', 'noa'],
    ['cy', 'pia'],
  ] as const) {
    const people = { mentorId: asking.person(mentor), menteeId: asking.person(mentee) };
    await world.call('POST', '/v1/pairs', {
      id: asking.person(`pair_${mentor}`),
      programId: asking.programId,
      ...people,
    });
  }
  await world.settle();
  return asking;
}

async function putLifecycle(asking: Asking, lifecycle: object): Promise<void> {
  const staff = { operations: asking.person('ops'), coordinator: asking.person('coord') };
  const body = { name: 'Example Mentoring', zone: asking.zone, staff, policy: { lifecycle } };
  await world.call('PUT', `/v1/programs/${asking.programId}?applyNow=true`, body);
  await world.settle();
}

const endsOn = (day: number) => (asking: Asking) => ({
  kind: 'cohort',
  endsOn: dateOf(asking.at(day, '12:00'), asking.zone),
});

async function choose(asking: Asking, name: string, choice: string): Promise<unknown> {
  const body = { programId: asking.programId, choice };
  const answered = await asking.ask('POST', `/v1/people/${asking.person(name)}/enrolment`, body);
  expect(answered.status).toBe(200);
  return answered.body.enrolment;
}

async function states(asking: Asking): Promise<Record<string, string>> {
  const sql = `select person_id, state from enrolments where program_id = $1 and role <> 'staff' order by person_id`;
  const rows = await queryRows<{ person_id: string; state: string }>(world.database, sql, asking.programId);
  return Object.fromEntries(rows.map(({ person_id, state }) => [person_id.replace(`${asking.id}_`, ''), state]));
}

/** The feed of changes, as far as it is about one thing. */
async function changesOf(asking: Asking, name: string): Promise<string[]> {
  const own: string[] = [];
  for (let after = ''; ; ) {
    const { body } = await asking.ask('GET', `/v1/changes?limit=200${after}`);
    const items = body.items as Array<Record<'id' | 'at' | 'change', string>>;
    if (items.length === 0) return own;
    for (const { at, change } of items.filter(({ id }) => id === asking.person(name))) {
      const minute = localMinute(Date.parse(at), asking.zone);
      const day = Math.round((Date.parse(minute.slice(0, 10)) - Date.parse(dateOf(asking.start, asking.zone))) / DAY);
      own.push(`${day} ${minute.slice(11)} ${change}`);
    }
    after = `&after=${body.next}`;
  }
}

const lines = async (asking: Asking, name: string, template: string) =>
  (await asking.heard(name)).filter((line) => line.includes(template));

describe('S9 the end of a cohort, lived', () => {
  it('people are asked, reminded once, answered or not; then pairs end, and who did not answer is not matched', async () => {
    const asking = await openRun(endsOn(20));
    const pause = { reason: 'travel', until: new Date(asking.at(3, '12:00')).toISOString() };
    await world.call('POST', `/v1/pairs/${asking.person('pair_cy')}:pause`, pause);
    await asking.until(6, '12:00');
    for (const name of ['ada', 'bo', 'cy', 'mia', 'noa', 'pia'])
      expect(await lines(asking, name, 'cohort')).toEqual(['6 09:00 cohort-opt-out sent']);
    expect((await asking.words('ada')).at(-1)).toMatch(/\/responses\/[\w-]+\.[\w-]+/);
    expect(await lines(asking, 'ops', 'cohort')).toEqual([]);
    expect(await choose(asking, 'ada', 'confirm')).toEqual([{ programId: asking.programId, state: 'active' }]);
    expect(await choose(asking, 'bo', 'optOut')).toEqual([{ programId: asking.programId, state: 'optedOut' }]);
    await asking.until(13, '08:00');
    await choose(asking, 'mia', 'confirm');
    await asking.until(13, '12:00');
    const reminded = ['6 09:00 cohort-opt-out sent', '13 09:00 cohort-opt-out/reminder sent'];
    for (const name of ['cy', 'noa', 'pia']) expect(await lines(asking, name, 'cohort')).toEqual(reminded);
    for (const name of ['ada', 'bo', 'mia']) expect(await lines(asking, name, 'cohort')).toHaveLength(1);

    await asking.until(20, '23:59');
    const pair = `/v1/pairs/${asking.person('pair_ada')}`;
    expect((await asking.ask('GET', pair)).body.state).toBe('active');
    await choose(asking, 'cy', 'confirm');
    await asking.until(21, '00:30');
    expect((await asking.ask('GET', pair)).body.state).toBe('closed');
    expect(await states(asking)).toEqual({
      ada: 'active',
      bo: 'optedOut',
      cy: 'active',
      mia: 'active',
      noa: 'unconfirmed',
      pia: 'unconfirmed',
    });
    expect(await changesOf(asking, 'pair_cy')).toEqual([
      '0 10:00 active',
      '0 10:00 paused',
      '3 12:00 active',
      '21 00:00 closed',
    ]);
    expect((await changesOf(asking, 'noa')).at(-1)).toBe('21 00:00 enrolment.unconfirmed');
    await asking.until(23, '12:00');
    for (const name of ['ada', 'noa']) {
      expect(await lines(asking, name, 'closure-rule')).toEqual(['21 07:00 closure-rule sent']);
      expect(await lines(asking, name, 'exit-survey')).toEqual(['22 09:00 exit-survey sent']);
    }
    const again = { id: asking.person('again'), programId: asking.programId, mentorId: asking.person('ada') };
    const unconfirmed = await asking.ask('POST', '/v1/pairs', { ...again, menteeId: asking.person('noa') });
    expect([unconfirmed.status, unconfirmed.body.code]).toEqual([409, 'unconfirmed']);
    const { body } = await asking.post('pia', 'ada');
    expect(body.code).toBe('unconfirmed');
    await choose(asking, 'noa', 'confirm');
    const confirmed = await asking.ask('POST', '/v1/pairs', { ...again, menteeId: asking.person('noa') });
    expect(confirmed.status).toBe(201);
    await asking.until(40, '12:00');
    expect((await asking.ask('GET', `/v1/pairs/${again.id}`)).body.state).toBe('active');
  });

  it('an end that is moved asks anew those who had not answered, and ends the pairs at the new one', async () => {
    const asking = await openRun(endsOn(20));
    await asking.until(6, '12:00');
    await choose(asking, 'ada', 'confirm');
    await putLifecycle(asking, endsOn(27)(asking));
    await asking.until(21, '12:00');
    expect((await asking.ask('GET', `/v1/pairs/${asking.person('pair_bo')}`)).body.state).toBe('active');
    expect(await lines(asking, 'ada', 'cohort')).toEqual(['6 09:00 cohort-opt-out sent']);
    expect(await lines(asking, 'bo', 'cohort')).toEqual([
      '6 09:00 cohort-opt-out sent',
      '13 09:00 cohort-opt-out sent',
      '20 09:00 cohort-opt-out/reminder sent',
    ]);
    await asking.until(28, '01:00');
    expect((await asking.ask('GET', `/v1/pairs/${asking.person('pair_bo')}`)).body.state).toBe('closed');
    expect((await states(asking)).bo).toBe('unconfirmed');
  });
});

describe('S8 silence in a program that is always on, lived', () => {
  it('a notice after 90 days, unavailable 7 days later, and back with the first sign', async () => {
    const asking = await openRun(() => ({ kind: 'always_on' }));
    await asking.until(40, '12:00');
    const event = (id: string, day: number, type: string, by: string) => ({
      specversion: '1.0',
      id: `${asking.id}_${id}`,
      source: 'https://platform.example.org',
      type: `tandem.${type}`,
      subject: asking.person('pair_ada'),
      time: new Date(asking.at(day, '11:00')).toISOString(),
      data: { by },
    });
    await world.call('POST', '/v1/events', event('one', 40, 'message.sent', 'mentor'));
    await world.call('POST', `/v1/pairs/${asking.person('pair_cy')}:pause`, { reason: 'travel' });
    await asking.until(89, '23:00');
    expect(await lines(asking, 'mia', 'inactivity')).toEqual([]);
    await asking.until(92, '12:00');
    // They joined on the day before, and the pairs were made on the first day at ten.
    for (const name of ['mia', 'bo', 'noa'])
      expect(await lines(asking, name, 'inactivity')).toEqual(['91 09:00 inactivity-notice sent']);
    for (const name of ['ada', 'cy', 'pia']) expect(await lines(asking, name, 'inactivity')).toEqual([]);
    await world.call('POST', '/v1/events', event('two', 92, 'message.sent', 'mentee'));
    await choose(asking, 'noa', 'confirm');
    await asking.until(98, '12:00');
    const person = async (name: string) => (await asking.ask('GET', `/v1/people/${asking.person(name)}`)).body;
    expect((await person('mia')).availability).toMatchObject({ available: true });
    expect((await person('noa')).availability).toMatchObject({ available: true });
    expect((await person('bo')).availability).toMatchObject({ available: false, reason: 'inactive' });
    expect((await person('bo')).enrolment).toEqual([{ programId: asking.programId, state: 'active' }]);
    await asking.putPerson('quinn', 'mentee');
    expect((await asking.post('quinn', 'bo')).body.code).toBe('mentor_unavailable');
    const tasks = async (state: string) =>
      ((await asking.ask('GET', `/v1/cases?kind=task&state=${state}&personId=${asking.person('bo')}`)).body
        .items as Array<Record<string, string>>) ?? [];
    const [task] = await tasks('open');
    expect(task).toMatchObject({ reason: 'confirm_removal', assignee: asking.person('coord'), state: 'open' });
    expect(await lines(asking, 'coord', 'task')).toEqual(['98 09:02 task sent']);
    expect((await asking.words('coord')).at(-1)).toContain(asking.person('bo'));

    const sign = { ...event('three', 98, 'message.sent', 'mentor'), subject: asking.person('pair_bo') };
    await world.call('POST', '/v1/events', sign);
    await asking.until(99, '12:00');
    expect((await person('bo')).availability).toMatchObject({ available: true });
    expect(await tasks('open')).toEqual([]);
    expect(await tasks('withdrawn')).toHaveLength(1);
  });

  it('staff who confirm that somebody has left remove them, and their pairs end', async () => {
    const asking = await openRun(() => ({ kind: 'always_on', inactiveDays: 30 }));
    await asking.until(39, '12:00');
    const list = `/v1/cases?kind=task&state=open&personId=${asking.person('bo')}`;
    const [task] = (await asking.ask('GET', list)).body.items as Array<{ id: string }>;
    const resolve = (body: object) =>
      asking.ask('POST', `/v1/cases/${task?.id}:resolve`, { by: asking.person('coord'), ...body });
    expect((await resolve({ outcome: 'rematch' })).body.code).toBe('outcome');
    expect((await resolve({ outcome: 'removed' })).status).toBe(200);
    await world.settle();
    expect((await states(asking)).bo).toBe('removed');
    expect((await asking.ask('GET', `/v1/pairs/${asking.person('pair_bo')}`)).body.state).toBe('closed');
    await asking.until(42, '12:00');
    expect((await lines(asking, 'bo', 'closure-rule')).filter((line) => line.endsWith('sent'))).toEqual([]);
  });
});
