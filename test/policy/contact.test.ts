import { describe, expect, it } from 'vitest';
import { viewPair } from '../../policy/pair/view.ts';
import { type Partially, type Policy, withDefaults } from '../../policy/program.ts';
import { DAY, dateOf, HOUR, type Instant, instantOf } from '../../policy/time.ts';
import { PairTerm } from './pair-term.ts';
import { entry, newYork, program, type Setup } from './support.ts';

/** T1, T10, T11: the ongoing messages, and what is counted. */

const matchedAt = instantOf('2026-09-08', '12:00', newYork);

function term(contact: Partially<Policy['contact']> = {}, given: Setup = {}): PairTerm {
  const policyDocument = program({ contact: contact as Policy['contact'] });
  return new PairTerm({ calendar: null, matchedAt, policyDocument, ...given });
}

/** The instant of a civil time so many days after the match. */
function day(days: number, time = '12:00'): Instant {
  return instantOf(dateOf(matchedAt + days * DAY, newYork), time, newYork);
}

/** What a person was sent, as `day time template`. */
function heard(pair: PairTerm, to = 'mentor_1'): string[] {
  return pair.sent
    .filter((item) => item.to === to)
    .map(({ at, key }) => `${Math.round((at - day(0, '09:00')) / DAY)} ${key.split('/').at(-2)}`);
}

function talk(days: number, by = 'mentor', given = {}) {
  return entry('conversation.logged', day(days), { by }, given);
}

describe('T1 the ongoing messages', () => {
  it('T1 ask both to log their conversations once nothing was logged and nothing shows contact for 14 days', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 }).run(day(15));
    expect(heard(pair)).toEqual(['14 log-conversation']);
    expect(heard(pair, 'mentee_1')).toEqual(['14 log-conversation']);
    expect(pair.sent[0]?.at).toBe(day(14, '09:00'));
  });

  it.each([
    ['a conversation', 'conversation.logged', { by: 'mentee' }],
    ['a lesson', 'lesson.completed', { by: 'mentor' }],
    ['a message', 'message.sent', { by: 'mentee' }],
    ['a meeting', 'meeting.recorded', { by: 'mentor', occurred: true }],
    ['a meeting ahead', 'meeting.scheduled', {}],
  ] as const)('T1 %s puts them off for 14 days', (_name, type, data) => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    pair.give(entry(type, day(10), data)).run(day(23));
    expect(heard(pair)).toEqual([]);
    expect(heard(pair.run(day(25)))).toEqual(['24 log-conversation']);
  });

  it('T1 a meeting that did not take place, a survey or a flag is no contact', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    pair.give(
      entry('meeting.recorded', day(3), { by: 'mentor', occurred: false }),
      entry('survey.answered', day(4), { by: 'mentor', instrument: 'mqs', score: 5, scale: 5 }),
    );
    expect(heard(pair.run(day(15)))).toEqual(['14 log-conversation']);
  });

  it('T1 contact that comes after the message was decided and before its slot withdraws it', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    pair.give(entry('message.sent', day(13, '20:00'), { by: 'mentor' })).run(day(20));
    expect(heard(pair)).toEqual([]);
    expect(pair.skipped()).toContain(`${dateOf(day(14), newYork)}/log-conversation/mentor_1 withdrawn`);
  });

  it('T1 encourage where nothing at all has happened for 21 days, and only there', () => {
    const quiet = { logReminderDays: 300, flagInvitationDays: 300 };
    expect(heard(term(quiet).run(day(22)))).toEqual(['21 encourage-contact']);
    const touched = term(quiet).give(entry('checkin.recorded', day(5), { respondent: 'mentee', mode: 'phone' }));
    expect(heard(touched.run(day(60)))).toEqual([]);
  });

  it('T1 invite to flag every 30 days, however well the pair does', () => {
    const pair = term();
    for (let week = 1; week <= 14; week++) pair.give(talk(7 * week));
    expect(heard(pair.run(day(100))).filter((line) => line.includes('flag'))).toEqual([
      '30 flag-invitation',
      '60 flag-invitation',
      '90 flag-invitation',
    ]);
    expect(heard(pair).filter((line) => line.includes('log') || line.includes('encourage'))).toEqual([]);
  });

  it('T1 keep a week apart from each other, and take turns', () => {
    const pair = term().run(day(100));
    expect(heard(pair)).toEqual([
      '14 log-conversation',
      '23 encourage-contact',
      '32 log-conversation',
      '41 flag-invitation',
      '50 encourage-contact',
      '59 log-conversation',
      '71 encourage-contact',
      '80 flag-invitation',
    ]);
  });

  it('T1 go three times in a row without a reaction, then staff get one task, with one mail, and nothing more goes', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 }).run(day(120));
    expect(heard(pair)).toEqual(['14 log-conversation', '28 log-conversation', '42 log-conversation']);
    const key = `pair_17/${dateOf(matchedAt, newYork)}/no-reaction`;
    expect(pair.open()).toEqual([key]);
    expect(pair.cases.get(key)).toMatchObject({
      caseKind: 'task',
      reason: 'no_reaction_to_log_conversation',
      assignee: 'coord',
      openedAt: day(56, '09:00'),
      lines: [{ code: 'no_reaction_to_log_conversation', ref: 'mentee_1' }],
    });
    expect(pair.sent.filter((item) => item.to === 'coord').map(({ at }) => at)).toEqual([day(56, '09:02')]);
  });

  it('T1 a whole silence is one task, however many messages go unanswered', () => {
    const pair = term().run(day(300));
    expect(pair.open()).toHaveLength(1);
    const [task] = [...pair.cases.values()];
    expect(task?.lines).toHaveLength(5);
    expect(heard(pair, 'coord')).toHaveLength(1);
    for (const to of ['mentor_1', 'mentee_1']) expect(heard(pair, to)).toHaveLength(9);
  });

  it('T1 contact ends the task, begins the count anew, and another silence is another task', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 }).give(talk(60));
    expect(pair.open()).toEqual([]);
    pair.run(day(60 + 57));
    expect(heard(pair).slice(3)).toEqual(['74 log-conversation', '88 log-conversation', '102 log-conversation']);
    expect(pair.open()).toEqual([`pair_17/${dateOf(day(60), newYork)}/no-reaction`]);
  });

  it('T1 a reaction of one person counts for that person alone', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    pair.give(entry('survey.answered', day(43), { by: 'mentor', instrument: 'mqs', score: 5, scale: 5 }));
    pair.run(day(57));
    expect(heard(pair)).toEqual(['14', '28', '42', '56'].map((at) => `${at} log-conversation`));
    expect(heard(pair, 'mentee_1')).toHaveLength(3);
    expect([...pair.cases.values()].map(({ lines }) => lines)).toEqual([[]]);
  });

  it('T1 staff who have done the task are not asked again before the two were in touch', () => {
    const pair = term().run(day(95));
    const [key] = pair.open();
    pair.give(
      entry('case.resolved', day(96), { caseId: 'case_1', caseKey: key ?? '', caseKind: 'task', outcome: 'resolved' }),
    );
    expect(pair.run(day(300)).open()).toEqual([]);
  });

  it('S11 nothing goes in a pause, and nothing bursts after it', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    pair.give(entry('pair.paused', day(10), { reason: 'holidays', until: day(35) })).run(day(60));
    expect(heard(pair)).toEqual(['42 log-conversation', '56 log-conversation']);
  });

  it('S11 a pause that begins between decision and slot withdraws the message, which then counts for nothing', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300, repeatAtMost: 1 });
    pair.give(entry('pair.paused', day(14, '08:00'), { reason: 'holidays', until: day(15) })).run(day(43));
    expect(heard(pair)).toEqual(['28 log-conversation']);
    expect(pair.cases.get(`pair_17/${dateOf(matchedAt, newYork)}/no-reaction`)?.openedAt).toBe(day(42, '09:00'));
  });

  it('V9 a pair that was matched long ago begins with what is due next, and counts the contact that it came with', () => {
    const createdAt = day(100);
    const only = { encourageDays: 300, flagInvitationDays: 300 };
    expect(heard(term(only, { createdAt }).run(day(130)))).toEqual(['112 log-conversation', '126 log-conversation']);
    const touched = term(only, { createdAt, history: { lastContactAt: day(95) } });
    expect(heard(touched.run(day(120)))).toEqual(['109 log-conversation']);
  });

  it('V9 a pair that came with meetings or conversations is not encouraged to begin', () => {
    const quiet = { logReminderDays: 300, flagInvitationDays: 300 };
    expect(heard(term(quiet, { history: { conversations: 1 } }).run(day(60)))).toEqual([]);
  });

  it('V7 a new policy moves what comes, and nothing fires for slots before it', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    const sooner = program({ contact: { logReminderDays: 7, encourageDays: 300, flagInvitationDays: 300 } });
    pair.world.policies.push({ at: day(10), document: sooner });
    pair.give(entry('policy.changed', day(10), { version: 2, applyNow: true })).run(day(20));
    expect(heard(pair)).toEqual(['14 log-conversation']);
  });

  it('V7 without the section nothing more goes, and what waits is withdrawn', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    pair.world.policies.push({ at: day(13), document: program({ classWeek: {} }) });
    pair.give(entry('policy.changed', day(13, '20:00'), { version: 2, applyNow: true })).run(day(60));
    expect(heard(pair)).toEqual([]);
    expect(viewPair(pair.state, day(60), pair.ctx)).toMatchObject({ conversations: 0 });
  });

  it('V2 the plan shows what both are to hear, and what cancels it', () => {
    const pair = term().run(day(1));
    const next = (viewPair(pair.state, day(8), pair.ctx).next as Array<Record<string, unknown>>)[0];
    expect(next).toMatchObject({ template: 'log-conversation', unless: 'any contact before then' });
  });

  it('E2 a conversation that is told too late is counted and puts nothing off', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    pair.give(talk(2, 'mentor', { receivedAt: day(12), history: true })).run(day(15));
    expect(heard(pair)).toEqual(['14 log-conversation']);
    expect(viewPair(pair.state, day(15), pair.ctx)).toMatchObject({ conversations: 1 });
  });

  it('T1 a mail that waits for a full day is given up before it comes close to the next one', () => {
    const pair = term({ encourageDays: 300, flagInvitationDays: 300 });
    // Every day has its one message already.
    pair.mailbox = () => ({
      sends: Array.from({ length: 100 }, (_, days) => ({
        at: day(days, '08:00'),
        channel: 'email' as const,
        priority: 0,
        exempt: false,
      })),
    });
    pair.run(day(20));
    expect(heard(pair)).toEqual([]);
    const row = [...pair.rows.values()].find(({ personId }) => personId === 'mentor_1');
    expect([row?.reason, row?.expiresAt]).toEqual(['capped', day(15, '21:00')]);
  });
});

describe('T10 T11 conversations', () => {
  function count(pair: PairTerm): unknown {
    return viewPair(pair.state, pair.now, pair.ctx).conversations;
  }

  it('T10 reports of different people about one day merge, and two of one reporter are two', () => {
    const pair = term();
    pair.give(talk(3, 'mentor'), talk(3, 'mentee'), talk(3, 'mentor'));
    expect(count(pair)).toBe(2);
    pair.give(talk(4, 'mentee_1'));
    expect(count(pair)).toBe(2);
    pair.give(talk(6, 'mentee'));
    expect(count(pair)).toBe(3);
  });

  it('T10 what is taken back counts no more, and what came with the pair does', () => {
    const pair = term({}, { history: { conversations: 4 } });
    const wrong = talk(3);
    pair.give(wrong, talk(9));
    expect(count(pair)).toBe(6);
    pair.give(entry('conversation.logged', day(10), { retracts: wrong.ref }));
    expect(count(pair)).toBe(5);
  });

  it('T10 they are counted in a program without the section, and in one where meetings are held', () => {
    const off = new PairTerm({ calendar: null, matchedAt, policyDocument: program({ classWeek: {} }) });
    off.give(talk(2), entry('meeting.recorded', day(3), { by: 'mentor', occurred: true }));
    expect(count(off)).toBe(1);
  });

  it('T10 each is a record with the voices that told of it', () => {
    const pair = term().give(talk(3, 'mentor'), talk(4, 'mentee'));
    const set = pair.decisions.at(-1)?.decision.records.find(({ kind }) => kind === 'conversation');
    expect(set?.items).toMatchObject([
      { day: dateOf(day(3), newYork), data: { at: day(3), reports: [{ by: 'mentor' }, { by: 'mentee' }] } },
    ]);
  });

  it('T11 the third is thanked for once, both of them, whatever is corrected afterwards', () => {
    const pair = term();
    const third = talk(9);
    pair.give(talk(1), talk(5), third).run(day(9, '12:01'));
    pair.give(entry('conversation.logged', day(9, '12:01'), { retracts: third.ref }));
    pair.give(talk(12), talk(15), talk(18)).run(day(30));
    for (const to of ['mentor_1', 'mentee_1']) {
      expect(heard(pair, to).filter((line) => line.includes('celebrate'))).toEqual(['9 celebrate']);
    }
  });

  it('T11 three that came with the pair, or too late, are not thanked for', () => {
    const known = term({}, { history: { conversations: 3 } })
      .give(talk(1), talk(5))
      .run(day(8));
    expect(heard(known).filter((line) => line.includes('celebrate'))).toEqual([]);
    const late = term().give(talk(10), talk(11), talk(1, 'mentor', { receivedAt: day(12), history: true }), talk(14));
    expect(heard(late.run(day(15))).filter((line) => line.includes('celebrate'))).toEqual([]);
    expect(count(late)).toBe(4);
  });

  it('T11 two that came with the pair and one that is logged here are thanked for', () => {
    const pair = term({}, { history: { conversations: 2 } })
      .give(talk(1))
      .run(day(2));
    expect(heard(pair)).toEqual(['1 celebrate']);
  });
});

it('the defaults of the section are those that the tests above rest on', () => {
  expect(withDefaults({ name: 'x', zone: newYork, policy: { contact: {} } }).policy.contact).toMatchObject({
    logReminderDays: 14,
    encourageDays: 21,
    repeatAtMost: 3,
    flagInvitationDays: 30,
    celebrateAtConversations: 3,
  });
  expect(day(1) - day(0)).toBe(24 * HOUR);
});
