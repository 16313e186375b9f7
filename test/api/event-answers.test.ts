import { describe, expect, test } from 'vitest';
import { HOUR } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import {
  at,
  batch,
  event,
  gateway,
  journal,
  now,
  openEventApi,
  send,
  structured,
  world,
} from '../support/event-api.ts';

openEventApi();

describe('a batch', () => {
  test('E3 of good events is 202, stored by one statement', async () => {
    const events = Array.from({ length: 100 }, () => event());
    const answer = await batch(events).expect(202);
    expect(answer.body.items).toEqual(events.map(({ id }) => ({ id, status: 202, state: 'accepted' })));
    expect(world.count.statements()).toBe(1);
    await batch([]).expect(202);
  });

  test('E3 answers per item, 207 when one was not accepted', async () => {
    const [good, wrong, parked, ahead] = [
      event(),
      event({ data: {} }),
      event({ subject: 'pair_nowhere' }),
      event({ time: at(now + HOUR) }),
    ];
    await send(good).expect(202);
    const items = (await batch([{ ...good, data: { by: 'mentor' } }, good, wrong, parked, ahead, 5]).expect(207)).body
      .items;
    expect(items).toMatchObject([
      { id: good.id, status: 409, code: 'event_conflict' },
      { id: good.id, status: 202, state: 'accepted' },
      { id: wrong.id, status: 422, errors: [{ pointer: '/data/by' }] },
      { id: parked.id, status: 202, state: 'parked' },
      { id: ahead.id, status: 422, errors: [{ pointer: '/time' }] },
      { id: null, status: 422 },
    ]);
  });

  test('E1 may hold one identity twice', async () => {
    const sent = event();
    const answer = await batch([sent, sent, { ...sent, data: { by: 'mentee' } }]).expect(207);
    expect(answer.body.items.map(({ status }: { status: number }) => status)).toEqual([202, 202, 409]);
    expect(await journal(sent.id)).toHaveLength(1);
  });

  test('has at most a hundred events', async () => {
    await batch(Array.from({ length: 101 }, () => event())).expect(422);
  });
});

describe('Prefer: wait', () => {
  const apply = (eventId: string) =>
    execute(
      world.api.database,
      `update journal set state = 'applied', effect = '{"cancelled": ["pair_a/x/class-email"]}' where event_id = $1`,
      eventId,
    );

  test('E4 answers what the event changed, once it is applied', async () => {
    const next = { key: 'k', at: '2026-10-05T12:00:00Z', template: 'class-reminder' };
    gateway.answers.view = { classWeek: { missedStreak: 1 }, next: [next] };
    const sent = event();
    const pending = send(sent, structured, { Prefer: 'respond-async, wait=5' }).then((answer) => answer);
    await expect.poll(() => journal(sent.id)).toHaveLength(1);
    await apply(sent.id);
    const answer = await pending;
    expect(answer.status).toBe(200);
    expect(answer.headers['preference-applied']).toBe('wait=5');
    const changed = { cancelled: ['pair_a/x/class-email'], streak: 1, next };
    expect(answer.body).toEqual({ id: sent.id, state: 'applied', ...changed });
    expect((await send(sent, structured, { Prefer: 'wait=1' }).expect(200)).body).toMatchObject(changed);
  });

  test('E4 answers 202 without Preference-Applied when it takes longer, and at once for what is parked', async () => {
    const answer = await send(event(), structured, { Prefer: 'wait=1' }).expect(202);
    expect(answer.headers['preference-applied']).toBeUndefined();
    const started = performance.now();
    await send(event({ subject: 'pair_nowhere' }), structured, { Prefer: 'wait=5' }).expect(202);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
