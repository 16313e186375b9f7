import { describe, expect, test } from 'vitest';
import { DAY, MINUTE } from '../../policy/time.ts';
import {
  at,
  event,
  journal,
  now,
  openEventApi,
  outcomes,
  plain,
  send,
  stored,
  structured,
  world,
} from '../support/event-api.ts';

openEventApi();

describe('one event', () => {
  test('E1 is stored by one statement, acknowledged, and carried on', async () => {
    const sent = event();
    const answer = await send(sent).expect(202);
    expect(answer.body).toEqual({ id: sent.id, state: 'accepted' });
    expect(world.count.statements()).toBe(1);
    expect(world.wakes).toBe(1);
    const ref = expect.stringMatching(new RegExp(`^${sent.id}~[0-9a-f]{8}$`));
    const row = { state: 'recorded', type: 'lesson.completed', ref, owner: 'pair:prog_a:pair_a', history: false };
    expect(await stored(sent.id)).toMatchObject({ ...row, data: { by: 'mentor', sessionDate: '2026-09-30' } });
  });

  test('E1 is the same event in structured, plain and binary form, and a repetition gets the first answer', async () => {
    const sent = event();
    await send(sent).expect(202);
    const { data, ...attributes } = sent;
    const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
    for (const again of [
      send(sent, plain),
      send({ ...sent, traceparent: '00-1', time: '2026-10-01T07:00:00-04:00' }),
      send(data, plain, headers),
    ]) {
      expect((await again.expect(202)).body).toEqual({ id: sent.id, state: 'accepted' });
    }
    expect(await journal(sent.id)).toHaveLength(1);
    expect(world.wakes).toBe(1);
  });

  test('E1 the same id with other content is 409, from another source it is another event', async () => {
    const sent = event();
    await send(sent).expect(202);
    const other = await send({ ...sent, data: { by: 'mentor' } }).expect(409);
    expect(other.body).toMatchObject({ code: 'event_conflict' });
    await send({ ...sent, data: { by: 'mentor' }, source: '/other' }).expect(202);
    expect(await journal(sent.id)).toHaveLength(2);
  });

  test('E1 sixty at once with one id are one row', async () => {
    const sent = event();
    const answers = await Promise.all(Array.from({ length: 60 }, () => send(sent)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(await journal(sent.id)).toHaveLength(1);
    expect(world.wakes).toBe(1);
  });

  test('E3 of an unknown pair is parked, a repetition too; of a known person it is noted', async () => {
    const sent = event({ subject: 'pair_nowhere' });
    for (let time = 0; time < 2; time++) {
      expect((await send(sent).expect(202)).body).toEqual({ id: sent.id, state: 'parked' });
    }
    expect(await stored(sent.id)).toMatchObject({ state: 'parked', owner: null });
    const active = event({ type: 'tandem.person.active', subject: 'mentor', data: undefined });
    for (let time = 0; time < 2; time++) {
      expect((await send(active).expect(202)).body).toEqual({ id: active.id, state: 'accepted' });
    }
    expect((await stored(active.id)).state).toBe('noted');
    const stranger = event({ type: 'tandem.person.active', subject: 'stranger', data: {} });
    expect((await send(stranger).expect(202)).body.state).toBe('parked');
    expect((await send(stranger).expect(202)).body.state).toBe('parked');
  });

  test('of a pair outside the programs of the key is 404 and leaves nothing', async () => {
    const limited = await world.api.bearer({ programIds: ['prog_a'] });
    const sent = event({ subject: 'pair_b' });
    await send(sent, structured, limited).expect(404);
    expect(await journal(sent.id)).toEqual([]);
    await send(sent).expect(202);
  });

  test('E2 lies at most five minutes ahead', async () => {
    const late = await send(event({ time: at(now + 6 * MINUTE) })).expect(422);
    expect(late.body.errors).toEqual([{ pointer: '/time', detail: expect.any(String) }]);
    await send(event({ time: at(now + 4 * MINUTE) })).expect(202);
  });

  test("E2 is history when it is older than its program's limit, judged once", async () => {
    const history = async (subject: string, days: number) => {
      const sent = event({ subject, time: at(now - days * DAY) });
      await send(sent).expect(202);
      return (await stored(sent.id)).history;
    };
    expect(await history('pair_a', 6)).toBe(false);
    expect(await history('pair_a', 8)).toBe(true);
    expect(await history('pair_b', 2)).toBe(false);
    expect(await history('pair_b', 6)).toBe(true);
    expect(await history('pair_unknown', 6)).toBe(false);
    expect(await history('pair_unknown', 8)).toBe(true);
  });

  test('keeps words apart from codes, and names what it takes back by its identity', async () => {
    const flag = event({
      type: 'tandem.flag.submitted',
      data: { by: 'mentee', topic: 'money', priority: 'immediate', text: 'he asked me for money' },
    });
    await send(flag).expect(202);
    const coded = { by: 'mentee', topic: 'money', priority: 'immediate' };
    expect(await stored(flag.id)).toMatchObject({
      urgent: true,
      data: coded,
      texts: { text: 'he asked me for money' },
    });
    const excused = event({ type: 'tandem.week.excused', data: { sessionDate: '2026-09-30', reason: 'Anna was ill' } });
    await send(excused).expect(202);
    const { data, texts } = await stored(excused.id);
    expect({ data, texts }).toEqual({
      data: { sessionDate: '2026-09-30', given: ['reason'] },
      texts: { reason: 'Anna was ill' },
    });
    const back = event({ data: { retracts: flag.id } });
    await send(back).expect(202);
    expect((await stored(back.id)).data).toEqual({ retracts: (await stored(flag.id)).ref });
  });

  test('K6 a safety concern is urgent, its answers are words, and instants become numbers', async () => {
    const answers = { safe: false, why: 'words', none: null };
    const data = { respondent: 'mentee', mode: 'phone', answers, safetyConcern: true, notes: 'words' };
    const sent = event({ type: 'tandem.checkin.recorded', data });
    await send(sent).expect(202);
    const texts = { 'answers.safe': 'false', 'answers.why': 'words', notes: 'words' };
    expect(await stored(sent.id)).toMatchObject({ urgent: true, texts });
    expect(JSON.stringify((await stored(sent.id)).data)).not.toContain('words');
    const meeting = event({ type: 'tandem.meeting.scheduled', data: { at: '2026-10-02T12:00:00Z' } });
    await send(meeting).expect(202);
    expect(await stored(meeting.id)).toMatchObject({ urgent: false, data: { at: Date.UTC(2026, 9, 2, 12) } });
  });
});

test('events are counted by outcome', async () => {
  const before = [await outcomes('accepted'), await outcomes('duplicate'), await outcomes('refused')] as const;
  const sent = event();
  await send(sent).expect(202);
  await send(sent).expect(202);
  await send({ ...sent, subject: 'pair_b' }).expect(409);
  await send({}, plain).expect(422);
  expect(await outcomes('accepted')).toBe(before[0] + 1);
  expect(await outcomes('duplicate')).toBe(before[1] + 1);
  expect(await outcomes('refused')).toBe(before[2] + 2);
});
