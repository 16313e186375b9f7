import { describe, expect, it } from 'vitest';
import { idOf } from '../../policy/pair/context.ts';
import { viewPair } from '../../policy/pair/view.ts';
import { DAY, HOUR, MINUTE } from '../../policy/time.ts';
import { PairTerm } from './pair-term.ts';
import { entry, lesson, program, type Setup, weekly, withSession } from './support.ts';

/** Class on Wednesdays at 10:00 from 9 September 2026; the second miss closes on 23 September at 10:00. */

const key = 'pair_17/2026-09-16/escalation';
const reminderOfThird = [
  '09-26T09:00 2026-09-23/class-email missed-week',
  '09-29T16:00 2026-09-23/class-text missed-week',
];

function escalated(setup: Setup = {}): PairTerm {
  const term = new PairTerm(setup);
  return term.run(term.local('2026-09-23', '10:05'));
}

function inThirdWeek(term: PairTerm): string[] {
  return term.heard().filter((line) => line.includes('2026-09-23/'));
}

describe('escalation of missed weeks', () => {
  it('W7 two missed weeks in a row open one case and one flag to coordinator and supervisor', () => {
    const term = escalated();
    expect(term.open()).toEqual([key]);
    expect(term.heard('coord')).toEqual(['09-23T10:02 2026-09-16/escalation-flag/coord']);
    expect(term.heard('sup')).toEqual(['09-23T10:02 2026-09-16/escalation-flag/sup']);
    expect(viewPair(term.state, term.now, term.ctx).classWeek).toMatchObject({
      missedStreak: 2,
      escalated: true,
      remindersPaused: true,
    });
  });

  it('W7 the grace is waited for, also a long one', () => {
    const term = new PairTerm({ policyDocument: program({ classWeek: { graceHours: 240 } }) });
    expect(term.run(term.local('2026-10-03', '09:59')).open()).toEqual([]);
    expect(term.run(term.local('2026-10-03', '10:00')).open()).toEqual([key]);
  });

  it('W8 two misses with a completed week between never escalate', () => {
    const term = new PairTerm();
    term.give(lesson(term.local('2026-09-17', '12:00'))).run(term.local('2026-09-30', '10:05'));
    expect(term.open()).toEqual([]);
  });

  it('W14 a neutral week between two misses does not keep them apart', () => {
    const term = new PairTerm();
    term.give(entry('week.excused', term.local('2026-09-17', '12:00'), { sessionDate: '2026-09-16' }));
    expect(term.run(term.local('2026-09-30', '10:05')).open()).toEqual(['pair_17/2026-09-23/escalation']);
  });

  it('W9 W11 while escalated nothing regular goes, and staff are prompted after 7, 14, 21 and 28 days', () => {
    const term = escalated();
    term.run(term.local('2026-10-21', '10:05'));
    expect(term.heard().filter((line) => line > '09-23')).toEqual([]);
    const prompts = (to: string): string[] =>
      term
        .heard(to)
        .filter((line) => line.includes('prompt'))
        .map((line) => line.slice(0, 11));
    expect(prompts('coord')).toEqual(['09-30T10:02', '10-14T10:02', '10-21T10:02']);
    expect(prompts('sup')).toEqual(['10-07T10:02', '10-14T10:02', '10-21T10:02']);
  });

  it('W11 S11 a prompt that falls into a pause of the pair comes once it is over, unless the next is at hand by then', () => {
    const prompts = (from: string, until: string | null): string[] => {
      const span = { reason: 'away', until: until === null ? null : term.local(until, '12:00') };
      term = escalated().give(entry('pair.paused', term.local(from, '12:00'), span));
      term.run(term.local('2026-10-08', '10:05'));
      return ['coord', 'sup']
        .flatMap((to) => term.heard(to).filter((line) => line.includes('prompt')))
        .map((line) => line.slice(0, 11));
    };
    let term = escalated();
    expect(prompts('2026-09-29', '2026-10-01')).toEqual(['10-01T12:02', '10-07T10:02']);
    expect(prompts('2026-09-29', '2026-10-08')).toEqual([]);
    expect(prompts('2026-09-29', null)).toEqual([]);
  });

  it.each([
    ['outreach by staff', 'outreach.recorded', { by: 'coord' }],
    ['outreach that names the case by its id', 'outreach.recorded', { by: 'coord', caseId: idOf('case', key) }],
    ['a resume by hand', 'reminders.resumed', { by: 'ops' }],
  ] as const)('W9 W10 %s lets the next future slot go, and nothing before it', (_name, type, data) => {
    const term = escalated();
    term.give(entry(type, term.local('2026-09-26', '12:00'), data)).run(term.local('2026-09-30', '09:59'));
    expect(inThirdWeek(term)).toEqual(reminderOfThird.slice(1));
    expect(term.open()).toEqual([key]);
    term.run(term.local('2026-10-30', '10:05'));
    expect(term.heard('coord').filter((line) => line.includes('prompt'))).toEqual([]);
  });

  it('W9 outreach about another case, or by the mentor, resumes nothing', () => {
    const term = escalated();
    term.give(entry('outreach.recorded', term.local('2026-09-24', '12:00'), { by: 'coord', caseId: 'case_other' }));
    term.give(entry('outreach.recorded', term.local('2026-09-24', '12:00'), { by: 'mentor_1' }));
    expect(inThirdWeek(term.run(term.local('2026-09-30', '09:59')))).toEqual([]);
  });

  it('W9 a retracted outreach pauses again', () => {
    const term = escalated();
    const outreach = entry('outreach.recorded', term.local('2026-09-24', '12:00'), { by: 'coord' });
    term.give(outreach, entry('outreach.recorded', term.local('2026-09-25', '12:00'), { retracts: outreach.ref }));
    expect(inThirdWeek(term.run(term.local('2026-09-30', '09:59')))).toEqual([]);
  });

  it('W9 a completed week resumes the reminders and proposes closing the case', () => {
    const term = escalated();
    term.give(lesson(term.local('2026-09-24', '12:00'))).run(term.local('2026-10-07', '09:59'));
    expect(term.heard().slice(4)).toEqual(['10-03T09:00 2026-09-30/class-email', '10-06T16:00 2026-09-30/class-text']);
    expect(term.cases.get(key)?.lines.map((line) => line.code)).toEqual(['week_completed_propose_closing']);
    expect(term.cases.get(key)?.details.streak).toBe(0);
  });

  it('W9 whileEscalated continue lets reminders go on, and prompts nobody', () => {
    const term = escalated({ policyDocument: program({ classWeek: { whileEscalated: 'continue' } }) });
    term.run(term.local('2026-10-30', '10:05'));
    expect(inThirdWeek(term)).toEqual(reminderOfThird);
    expect(term.heard('coord').filter((line) => line.includes('prompt'))).toEqual([]);
  });

  it('W9 W19 after an outage no reminder goes beside the escalation that pauses it', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-20', '12:00')).sleepThrough(term.local('2026-09-27', '12:00'));
    term.run(term.local('2026-09-30', '09:59'));
    expect(term.open()).toEqual([key]);
    expect(inThirdWeek(term)).toEqual([]);
  });

  it('W9 W10 a reminder that still waits when the grace ends is taken back, and not made up for on resuming', () => {
    const term = new PairTerm({ policyDocument: program({ classWeek: { graceHours: 72 } }) });
    term.mailbox = (person) =>
      person === 'mentor_1' ? { resumeAt: { email: term.local('2026-09-27', '09:00') } } : {};
    term.give(entry('outreach.recorded', term.local('2026-09-26', '11:00'), { by: 'coord' }));
    term.run(term.local('2026-09-30', '09:59'));
    expect(inThirdWeek(term)).toEqual(reminderOfThird.slice(1));
  });

  it('W12 more misses append to the open case, and after it is resolved two new ones open another', () => {
    const term = escalated();
    term.run(term.local('2026-09-30', '10:05'));
    expect(term.open()).toEqual([key]);
    expect(term.cases.get(key)?.lines).toEqual([{ code: 'missed_again', ref: '2026-09-23' }]);
    const resolved = { caseId: idOf('case', key), caseKey: key, caseKind: 'escalation' };
    term.give(entry('case.resolved', term.local('2026-10-01', '12:00'), resolved));
    expect(term.open()).toEqual([]);
    expect(term.run(term.local('2026-10-07', '10:05')).open()).toEqual([]);
    expect(term.run(term.local('2026-10-14', '10:05')).open()).toEqual(['pair_17/2026-10-07/escalation']);
    expect(term.heard('coord').filter((line) => line.includes('flag'))).toHaveLength(2);
  });

  it('W13 a completion that arrives late withdraws the escalation with one notice to each who got the flag', () => {
    const term = escalated();
    const late = lesson(term.local('2026-09-22', '12:00'), {}, { receivedAt: term.local('2026-09-24', '12:00') });
    term.give(late).run(term.local('2026-09-24', '13:00'));
    expect(term.open()).toEqual([]);
    expect(term.withdrawnCases.map((step) => [step.key, step.reason])).toEqual([[key, 'late_arrival']]);
    expect(term.heard('coord').slice(1)).toEqual(['09-24T12:02 2026-09-16/escalation-withdrawn/coord']);
    expect(term.heard('sup')).toHaveLength(2);
    term.run(term.local('2026-09-30', '09:59'));
    expect(inThirdWeek(term).map((line) => line.includes('missed'))).toEqual([false, false]);
  });

  it('W13 who had not got the flag yet gets neither flag nor notice', () => {
    const term = new PairTerm();
    const closing = term.local('2026-09-23', '10:00');
    term.give(lesson(closing - MINUTE, {}, { receivedAt: closing + MINUTE })).run(closing + DAY);
    expect(term.heard('coord')).toEqual([]);
    expect(term.skipped()).toContain('2026-09-16/escalation-flag/coord withdrawn');
    expect(term.skipped()).toContain('2026-09-16/escalation-withdrawn/coord withdrawn');
  });

  it('W13 a late lesson ends the pause and the streak, and leaves the case', () => {
    const term = escalated();
    term.give(lesson(term.local('2026-09-24', '12:00'), { sessionDate: '2026-09-16' }));
    expect(term.open()).toEqual([key]);
    expect(viewPair(term.state, term.now, term.ctx).classWeek).toMatchObject({
      missedStreak: 0,
      escalated: true,
      remindersPaused: false,
    });
    expect(inThirdWeek(term.run(term.local('2026-09-30', '09:59'))).map((line) => line.slice(0, 11))).toEqual([
      '09-26T09:00',
      '09-29T16:00',
    ]);
  });

  it('W13 a retraction that restores the misses escalates again with a flag of its own', () => {
    const term = escalated();
    const late = lesson(term.local('2026-09-22', '12:00'), {}, { receivedAt: term.local('2026-09-24', '12:00') });
    term
      .give(late, lesson(term.local('2026-09-25', '12:00'), { retracts: late.ref }))
      .run(term.local('2026-09-25', '13:00'));
    expect(term.open()).toEqual([`${key}-2`]);
    expect(term.heard('coord').map((line) => line.split('/')[1])).toEqual([
      'escalation-flag',
      'escalation-withdrawn',
      'escalation-flag-2',
    ]);
  });

  it('W13 the notice of a withdrawn escalation stands although the next misses escalate at once', () => {
    const term = escalated();
    term.run(term.local('2026-09-30', '10:05'));
    const late = lesson(term.local('2026-09-15', '12:00'), {}, { receivedAt: term.local('2026-09-30', '11:00') });
    term.give(late).run(term.local('2026-09-30', '12:00'));
    expect(term.open()).toEqual(['pair_17/2026-09-23/escalation']);
    const mails = term.heard('sup').map((line) => line.split('/').slice(0, 2).join('/').slice(12));
    expect(mails).toContain('2026-09-16/escalation-withdrawn');
    expect(mails).toContain('2026-09-23/escalation-flag');
  });

  it('W15 a session reported cancelled after the judgement withdraws the escalation', () => {
    const term = escalated();
    term.world.calendars.class_1 = withSession(weekly(), '2026-09-23', { state: 'cancelled' });
    term.give(entry('calendar.changed', term.local('2026-09-24', '12:00'), { classId: 'class_1', version: 2 }));
    expect(term.open()).toEqual([]);
    term.run(term.local('2026-09-29', '23:00'));
    expect(term.heard('coord').slice(1)).toEqual(['09-24T12:02 2026-09-16/escalation-withdrawn/coord']);
    expect(term.heard().slice(3)).toEqual(['09-22T16:00 2026-09-16/class-text missed-week']);
    term.run(term.local('2026-09-30', '10:05'));
    expect(term.open()).toEqual([`${key}-2`]);
  });

  it('W15 a session cancelled ahead merges two windows: no email again, and the text moves', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-14', '12:00'));
    term.world.calendars.class_1 = withSession(weekly(), '2026-09-16', { state: 'cancelled' });
    term
      .give(entry('calendar.changed', term.now, { classId: 'class_1', version: 2 }))
      .run(term.local('2026-09-23', '09:59'));
    expect(term.heard()).toEqual(['09-12T09:00 2026-09-09/class-email', '09-22T16:00 2026-09-09/class-text']);
  });

  it('W15 a moved session moves the text, and a slot that has passed goes at the next allowed time', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-14', '21:30'));
    term.world.calendars.class_1 = withSession(weekly(), '2026-09-16', { date: '2026-09-15', start: '11:00' });
    term
      .give(entry('calendar.changed', term.now, { classId: 'class_1', version: 2 }))
      .run(term.local('2026-09-15', '10:59'));
    expect(term.heard().slice(1)).toEqual(['09-15T09:00 2026-09-09/class-text']);
  });

  it('W18 a new class counts from its next session, and the open case keeps its dates', () => {
    const term = escalated();
    term.world.calendars.class_2 = weekly({ classId: 'class_2', first: '2026-09-10', weeks: 8 });
    term.give(entry('class.changed', term.local('2026-09-24', '12:00'), { classId: 'class_2' }));
    expect(term.open()).toEqual([key]);
    expect(term.cases.get(key)?.details.missedDates).toEqual(['2026-09-09', '2026-09-16']);
    expect(term.run(term.local('2026-10-01', '09:59')).heard()).toHaveLength(4);
  });

  it('W20 a case that staff open with a pause stops reminders and is prompted for until it is resolved', () => {
    const term = new PairTerm();
    const opened = { caseId: 'case_9', caseKey: null, caseKind: 'escalation', pauseReminders: true };
    term.give(entry('case.opened', term.local('2026-09-10', '12:00'), opened));
    term.run(term.local('2026-09-17', '12:05'));
    expect(term.heard()).toEqual([]);
    expect(term.heard('coord')).toEqual(['09-17T12:02 case_9/outreach-prompt-1/coord']);
    const resolved = { caseId: 'case_9', caseKey: null, caseKind: 'escalation' };
    term
      .give(entry('case.resolved', term.local('2026-09-18', '12:00'), resolved))
      .run(term.local('2026-09-23', '09:59'));
    expect(term.heard().map((line) => line.slice(0, 11))).toEqual(['09-19T09:00', '09-22T16:00']);
  });

  it.each(['event first', 'timer first'])(
    'W7 a lesson of the new week at the instant of escalation, %s, ends in the same',
    (order) => {
      const term = new PairTerm();
      const closing = term.local('2026-09-23', '10:00');
      if (order === 'event first') term.giveFirst(lesson(closing));
      else term.give(lesson(closing));
      term.run(term.local('2026-09-30', '09:59'));
      expect(term.open()).toEqual([key]);
      expect(inThirdWeek(term)).toEqual([]);
      expect(viewPair(term.state, term.now, term.ctx).classWeek).toMatchObject({
        complete: true,
        remindersPaused: false,
      });
    },
  );

  it('W20 a case that is reported opened twice is one case, with one prompt', () => {
    const term = new PairTerm();
    const opened = { caseId: 'case_9', caseKey: null, caseKind: 'escalation', pauseReminders: true };
    const at = term.local('2026-09-10', '12:00');
    term.give(entry('case.opened', at, opened), entry('case.opened', at + HOUR, opened)).run(at + 8 * DAY);
    expect(term.heard('coord')).toEqual(['09-17T12:02 case_9/outreach-prompt-1/coord']);
  });

  it('W7 one person who is coordinator and supervisor gets one flag', () => {
    const term = new PairTerm({ staff: { supervisor: 'coord' } });
    term.run(term.local('2026-09-23', '10:05'));
    expect(term.heard('coord')).toHaveLength(1);
    expect(term.heard('sup')).toEqual([]);
  });

  it('W7 after a change of staff a flag that went is not said again, and the case follows', () => {
    const term = escalated();
    term.give(entry('staff.changed', term.now + HOUR, { staff: { coordinator: 'coord_2' } })).run(term.now + 2 * DAY);
    expect(term.heard('coord_2')).toEqual([]);
    expect(term.cases.get(key)?.assignee).toBe('coord_2');
  });
});
