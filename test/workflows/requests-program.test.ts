import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../policy/time.ts';
import { openAsking } from '../support/asking.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

describe('what a program does about its requests', () => {
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
    expect((await asking.ask('PUT', `/v1/people/${asking.person('zoe')}`, body)).body.warnings).toBeUndefined();
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
