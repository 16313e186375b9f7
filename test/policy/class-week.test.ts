import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../policy/time.ts';
import { PairTerm } from './pair-term.ts';
import { entry, lesson, program, weekly } from './support.ts';

/** Class on Wednesdays at 10:00 in New York, from 9 September 2026: email Saturday 09:00, text Tuesday 16:00. */

const firstWeek = ['09-12T09:00 2026-09-09/class-email', '09-15T16:00 2026-09-09/class-text'];

describe('reminders of a class week', () => {
  it('W2 W3 a week without a word gets an email after three days and a text the day before the next class', () => {
    const term = new PairTerm();
    expect(term.run(term.local('2026-09-16', '09:59')).heard()).toEqual(firstWeek);
  });

  it('W1 W4 a lesson before the email slot means no message at all', () => {
    const term = new PairTerm();
    term.give(lesson(term.local('2026-09-12', '08:59'))).run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual([]);
    expect(term.skipped()).toEqual(['2026-09-09/class-email withdrawn']);
  });

  it('W4 completing between email and text cancels the text', () => {
    const term = new PairTerm();
    term.give(entry('message.sent', term.local('2026-09-15', '15:59'), { by: 'mentor' }));
    expect(term.run(term.local('2026-09-16', '09:59')).heard()).toEqual(firstWeek.slice(0, 1));
  });

  it('W1 the mentee writing completes nothing', () => {
    const term = new PairTerm();
    term.give(entry('message.sent', term.local('2026-09-10', '12:00'), { by: 'mentee' }));
    expect(term.run(term.local('2026-09-16', '09:59')).heard()).toEqual(firstWeek);
  });

  it('W1 a mentor is also known by the person id', () => {
    const term = new PairTerm();
    term.give(entry('message.sent', term.local('2026-09-10', '12:00'), { by: 'mentor_1' }));
    expect(term.run(term.local('2026-09-16', '09:59')).heard()).toEqual([]);
  });

  it('W1 completion lesson takes lessons only', () => {
    const term = new PairTerm({ policyDocument: program({ classWeek: { completion: 'lesson' } }) });
    term.give(entry('message.sent', term.local('2026-09-10', '12:00'), { by: 'mentor' }));
    expect(term.run(term.local('2026-09-13', '00:00')).heard()).toEqual(firstWeek.slice(0, 1));
    term.give(lesson(term.local('2026-09-13', '12:00'))).run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual(firstWeek.slice(0, 1));
  });

  it('W1 a retracted lesson counts for nothing, and names why the reminder goes after all', () => {
    const term = new PairTerm();
    const wrong = lesson(term.local('2026-09-10', '12:00'));
    term.give(wrong, lesson(term.local('2026-09-14', '12:00'), { retracts: wrong.ref }));
    term.run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual(['09-14T12:00 2026-09-09/class-email', '09-15T16:00 2026-09-09/class-text']);
    expect(term.rows.get('pair_17/2026-09-09/class-text')?.because.facts).toEqual([wrong.ref.split('~')[0]]);
  });

  it('W1 many messages in one hour complete both weeks that the hour touches', () => {
    const term = new PairTerm();
    const opening = term.local('2026-09-16', '10:00');
    for (const minutes of [-20, -15, -10, 5, 10, 15]) {
      term.give(entry('message.sent', opening + minutes * MINUTE, { by: 'mentor' }));
    }
    const view = term.run(term.local('2026-09-23', '12:00')).heard();
    expect(view).toEqual(firstWeek);
  });

  it('W1 a late lesson clears the streak and leaves the current week open', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-17', '12:00'));
    term.give(lesson(term.now, { sessionDate: '2026-09-09' })).run(term.local('2026-09-23', '09:59'));
    expect(term.heard().slice(2)).toEqual(['09-19T09:00 2026-09-16/class-email', '09-22T16:00 2026-09-16/class-text']);
  });

  it('W1 a lesson that names a session counts for that week only, whenever it was done', () => {
    const term = new PairTerm();
    term.give(lesson(term.local('2026-09-10', '12:00'), { sessionDate: '2026-09-16' }));
    term.run(term.local('2026-09-23', '09:59'));
    expect(term.heard()).toEqual(firstWeek);
  });

  it.each(['event first', 'timer first'])('W4 a lesson at the very instant of the text slot, %s', (order) => {
    const term = new PairTerm();
    const at = term.local('2026-09-15', '16:00');
    if (order === 'event first') term.giveFirst(lesson(at));
    else term.give(lesson(at));
    term.run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual(order === 'event first' ? firstWeek.slice(0, 1) : firstWeek);
  });

  it('W6 W13 after a missed week the next reminders have its wording, until a late lesson drops it', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-20', '12:00'));
    expect(term.heard().slice(2)).toEqual(['09-19T09:00 2026-09-16/class-email missed-week']);
    term.give(lesson(term.now, { sessionDate: '2026-09-09' })).run(term.local('2026-09-23', '09:59'));
    expect(term.heard().slice(3)).toEqual(['09-22T16:00 2026-09-16/class-text']);
  });

  it('W19 after an outage what expired is recorded, what is still in time goes once', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-09', '12:00')).sleepThrough(term.local('2026-09-15', '18:00'));
    term.run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual(['09-15T18:00 2026-09-09/class-text']);
    expect(term.skipped()).toEqual(['2026-09-09/class-email expired']);
  });

  it('W19 a long outage ends in records and one escalation, never in a burst', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-09', '12:00')).sleepThrough(term.local('2026-10-03', '12:00'));
    term.run(term.local('2026-10-07', '09:59'));
    expect(term.heard()).toEqual([]);
    expect(term.skipped().every((row) => row.endsWith('expired'))).toBe(true);
    expect(term.skipped()).toHaveLength(6);
    expect(term.open()).toEqual(['pair_17/2026-09-16/escalation']);
    const [made] = term.cases.values();
    expect(made?.details.missedDates).toEqual(['2026-09-09', '2026-09-16', '2026-09-23']);
  });

  it('W16 in a short gap the email is skipped and the text kept', () => {
    const calendar = weekly({ weeks: 1 });
    const sessions = ['2026-09-09', '2026-09-11', '2026-09-18'].map((date) => ({
      ...calendar.sessions[0]!,
      id: date,
      date,
    }));
    const term = new PairTerm({ calendar: { ...calendar, sessions } });
    term.run(term.local('2026-09-11', '09:59'));
    expect(term.heard()).toEqual(['09-10T16:00 2026-09-09/class-text']);
    expect(term.skipped()).toEqual(['2026-09-09/class-email window_too_short']);
  });

  it('W16 when the text slot is not before the class nothing is sent', () => {
    const policyDocument = program({ classWeek: { text: { daysBeforeNextSession: 0, at: '16:00' } } });
    const term = new PairTerm({ policyDocument });
    term.run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual([]);
    expect(term.skipped()).toEqual([
      '2026-09-09/class-email window_too_short',
      '2026-09-09/class-text window_too_short',
    ]);
  });

  it('W17 with no next session the email still goes, text and miss wait', () => {
    const term = new PairTerm({ calendar: weekly({ weeks: 1 }) });
    term.run(term.local('2026-11-01', '00:00'));
    expect(term.heard()).toEqual(firstWeek.slice(0, 1));
    expect(term.open()).toEqual([]);
  });

  it('W17 the end of the term closes the last window without a miss', () => {
    const term = new PairTerm({ calendar: weekly({ weeks: 2, endsOn: '2026-09-22' }) });
    term.run(term.local('2026-11-01', '00:00'));
    expect(term.heard()).toEqual([...firstWeek, '09-19T09:00 2026-09-16/class-email missed-week']);
    expect(term.open()).toEqual([]);
  });

  it('W17 a session that becomes known brings the text back', () => {
    const term = new PairTerm({ calendar: weekly({ weeks: 1 }) });
    term.run(term.local('2026-09-20', '12:00'));
    term.world.calendars.class_1 = { ...weekly({ weeks: 3, skip: ['2026-09-16'] }), version: 2 };
    term
      .give(entry('calendar.changed', term.now, { classId: 'class_1', version: 2 }))
      .run(term.local('2026-09-23', '09:59'));
    expect(term.heard()).toEqual([firstWeek[0], '09-22T16:00 2026-09-09/class-text']);
  });

  it('W18 a pair matched inside a window gets no reminder and no miss for it', () => {
    const calendar = weekly();
    const term = new PairTerm({ calendar, matchedAt: new PairTerm().local('2026-09-10', '12:00') });
    term.run(term.local('2026-09-30', '10:05'));
    expect(term.heard().slice(0, 2)).toEqual([
      '09-19T09:00 2026-09-16/class-email',
      '09-22T16:00 2026-09-16/class-text',
    ]);
    expect(term.open()).toEqual(['pair_17/2026-09-23/escalation']);
  });

  it('W22 a mentor with two pairs has a key for each', () => {
    const other = new PairTerm({ pairId: 'pair_18' });
    other.run(other.local('2026-09-23', '10:05'));
    expect(other.open()).toEqual(['pair_18/2026-09-16/escalation']);
  });

  it('W10 E2 history changes nothing that is said', () => {
    const term = new PairTerm();
    term.give(lesson(term.local('2026-09-10', '12:00'), {}, { history: true })).run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual(firstWeek);
  });

  it('S11 closing withdraws every planned step in the same decision', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-12', '08:00'));
    expect([...term.rows.values()].map((row) => row.state)).toEqual(['waiting']);
    term.give(entry('pair.closed', term.now, { reason: 'done' }));
    expect(term.skipped()).toEqual(['2026-09-09/class-email withdrawn']);
    expect(term.run(term.now + 20 * DAY).heard()).toEqual([]);
  });

  it('S11 W14 a pause withdraws what is planned, and nothing bursts when it ends by itself', () => {
    const term = new PairTerm();
    const until = term.local('2026-09-15', '17:00');
    term.give(entry('pair.paused', term.local('2026-09-12', '08:00'), { reason: 'trip', until }));
    term.run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual([]);
    term.run(term.local('2026-09-23', '12:00'));
    expect(term.heard()).toEqual(['09-19T09:00 2026-09-16/class-email', '09-22T16:00 2026-09-16/class-text']);
    expect(term.open()).toEqual([]);
  });

  it('W14 leave for any part of a week makes it neutral', () => {
    const term = new PairTerm();
    term.world.leaves.mentor_1 = { from: term.local('2026-09-14', '00:00'), until: term.local('2026-09-15', '00:00') };
    term.give(entry('person.changed', term.local('2026-09-10', '12:00'), { personId: 'mentor_1' }));
    term.run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual([]);
  });

  it('W14 an excused week asks for nothing, and a retracted excuse asks again', () => {
    const term = new PairTerm();
    const excuse = entry('week.excused', term.local('2026-09-10', '12:00'), {
      sessionDate: '2026-09-09',
      reason: 'ill',
    });
    term.give(excuse).run(term.local('2026-09-14', '12:00'));
    expect(term.heard()).toEqual([]);
    term.give(entry('week.excused', term.now, { retracts: excuse.ref })).run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual(['09-14T12:00 2026-09-09/class-email', '09-15T16:00 2026-09-09/class-text']);
  });

  it('V9 what was due before an import is neither said nor counted', () => {
    const local = new PairTerm().local;
    const term = new PairTerm({ matchedAt: 0, createdAt: local.call(new PairTerm(), '2026-09-26', '12:00') });
    term.run(term.local('2026-09-30', '10:05'));
    expect(term.heard()).toEqual(['09-29T16:00 2026-09-23/class-text']);
    expect(term.open()).toEqual([]);
    expect(term.skipped()).toEqual([]);
  });

  it('V7 a changed policy counts from the next window on', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-10', '12:00'));
    term.world.policies.push({
      at: term.now,
      document: program({ classWeek: { email: { daysAfterSession: 2, at: '10:00' } } }),
    });
    term.run(term.local('2026-09-23', '09:59'));
    const emails = term.heard().filter((key) => key.includes('email'));
    expect(emails).toEqual([firstWeek[0], '09-18T10:00 2026-09-16/class-email missed-week']);
    expect(term.ctx.policies.map((item) => item.version)).toEqual([1, 2]);
  });

  it('V7 applied at once it moves what is ahead and fires nothing for what is past', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-11', '12:00'));
    const classWeek = { email: { daysAfterSession: 1, at: '09:00' }, text: { daysBeforeNextSession: 2, at: '17:00' } };
    term.world.policies.push({ at: term.now, document: program({ classWeek }) });
    term.give(entry('policy.changed', term.now, { version: 2, applyNow: true })).run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual(['09-14T17:00 2026-09-09/class-text']);
  });

  it('V7 applied at once it takes away nothing that was due before', () => {
    const term = new PairTerm();
    term.run(term.local('2026-09-12', '08:00'));
    term.mailbox = () => ({
      sends: [{ at: term.local('2026-09-12', '08:00'), channel: 'email', priority: 1, exempt: false }],
    });
    term.run(term.local('2026-09-12', '12:00'));
    term.world.policies.push({ at: term.now, document: program({ classWeek: { text: { at: '17:00' } } }) });
    term.give(entry('policy.changed', term.now, { version: 2, applyNow: true })).run(term.local('2026-09-16', '09:59'));
    expect(term.heard()).toEqual(['09-13T07:00 2026-09-09/class-email', '09-15T17:00 2026-09-09/class-text']);
  });
});

describe('civil time', () => {
  it.each([
    ['America/New_York', '2026-10-28', ['10-31T09:00', '11-03T16:00']],
    ['America/New_York', '2027-03-10', ['03-13T09:00', '03-16T16:00']],
    ['Europe/Berlin', '2026-10-21', ['10-24T09:00', '10-27T16:00']],
    ['Europe/Berlin', '2027-03-24', ['03-27T09:00', '03-30T16:00']],
    ['Australia/Lord_Howe', '2026-09-30', ['10-03T09:00', '10-06T16:00']],
    ['Australia/Lord_Howe', '2027-03-31', ['04-03T09:00', '04-06T16:00']],
  ])('V8 in %s the reminders of the class on %s keep their wall-clock time over the change', (zone, first, times) => {
    const term = new PairTerm({ calendar: weekly({ zone, first, weeks: 3 }) });
    term.run(term.local(first, '10:00') + 6.9 * DAY);
    expect(term.heard().map((key) => key.slice(0, 11))).toEqual(times);
  });

  it('V8 a slot in the hour that does not exist is the first instant after it', () => {
    const policyDocument = program({
      classWeek: { email: { daysAfterSession: 4, at: '02:30' } },
      messaging: { quietHours: { email: ['00:00', '23:59'] } },
    });
    const term = new PairTerm({ calendar: weekly({ first: '2027-03-10', weeks: 2 }), policyDocument });
    term.run(term.local('2027-03-17', '09:00'));
    const row = term.rows.get('pair_17/2027-03-10/class-email');
    expect(row?.plannedFor).toBe(Date.parse('2027-03-14T07:00:00Z'));
    expect((row?.plannedFor ?? 0) % HOUR).toBe(0);
  });
});
