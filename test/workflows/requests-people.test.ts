import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
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

  it('R17 recommendations go out in bulk with one mail each, and with none where nothing changed', async () => {
    const asking = await openAsking(world, { policy: { listHidden: true, noRequestNudgeDays: [] } });
    const [ada, bo, mia, noa] = ['ada', 'bo', 'mia', 'noa'].map((name) => asking.person(name)) as [
      string,
      string,
      string,
      string,
    ];
    const items = [
      { menteeId: mia, mentorIds: [ada, bo] },
      { menteeId: noa, mentorIds: [bo] },
    ];
    const push = (given: unknown) =>
      asking.ask('POST', '/v1/recommendations:push', { programId: asking.programId, items: given });
    expect((await push(items)).body).toEqual({
      items: [
        { menteeId: mia, mailed: true },
        { menteeId: noa, mailed: true },
      ],
    });
    await asking.until(0, '12:00');
    expect(await asking.heard('mia')).toEqual(['0 10:02 recommendations sent']);
    expect((await asking.words('mia'))[0]).toContain('- Name of ada\n- Name of bo');
    const changed = [items[0], { menteeId: noa, mentorIds: [ada] }];
    expect((await push(changed)).body).toEqual({
      items: [
        { menteeId: mia, mailed: false },
        { menteeId: noa, mailed: true },
      ],
    });
    await asking.until(2, '12:00');
    expect(await asking.heard('mia')).toHaveLength(1);
    expect(await asking.heard('noa')).toHaveLength(2);
    const person = await asking.ask('GET', `/v1/people/${mia}`);
    expect(person.body.recommendations).toMatchObject([{ programId: asking.programId, mentorIds: [ada, bo] }]);
    expect((await asking.post('mia', 'cy')).body).toMatchObject({ code: 'not_recommended' });
    expect((await asking.post('mia', 'bo')).status).toBe(201);
    const four = await push([{ menteeId: mia, mentorIds: [ada, bo, asking.person('cy'), noa] }]);
    expect([four.status, JSON.stringify(four.body)]).toEqual([422, expect.stringContaining('/items/0/mentorIds')]);
  });

  it('R17 a list that is only stored mails nobody, and counts at once', async () => {
    const asking = await openAsking(world, { policy: { listHidden: true } });
    const body = { programId: asking.programId, mentorIds: [asking.person('ada')] };
    expect((await asking.ask('PUT', `/v1/people/${asking.person('mia')}/recommendations`, body)).status).toBe(200);
    await asking.until(1, '12:00');
    expect(await asking.heard('mia')).toEqual([]);
    expect((await asking.post('mia', 'ada')).status).toBe(201);
  });

  it('R18 a mentee who asked nobody is nudged 3 and 10 days after joining; one who asked or has a pair is not', async () => {
    const asking = await openAsking(world, { mentees: ['mia', 'noa', 'pia', 'quinn'] });
    await asking.request('noa', 'ada');
    const people = { mentorId: asking.person('bo'), menteeId: asking.person('pia') };
    await world.call('POST', '/v1/pairs', { id: `${asking.id}_pair`, programId: asking.programId, ...people });
    await asking.until(5, '12:00');
    await asking.request('quinn', 'ada');
    await asking.until(12, '12:00');
    const nudges = async (name: string) => (await asking.heard(name)).filter((line) => line.includes('nudge'));
    // They joined on the day before the program's first one.
    expect(await nudges('mia')).toEqual(['2 09:00 no-request-nudge sent', '9 09:00 no-request-nudge sent']);
    expect([await nudges('noa'), await nudges('pia')]).toEqual([[], []]);
    expect(await nudges('quinn')).toEqual(['2 09:00 no-request-nudge sent']);
  });

  it('R18 a nudge that the mailbox keeps for the next day is withdrawn when the mentee asks before', async () => {
    const asking = await openAsking(world);
    await asking.until(2, '08:30');
    const sql = `
      insert into sends (id, person_id, channel, message_ids, state, exempt, priority, claimed_at, lease_until, provider)
      values ($1, $2, 'email', '{}', 'accepted', false, 2, $3, $3, 'outbox')`;
    await asking.execute(sql, `${asking.id}_send`, asking.person('mia'), new Date(asking.at(2, '08:30')));
    await asking.until(2, '12:00');
    expect(await asking.heard('mia')).toEqual(['2 09:00 no-request-nudge waiting']);
    await asking.request('mia', 'ada');
    await asking.until(4, '12:00');
    expect(await asking.heard('mia')).toEqual(['2 09:00 no-request-nudge withdrawn']);
  });

  it('R18 without a section for requests nobody is nudged, and requests work by the defaults', async () => {
    const asking = await openAsking(world);
    const staff = { operations: asking.person('ops') };
    const document = { name: 'Example', zone: asking.zone, staff, policy: { classWeek: {} } };
    await world.call('PUT', `/v1/programs/${asking.programId}`, document);
    const id = await asking.request('noa', 'ada');
    await asking.until(12, '12:00');
    expect(await asking.heard('mia')).toEqual([]);
    expect((await asking.heard('ada')).at(-1)).toBe('7 09:00 request-reminder sent');
    expect(await asking.status(id)).toBe('pending');
  });

  it('R18 inviting mentees while profiles of mentors are incomplete raises a warning', async () => {
    const asking = await openAsking(world);
    const body = { name: 'Zoe', programs: [{ programId: asking.programId, role: 'mentee' }] };
    expect((await asking.ask('PUT', `/v1/people/${asking.person('zoe')}`, body)).body.warnings).toEqual([]);
    await asking.putPerson('cy', 'mentor', { profileComplete: false });
    const { body: stored } = await asking.ask('PUT', `/v1/people/${asking.person('zoe')}`, body);
    expect(stored.warnings).toMatchObject([{ code: 'mentor_profiles_incomplete', programId: asking.programId }]);
  });

  it('R14 staff are prompted when too many requests wait for long, at most every 14 days', async () => {
    const mentees = Array.from({ length: 10 }, (_, n) => `m${n}`);
    const policy = { remindAfterDays: [], closeAfterDays: null, noRequestNudgeDays: [] };
    const asking = await openAsking(world, { mentees, policy });
    for (const name of mentees.slice(0, 4)) await asking.request(name, 'ada');
    await asking.until(9, '12:00');
    // Four are not enough, whatever their share.
    expect(await asking.heard('ops')).toEqual([]);
    await asking.request('m4', 'ada');
    await asking.until(16, '08:00');
    expect(await asking.heard('ops')).toEqual([]);
    await asking.until(17, '12:00');
    for (const name of ['ops', 'coord']) expect(await asking.heard(name)).toEqual(['17 09:02 pending-alert sent']);
    expect((await asking.words('ops'))[0]).toContain('5 of 5 pending requests');
    await asking.until(40, '12:00');
    expect(await asking.heard('ops')).toEqual(['17 09:02 pending-alert sent', '31 09:02 pending-alert sent']);
  });

  it('R14 the report tells mean and median time in pending by outcome, and apart from that the age of what is open', async () => {
    const asking = await openAsking(world, {
      mentees: ['mia', 'noa', 'pia', 'quinn'],
      policy: { noRequestNudgeDays: [] },
    });
    const ids = [];
    for (const name of ['mia', 'noa', 'pia', 'quinn']) ids.push(await asking.request(name, 'ada'));
    await asking.until(1, '10:00');
    await asking.answer(ids[0] as string, 'decline', 'ada', { reason: 'other' });
    await asking.until(2, '10:00');
    await asking.answer(ids[1] as string, 'decline', 'ada', { reason: 'other' });
    await asking.until(6, '10:00');
    await asking.answer(ids[2] as string, 'decline', 'ada', { reason: 'other' });
    const { body } = await asking.ask('GET', `/v1/reports/requests?programId=${asking.programId}`);
    const { outcomes, open } = body as {
      outcomes: Record<string, Record<string, number>>;
      open: Record<string, number>;
    };
    const days = (seconds: number | undefined) => Math.round(((seconds ?? 0) * 1000 * 100) / DAY) / 100;
    expect(Object.keys(outcomes)).toEqual(['declined']);
    expect([
      outcomes.declined?.count,
      days(outcomes.declined?.meanPendingSeconds),
      days(outcomes.declined?.medianPendingSeconds),
    ]).toEqual([3, 3, 2]);
    expect([open.count, days(open.meanAgeSeconds), days(open.oldestAgeSeconds)]).toEqual([1, 6, 6]);
    const accept = { authorization: `Bearer ${world.key}`, accept: 'text/csv' };
    const csv = await fetch(`${world.url}/v1/reports/requests?programId=${asking.programId}`, { headers: accept });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(
      (await csv.text())
        .split('\r\n')
        .slice(0, 3)
        .map((line) => line.split(',').slice(0, 2).join()),
    ).toEqual(['outcome,count', 'declined,3', 'open,1']);
  });
});

describe('minors, and people who are not to be in a pair', () => {
  it('R2 with a minor on either side mail carries no words of the other, the view masks contacts, and staff read all', async () => {
    const asking = await openAsking(world);
    await asking.putPerson('gil', 'guardian');
    await asking.putPerson('kim', 'mentee', { isMinor: true, guardian: 'gil' });
    const message = 'Write me at kim@example.com or 212-555-0199, see https://chat.example.net/kim. I love chess.';
    expect((await asking.post('kim', 'ada', { message })).body).toMatchObject({
      code: 'consent_missing',
      field: 'menteeId',
    });
    const consent = {
      granted: true,
      by: asking.person('gil'),
      source: 'form',
      wording: 'You may write.',
      at: new Date(await world.now()).toISOString(),
    };
    await world.call('PUT', `/v1/people/${asking.person('kim')}/consents/contact`, consent);
    const id = await asking.request('kim', 'ada', { message });
    expect((await asking.words('ada'))[0]).not.toMatch(/chess|kim@|0199/);
    expect(await asking.read(id)).toMatchObject({ message });
    const { key } = (await asking.ask('POST', '/v1/keys', { name: 'platform', scopes: ['read'] })).body;
    const shown = String((await asking.read(id, String(key))).message);
    expect(shown).toBe('Write me at [hidden] or [hidden], see [hidden] I love chess.');
    await asking.answer(id, 'accept', 'ada');
    expect((await asking.words('kim'))[0]).toContain('is now your mentor');
  });

  it('R5 accepting is refused while a minor lost the consent, or somebody was removed, held or is unconfirmed', async () => {
    const asking = await openAsking(world, { mentees: ['mia'] });
    await asking.putPerson('gil', 'guardian');
    await asking.putPerson('kim', 'mentee', { isMinor: true, guardian: 'gil' });
    const consent = (granted: boolean) => async () => {
      const at = new Date(await world.now()).toISOString();
      const body = { granted, by: asking.person('gil'), source: 'form', wording: 'Yes.', at };
      await world.call('PUT', `/v1/people/${asking.person('kim')}/consents/contact`, body);
    };
    await consent(true)();
    const id = await asking.request('kim', 'ada');
    await consent(false)();
    expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({
      code: 'consent_missing',
      field: 'menteeId',
    });
    await consent(true)();
    const enrolled = async (name: string, state: string) =>
      asking.execute('update enrolments set state = $2 where person_id = $1', asking.person(name), state);
    for (const [name, state, code] of [
      ['ada', 'unconfirmed', 'unconfirmed'],
      ['ada', 'removed', 'mentor_unavailable'],
      ['kim', 'removed', 'mentee_unavailable'],
      ['kim', 'optedOut', 'mentee_unavailable'],
    ] as const) {
      await enrolled(name, state);
      expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({ code });
      expect((await asking.post('kim', name === 'ada' ? 'ada' : 'bo')).status).not.toBe(201);
      await enrolled(name, 'active');
    }
    const opening = {
      kind: 'safety',
      personId: asking.person('ada'),
      programId: asking.programId,
      reason: 'concern',
      by: asking.person('ops'),
    };
    const held = await asking.ask('POST', '/v1/cases', opening);
    if (held.status === 201) {
      expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({ code: 'held' });
      const { key } = (await asking.ask('POST', '/v1/keys', { name: 'platform', scopes: ['read', 'command'] })).body;
      const told = await asking.ask('POST', `/v1/requests/${id}:accept`, { by: asking.person('ada') }, String(key));
      expect(told.body).toMatchObject({ code: 'mentor_unavailable' });
    }
    expect(held.status).toBe(201);
    expect(await asking.pairs()).toEqual([]);
    expect(await asking.status(id)).toBe('pending');
  });

  it('R1 R10 a request without words is refused; the same again while one is pending is that one, unchanged', async () => {
    const asking = await openAsking(world);
    for (const message of [undefined, '', '   ']) {
      expect(await asking.post('mia', 'ada', { message })).toMatchObject({
        status: 422,
        body: { code: 'message_required' },
      });
    }
    const id = await asking.request('mia', 'ada');
    const again = await asking.post('mia', 'ada', { message: 'Other words' });
    expect(again).toMatchObject({ status: 200, body: { id, message: 'May I learn from you?' } });
    const rows = await queryRows(world.database, 'select 1 from requests where program_id = $1', asking.programId);
    expect(rows).toHaveLength(1);
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent']);
  });

  it('R3 R4 what is pending is listed for mentor, mentee and staff; lowering the limit leaves it alone', async () => {
    const asking = await openAsking(world);
    const ids = [await asking.request('mia', 'ada'), await asking.request('mia', 'bo')];
    await asking.putProgram({ pendingLimit: 1 });
    const refused = await asking.post('mia', 'cy');
    expect(refused).toMatchObject({ status: 409, body: { code: 'pending_limit' } });
    expect([...(refused.body.openRequestIds as string[])].sort()).toEqual([...ids].sort());
    const listed = async (query: string) => {
      const { body } = await asking.ask('GET', `/v1/requests?programId=${asking.programId}&${query}`);
      return (body.items as Array<{ id: string }>).map(({ id }) => id).sort();
    };
    expect(await listed('status=pending')).toEqual([...ids].sort());
    expect(await listed(`mentorId=${asking.person('bo')}`)).toEqual([ids[1]]);
    expect(await listed(`menteeId=${asking.person('mia')}&status=pending`)).toEqual([...ids].sort());
    await asking.answer(ids[0] as string, 'decline', 'ada', { reason: 'other' });
    expect(await listed('status=declined')).toEqual([ids[0]]);
    expect((await asking.post('mia', 'cy')).status).toBe(409);
    await asking.answer(ids[1] as string, 'decline', 'bo', { reason: 'other' });
    expect((await asking.post('mia', 'cy')).status).toBe(201);
  });
});
