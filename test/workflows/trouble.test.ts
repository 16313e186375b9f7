import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, toRfc3339 } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { requestWorkflowId } from '../../workflows/ids.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm, type Term, type TermGiven } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

/** Pairs without class reminders: what they hear is about being in touch. */
function open(given: Partial<TermGiven> = {}): Promise<Term> {
  return openTerm(world, { policy: { contact: {}, requests: {} }, ...given });
}

function trouble(term: Term, by: string, option: string, pair?: string): Promise<string> {
  return term.event('contact.trouble', { by, option }, { pair });
}

async function cases(term: Term): Promise<unknown[]> {
  const { items } = (await world.call('GET', `/v1/cases?programId=${term.programId}`)) as {
    items: Array<Record<string, unknown>>;
  };
  return items.map(({ kind, option, state, outcome, assignee }) => ({ kind, option, state, outcome, assignee }));
}

function words(personId: string): Promise<string[]> {
  const sql = `select concat(subject, chr(10), body) as words from sends where person_id = $1 order by claimed_at, id`;
  return queryRows<{ words: string }>(world.database, sql, personId).then((rows) => rows.map((row) => row.words));
}

describe('trouble, live', () => {
  it('T3 T8 how to reach out: help at once, asked again after 7 days, and the case closes itself', async () => {
    const term = await open();
    await term.until(-1, '12:00');
    await trouble(term, term.person('mentee'), 'how_to_reach_out');
    const coordinator = term.person('coord');
    expect(await cases(term)).toEqual([
      { kind: 'trouble', option: 'how_to_reach_out', state: 'open', outcome: null, assignee: coordinator },
    ]);
    expect(await term.view()).toMatchObject({ state: 'active', openCases: [{ kind: 'trouble' }] });
    await term.until(6, '10:00');
    expect(await term.heard('mentee')).toEqual([
      '-1 12:00 email how-to-reach-out sent',
      '6 09:00 email how-to-reach-out/recheck sent',
    ]);
    expect(await term.heard('mentor')).toEqual([]);
    for (const mail of await words(term.person('mentee'))) expect(mail).toMatch(/This may help:\n- \S+/);
    await term.until(13, '09:30');
    expect(await cases(term)).toMatchObject([{ state: 'resolved', outcome: 'resolved' }]);
  });

  it('T4 talking to someone opens a case, and tells the reporter at once who will be in touch and by when', async () => {
    const term = await open();
    await term.until(-1, '23:00');
    await trouble(term, term.person('mentee'), 'talk_to_someone');
    expect(await cases(term)).toMatchObject([{ kind: 'trouble', option: 'talk_to_someone', state: 'open' }]);
    expect(await term.heard('mentee')).toEqual(['-1 23:00 email trouble-received sent']);
    expect((await words(term.person('mentee')))[0]).toMatch(/Name of coord will be in touch with you by Thursday/);
    await term.until(0, '01:00');
    expect(await term.heard('coord')).toEqual(['-1 23:02 email trouble-case sent']);
    expect((await words(term.person('coord')))[0]).toContain('Name of mentee would like to talk to someone');
    expect(await term.heard('mentor')).toEqual([]);
  });

  it('T5 a re-match closes the pair, is refused as a new one in the cooldown, and queues the reporter', async () => {
    const term = await open();
    await term.until(-1, '12:00');
    await trouble(term, 'mentee', 'rematch_me');
    expect(await term.view()).toMatchObject({ state: 'closed' });
    for (const role of ['mentor', 'mentee']) {
      expect(await term.heard(role)).toEqual(['-1 12:00 email pair-closed sent']);
      const [told] = await words(term.person(role));
      expect(told).not.toMatch(/asked|re-match|because/i);
    }
    expect(await cases(term)).toMatchObject([{ option: 'rematch_me', state: 'resolved', outcome: 'moot' }]);
    const eligible = toRfc3339(term.at(13, '12:00'));
    expect(await world.call('GET', `/v1/people/${term.person('mentee')}`)).toMatchObject({ rematchAfter: eligible });
    await term.putPerson('mentor2');
    const next = { id: term.pairId('next'), programId: term.programId, mentorId: term.person('mentor2') };
    const asked = { ...next, menteeId: term.person('mentee') };
    expect(await world.ask('/v1/pairs', asked)).toBe('rematch_cooldown');
    const waiting = (): Promise<unknown> => world.call('GET', `/v1/people?rematch=due&programId=${term.programId}`);
    expect(await waiting()).toMatchObject({ items: [] });
    await term.until(13, '12:01');
    expect(await waiting()).toMatchObject({ items: [{ id: term.person('mentee'), rematchAfter: eligible }] });
    await world.call('POST', '/v1/pairs', asked);
    expect(await waiting()).toMatchObject({ items: [] });
    expect(await world.call('GET', `/v1/people/${term.person('mentee')}`)).toMatchObject({ rematchAfter: null });
  });

  it('T6 a mentor who wants no other match is not to be matched again', async () => {
    const term = await open();
    await term.until(-1, '12:00');
    await trouble(term, term.person('mentor'), 'unmatch_no_rematch');
    expect(await term.view()).toMatchObject({ state: 'closed' });
    const mentor = await world.call('GET', `/v1/people/${term.person('mentor')}`);
    expect(mentor.availability).toMatchObject({ available: false, reason: 'no_rematch' });
    await term.putPerson('mentee2');
    const people = { mentorId: term.person('mentor'), menteeId: term.person('mentee2') };
    const asked = { programId: term.programId, ...people };
    expect(await world.ask('/v1/pairs', { id: term.pairId('next'), ...asked })).toBe('mentor_unavailable');
    const request = { id: `${term.id}_req`, ...asked, message: 'May I learn from you?' };
    expect(await world.ask('/v1/requests', request)).toBe('mentor_unavailable');
  });

  it('T2 a mentee who chooses that is refused, under either name', async () => {
    const term = await open();
    const event = (by: string) => ({
      ...{ specversion: '1.0', id: `${term.id}-refused`, source: 'platform', type: 'tandem.contact.trouble' },
      ...{ subject: term.pairId(), data: { by, option: 'unmatch_no_rematch' } },
    });
    for (const by of ['mentee', term.person('mentee')]) {
      const given = { ...event(by), time: toRfc3339(await world.now()) };
      expect(await world.ask('/v1/events', given)).toBe('validation');
    }
    expect(await cases(term)).toEqual([]);
  });

  it('T7 removing somebody closes all of their pairs, withdraws their requests, and stops every automated message', async () => {
    const term = await open();
    for (const role of ['mentee2', 'mentee3', 'mentor2']) await term.putPerson(role);
    await term.openPair('second', { mentee: 'mentee2' });
    const ask = { programId: term.programId, message: 'May I learn from you?' };
    const [asked, others] = [`${term.id}_req1`, `${term.id}_req2`];
    const people = (menteeId: string, mentorId: string) => ({
      menteeId: term.person(menteeId),
      mentorId: term.person(mentorId),
    });
    await world.call('POST', '/v1/requests', { id: asked, ...ask, ...people('mentee3', 'mentor') });
    await world.call('POST', '/v1/requests', { id: others, ...ask, ...people('mentee3', 'mentor2') });
    await term.until(-1, '12:00');
    const before = (await term.heard('mentor')).length;
    await trouble(term, term.person('mentor'), 'remove_me');
    for (const pair of ['pair', 'second']) expect(await term.view(pair)).toMatchObject({ state: 'closed' });
    expect(await world.call('GET', `/v1/requests/${asked}`)).toMatchObject({ status: 'closed_by_staff' });
    expect(await world.call('GET', `/v1/requests/${others}`)).toMatchObject({ status: 'pending' });
    expect(
      (await world.environment.client.workflow.getHandle(requestWorkflowId(term.programId, asked)).describe()).status
        .name,
    ).toBe('COMPLETED');
    const mentor = await world.call('GET', `/v1/people/${term.person('mentor')}`);
    expect(mentor.enrolment).toEqual([{ programId: term.programId, state: 'removed' }]);
    for (const role of ['mentee', 'mentee2']) {
      expect(await term.heard(role)).toEqual(['-1 12:00 email pair-closed sent']);
    }
    await world.advanceTo((await world.now()) + 40 * DAY);
    expect((await term.heard('mentor')).filter((line) => line.endsWith(' sent'))).toHaveLength(before);
    expect(await term.status()).toBe('COMPLETED');
  });

  it('T8 the stronger of two reports wins, on a closed pair too, in one case with both', async () => {
    const term = await open();
    await term.until(-1, '12:00');
    await trouble(term, 'mentee', 'talk_to_someone');
    await trouble(term, 'mentee', 'rematch_me');
    expect(await cases(term)).toMatchObject([{ option: 'rematch_me', state: 'resolved', outcome: 'moot' }]);
    await term.until(2, '12:00');
    await trouble(term, 'mentee', 'remove_me');
    expect(await cases(term)).toMatchObject([{ option: 'remove_me', state: 'resolved', outcome: 'moot' }]);
    const mentee = await world.call('GET', `/v1/people/${term.person('mentee')}`);
    expect(mentee).toMatchObject({ enrolment: [{ state: 'removed' }], rematchAfter: null });
  });

  it('T8 a report on a pair whose run has ended still acts', async () => {
    const term = await open();
    await term.until(-1, '12:00');
    await term.command('close', { reason: 'moved_away' });
    await term.until(40, '12:00');
    expect(await term.status()).toBe('COMPLETED');
    await trouble(term, 'mentee', 'remove_me');
    const mentee = await world.call('GET', `/v1/people/${term.person('mentee')}`);
    expect(mentee).toMatchObject({ enrolment: [{ state: 'removed' }] });
    expect(await cases(term)).toMatchObject([{ option: 'remove_me', outcome: 'moot' }]);
  });

  it('S4 T8 staff end a case with a removal, and it is carried out', async () => {
    const term = await open();
    await term.until(-1, '12:00');
    await trouble(term, 'mentee', 'talk_to_someone');
    const { items } = (await world.call('GET', `/v1/cases?programId=${term.programId}`)) as { items: [{ id: string }] };
    const outcome = { by: term.person('coord'), outcome: 'removed', personId: term.person('mentor') };
    const stranger = { ...outcome, personId: term.person('ops') };
    expect(await world.ask(`/v1/cases/${items[0].id}:resolve`, stranger)).toBe('validation');
    await world.call('POST', `/v1/cases/${items[0].id}:resolve`, outcome);
    await world.settle();
    expect(await term.view()).toMatchObject({ state: 'closed', openCases: [] });
    const mentor = await world.call('GET', `/v1/people/${term.person('mentor')}`);
    expect(mentor.enrolment).toEqual([{ programId: term.programId, state: 'removed' }]);
    expect(await term.heard('mentor')).toEqual([]);
    expect(await term.heard('mentee')).toContain('-1 12:00 email pair-closed sent');
  });
});

describe('flags, live', () => {
  it('T9 an immediate flag reaches its recipient by mail and text at once, in the middle of the night', async () => {
    const term = await open();
    await term.until(-1, '02:00');
    await term.event('flag.submitted', {
      by: 'mentee',
      topic: 'schedule',
      priority: 'immediate',
      text: 'Please call.',
    });
    expect(await cases(term)).toMatchObject([{ kind: 'flag', state: 'open' }]);
    expect(await term.heard('coord')).toEqual([
      '-1 02:00 sms trouble-case/immediate sent',
      '-1 02:00 email trouble-case/immediate sent',
    ]);
    expect(await term.heard('mentee')).toEqual(['-1 02:00 email trouble-received sent']);
    expect((await words(term.person('coord'))).join()).not.toContain('Please call.');
    const { items } = (await world.call('GET', `/v1/cases?programId=${term.programId}`)) as { items: [{ id: string }] };
    expect(await world.call('GET', `/v1/cases/${items[0].id}`)).toMatchObject({
      topic: 'schedule',
      priority: 'immediate',
      words: [{ field: 'text', text: 'Please call.' }],
    });
    expect(items[0]).not.toHaveProperty('words');
  });

  it('T9 M5 an immediate flag reaches a recipient without a phone once, by mail, and the text is left at it', async () => {
    const term = await open();
    await term.putPerson('coord', { phone: null });
    await term.until(-1, '02:00');
    await term.event('flag.submitted', { by: 'mentee', topic: 'schedule', priority: 'immediate' });
    await term.until(-1, '02:05');
    expect((await term.heard('coord')).sort()).toEqual([
      '-1 02:00 email trouble-case/immediate sent',
      '-1 02:00 sms trouble-case/immediate merged',
    ]);
    expect(await words(term.person('coord'))).toHaveLength(1);
  });
});

describe('what a program offers on the topic of a flag', () => {
  const resource = {
    title: 'When plans collide',
    url: 'https://mentors.example.org/plans',
    topics: ['schedule'],
    audience: 'mentee',
    locale: 'en',
  };
  const flag = { by: 'mentee', topic: 'schedule', priority: 'normal' };

  it('T9 is proposed to staff', async () => {
    const term = await open();
    await world.call('PUT', `/v1/programs/${term.programId}/resources/plans`, resource);
    await term.until(-1, '12:00');
    await term.event('flag.submitted', flag);
    await term.until(-1, '12:10');
    expect((await words(term.person('coord')))[0]).toMatch(
      /Topic: schedule\n.*You could propose:\n- When plans collide/s,
    );
    expect(await term.heard('mentee')).toEqual(['-1 12:00 email trouble-received sent']);
  });

  it('T9 is sent to its sender where the policy says so, with its address', async () => {
    const term = await open({ policy: { contact: { flagResources: 'send' } } as TermGiven['policy'] });
    await world.call('PUT', `/v1/programs/${term.programId}/resources/plans`, resource);
    await term.until(-1, '12:00');
    await term.event('flag.submitted', flag);
    await term.until(-1, '12:10');
    expect((await words(term.person('mentee')))[1]).toContain(`- ${resource.title} ${resource.url}`);
    expect((await words(term.person('coord')))[0]).not.toContain(resource.title);
  });
});

describe('the ongoing messages, live', () => {
  it('T1 T11 both are asked to log, and thanked once they have', async () => {
    const term = await open({ weeks: 12, endsAfterWeeks: 12 });
    const matched = Math.round((term.at(0, '12:00') - (await world.now())) / DAY);
    await term.until(14 - matched, '09:30');
    for (const role of ['mentor', 'mentee']) {
      expect(await term.heard(role)).toEqual([`${14 - matched} 09:00 email log-conversation sent`]);
    }
    for (const by of ['mentor', 'mentee', 'mentor']) await term.event('conversation.logged', { by });
    await term.event('conversation.logged', { by: 'mentor' });
    await world.advanceTo((await world.now()) + DAY);
    expect(await term.view()).toMatchObject({ conversations: 3 });
    expect((await term.heard('mentee')).at(-1)).toMatch(/celebrate sent$/);
    const records = await queryRows(
      world.database,
      `select kind from pair_records where pair_id = $1 and kind = 'conversation'`,
      term.pairId(),
    );
    expect(records).toHaveLength(3);
  });
});
