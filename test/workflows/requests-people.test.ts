import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAsking } from '../support/asking.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

describe('what people hear of a request', () => {
  it('R2 R5 accepting makes the pair at once, starts its workflow, tells the mentee, and prompts the mentor to write first', async () => {
    const asking = await openAsking(world);
    await asking.putProgram(
      {},
      { request: 'https://mentors.example.org/requests/{id}', pair: 'https://mentors.example.org/pairs/{id}' },
    );
    const id = await asking.request('mia', 'ada');
    expect((await asking.words('ada'))[0]).toContain(`https://mentors.example.org/requests/${id}`);
    expect((await asking.words('ada'))[0]).toContain('May I learn from you?');
    const { status, body } = await asking.answer(id, 'accept', 'ada');
    expect([status, body.status, body.pairId]).toEqual([200, 'accepted', `pair_${id}`]);
    const pair = await asking.ask('GET', `/v1/pairs/pair_${id}`);
    expect(pair.body).toMatchObject({
      state: 'active',
      mentorId: asking.person('ada'),
      menteeId: asking.person('mia'),
    });
    await asking.until(0, '10:30');
    expect(await asking.heard('mia')).toEqual(['0 10:00 request-accepted sent']);
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent', '0 10:02 first-message-prompt sent']);
    expect((await asking.words('mia'))[0]).toContain(`https://mentors.example.org/pairs/pair_${id}`);
    expect((await asking.words('ada'))[1]).toContain(`https://mentors.example.org/pairs/pair_${id}`);
  });

  it('R6 a decline reaches the mentee with reason and words, the note stays with staff, and nothing else changes', async () => {
    const asking = await openAsking(world);
    const before = await asking.ask('GET', `/v1/people/${asking.person('ada')}`);
    const id = await asking.request('mia', 'ada');
    const words = { reason: 'too_busy', message: 'Try me in spring.', note: 'I had trouble with this family.' };
    await asking.answer(id, 'decline', 'ada', words);
    expect(await asking.heard('mia')).toEqual(['0 10:00 request-declined sent']);
    const [mail] = await asking.words('mia');
    expect(mail).toContain('too much else to do');
    expect(mail).toContain('Try me in spring.');
    expect(mail).not.toContain('trouble');
    const staff = await asking.read(id);
    expect(staff).toMatchObject({
      status: 'declined',
      reason: 'too_busy',
      reply: words.message,
      staffNote: words.note,
    });
    const { key } = (await asking.ask('POST', '/v1/keys', { name: 'platform', scopes: ['read', 'command'] })).body;
    const platform = await asking.read(id, String(key));
    expect([platform.reason, 'staffNote' in platform, 'reply' in platform]).toEqual(['too_busy', false, false]);
    // The mentor is as visible, available and requestable as before, by the same mentee at once.
    expect((await asking.ask('GET', `/v1/people/${asking.person('ada')}`)).body).toEqual(before.body);
    expect((await asking.post('mia', 'ada')).status).toBe(201);
  });

  it('R12 accepted by one, the mentee is full: the others are withdrawn, and each mentor is told once', async () => {
    const asking = await openAsking(world);
    const [one, two, three] = [
      await asking.request('mia', 'ada'),
      await asking.request('mia', 'bo'),
      await asking.request('mia', 'cy'),
    ];
    await asking.answer(two, 'accept', 'bo');
    expect(await asking.statuses()).toEqual({ accepted: 1, withdrawn: 2 });
    expect((await asking.read(one)).reason).toBe('mentee_full');
    for (const name of ['ada', 'cy']) {
      expect(await asking.heard(name)).toEqual(['0 10:00 request-received sent', '0 10:00 request-withdrawn sent']);
    }
    expect(await asking.heard('mia')).toEqual(['0 10:00 request-accepted sent']);
    expect((await asking.answer(three, 'accept', 'cy')).body).toMatchObject({
      code: 'already_answered',
      requestStatus: 'withdrawn',
    });
    await asking.until(20, '12:00');
    expect((await asking.heard('ada')).length).toBe(2);
  });

  it('R12 a mentor who is full closes what else was asked of them, and the mentees are told', async () => {
    const asking = await openAsking(world, { mentees: ['mia', 'noa', 'pia'] });
    await asking.putPerson('ada', 'mentor', { capacity: { mentor: 1 } });
    const ids = [
      await asking.request('mia', 'ada'),
      await asking.request('noa', 'ada'),
      await asking.request('pia', 'ada'),
    ];
    await asking.answer(ids[0] as string, 'accept', 'ada');
    expect(await asking.statuses()).toEqual({ accepted: 1, mentor_full: 2 });
    for (const name of ['noa', 'pia']) expect(await asking.heard(name)).toEqual(['0 10:00 mentor-full sent']);
    expect((await asking.post('noa', 'ada')).body).toMatchObject({ code: 'mentor_full', field: 'mentorId' });
    expect((await asking.post('noa', 'bo')).status).toBe(201);
  });

  it('R12 a pair that staff make by hand ends what it leaves no room for, too', async () => {
    const asking = await openAsking(world);
    const [same, other] = [await asking.request('mia', 'ada'), await asking.request('mia', 'bo')];
    const people = { mentorId: asking.person('ada'), menteeId: asking.person('mia') };
    await world.call('POST', '/v1/pairs', { id: `${asking.id}_by_hand`, programId: asking.programId, ...people });
    await world.settle();
    expect(await asking.read(same)).toMatchObject({ status: 'superseded', pairId: `${asking.id}_by_hand` });
    expect(await asking.read(other)).toMatchObject({ status: 'withdrawn', reason: 'mentee_full' });
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent']);
    expect((await asking.heard('bo')).at(-1)).toBe('0 10:00 request-withdrawn sent');
  });

  it('R12 a mentee withdraws, and the mentor is told only where they were told of the request', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    expect((await asking.answer(id, 'withdraw', 'ada')).body).toMatchObject({ code: 'not_the_asker' });
    await asking.answer(id, 'withdraw', 'mia');
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent', '0 10:00 request-withdrawn sent']);
    expect((await asking.answer(id, 'decline', 'ada', { reason: 'other' })).status).toBe(409);
  });

  it('R13 a mentor who is unavailable gets no new request, and can still answer what was asked before', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await world.call('PUT', `/v1/people/${asking.person('ada')}/availability`, {
      available: false,
      reason: 'on leave',
    });
    expect((await asking.post('noa', 'ada')).body).toMatchObject({ code: 'mentor_unavailable' });
    expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({ status: 'accepted' });
    await world.call('PUT', `/v1/people/${asking.person('ada')}/availability`, { available: true });
    expect((await asking.post('noa', 'ada')).status).toBe(201);
  });

  it('R15 in staff-routed mode a list waits in the queue, staff are reminded after 7 days, and assign one from it', async () => {
    const asking = await openAsking(world, { policy: { mode: 'staff' } });
    expect((await asking.post('mia', 'ada')).body).toMatchObject({ code: 'list_expected' });
    const { body: list } = await asking.list('mia', ['ada', 'bo']);
    expect(list).toMatchObject({ kind: 'list', status: 'pending', closesAt: null, mentorId: null });
    const queue = await asking.ask('GET', `/v1/requests?programId=${asking.programId}&status=pending`);
    expect((queue.body.items as Array<Record<string, unknown>>).map(({ id }) => id)).toEqual([list.id]);
    await asking.until(30, '12:00');
    const id = String(list.id);
    expect(await asking.status(id)).toBe('pending');
    for (const name of ['ops', 'coord']) expect(await asking.heard(name)).toEqual(['7 09:02 assign-reminder sent']);
    expect(await asking.heard('ada')).toEqual([]);
    expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({ code: 'staff_assign' });
    expect((await asking.answer(id, 'assign', 'ops', { mentorId: asking.person('cy') })).body).toMatchObject({
      code: 'not_on_list',
    });
    const assigned = await asking.answer(id, 'assign', 'ops', { mentorId: asking.person('bo') });
    expect(assigned.body).toMatchObject({ status: 'accepted', mentorId: asking.person('bo'), pairId: `pair_${id}` });
    expect(await asking.heard('mia')).toEqual(['30 12:00 request-accepted sent']);
    expect((await asking.answer(id, 'assign', 'ops', { mentorId: asking.person('ada') })).body).toMatchObject({
      code: 'already_answered',
    });
  });

  it('R15 staff assign outside the list only with an override and a reason', async () => {
    const asking = await openAsking(world, { policy: { mode: 'staff' } });
    const { body } = await asking.list('mia', ['ada', 'bo']);
    const outside = { mentorId: asking.person('cy'), override: true, reason: 'speaks_spanish' };
    expect((await asking.answer(String(body.id), 'assign', 'ops', outside)).body).toMatchObject({
      status: 'accepted',
      reason: 'speaks_spanish',
    });
    expect(await asking.pairs()).toEqual([`pair_${body.id}`]);
  });

  it('V7 R15 staff who take over before the reminder goes are the ones who are reminded', async () => {
    const asking = await openAsking(world, { policy: { mode: 'staff' } });
    const { body } = await asking.list('mia', ['ada', 'bo']);
    await asking.until(6, '12:00');
    await asking.putPerson('new', 'staff');
    const staff = { operations: asking.person('new'), coordinator: asking.person('new') };
    const document = { name: 'Example', zone: asking.zone, staff, policy: { requests: { mode: 'staff' } } };
    await world.call('PUT', `/v1/programs/${asking.programId}`, document);
    await asking.until(8, '12:00');
    expect(await asking.heard('new')).toEqual(['7 09:02 assign-reminder sent']);
    expect([await asking.heard('ops'), await asking.heard('coord')]).toEqual([[], []]);
    expect(await asking.status(String(body.id))).toBe('pending');
  });

  it('R16 offers are off by default; one that is accepted by the mentee makes the pair, and the mentor hears it', async () => {
    const off = await openAsking(world);
    expect((await off.offer('ada', 'mia')).body).toMatchObject({ code: 'offers_off' });
    const asking = await openAsking(world, { policy: { offers: true } });
    const { body } = await asking.offer('ada', 'mia');
    const id = String(body.id);
    expect(await asking.heard('mia')).toEqual(['0 10:00 offer-received sent']);
    expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({ code: 'not_the_one_asked' });
    expect((await asking.answer(id, 'accept', 'mia')).body).toMatchObject({ status: 'accepted' });
    await asking.until(0, '10:30');
    expect(await asking.heard('ada')).toEqual(['0 10:02 first-message-prompt sent']);
    expect((await asking.words('ada'))[0]).toContain('accepted your offer');
  });

  it('R16 an offer that meets a request of the same two makes one pair, and both hear it once', async () => {
    const asking = await openAsking(world, { policy: { offers: true } });
    const id = await asking.request('mia', 'ada');
    const { status, body } = await asking.offer('ada', 'mia');
    expect([status, body.status, body.pairId]).toEqual([201, 'superseded', `pair_${id}`]);
    expect(await asking.status(id)).toBe('accepted');
    expect(await asking.pairs()).toEqual([`pair_${id}`]);
    await asking.until(0, '10:30');
    expect(await asking.heard('mia')).toEqual(['0 10:00 request-accepted sent']);
    expect((await asking.heard('ada')).slice(1)).toEqual(['0 10:02 first-message-prompt sent']);
  });
});
