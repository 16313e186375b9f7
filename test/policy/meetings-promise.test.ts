import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../policy/event.ts';
import { idOf } from '../../policy/pair/context.ts';
import { compactPair, decide, holdsOf } from '../../policy/pair/decide.ts';
import { applyEvent } from '../../policy/pair/state.ts';
import { tracks } from '../../policy/pair/tracks/index.ts';
import { viewPair } from '../../policy/pair/view.ts';
import type { MeetingPromise, MeetingsPolicy } from '../../policy/sections/meetings.ts';
import { addDays, DAY, HOUR, MINUTE } from '../../policy/time.ts';
import { at, days, documentWith, lateBy, meetingTerm, met, retraction, termOf, weekly } from './meeting-term.ts';
import type { PairTerm } from './pair-term.ts';
import { entry, type Setup } from './support.ts';

/** Matched on Monday, 5 October; weeks are judged on the Thursday after them, on 15 October first. */

const perWeek = (meetings: number): MeetingPromise => ({ kind: 'count', meetings, per: 'week' });
const perMonth = (meetings: number): MeetingPromise => ({ kind: 'count', meetings, per: 'month' });
const hoursPerMonth = (hours: number): MeetingPromise => ({ kind: 'hours', hours, per: 'month' });

function promiseTerm(
  promise: MeetingPromise = weekly,
  given: Setup & { matchedOn?: string } = {},
  section: Partial<MeetingsPolicy> = {},
): PairTerm {
  return meetingTerm({ promise, ...section }, given);
}

function keyFrom(date: string): string {
  return `pair_17/${date}/promise-broken`;
}

/** The days on which the coordinator was told of broken promises. */
function told(term: PairTerm): string[] {
  return days(term, 'coord', '/promise-broken');
}

function caseOf(term: PairTerm, date: string) {
  return term.cases.get(keyFrom(date));
}

function lines(term: PairTerm, date: string): string[] {
  return (caseOf(term, date)?.lines ?? []).map(({ code, ref }) => `${code} ${ref}`);
}

function resolved(term: PairTerm, date: string, on: string): PairTerm {
  const caseKey = keyFrom(date);
  const about = { caseId: idOf('case', caseKey), caseKey, caseKind: 'promise-broken', outcome: 'resolved' };
  return term.give(entry('case.resolved', at(on), about));
}

function records(term: PairTerm): Array<Record<string, unknown>> {
  const { state, now, ctx } = term;
  const sets = tracks.meetings.records?.(state.tracks.meetings, now, ctx, holdsOf(state, now, ctx)) ?? [];
  return sets.filter(({ kind }) => kind === 'promise').flatMap(({ items }) => items.map(({ data }) => data));
}

function recordFrom(term: PairTerm, date: string): Record<string, unknown> | undefined {
  return records(term).find(({ from }) => from === date);
}

/** What is promised in the period that begins on a day. */
function promised(term: PairTerm, from: string): unknown {
  return recordFrom(term, from)?.promised;
}

function weeksOf(term: PairTerm, dates: string[]): PairTerm {
  return term.give(...dates.map((date) => met('mentor', at(date))));
}

describe('the promise of a program', () => {
  it('K9 a week without a meeting opens one case and one mail for the coordinator, three days after it ends', () => {
    const term = promiseTerm();
    expect(term.run(at('2026-10-15', '07:59')).open()).toEqual([]);
    term.run(at('2026-10-15', '08:05'));
    expect(term.open()).toEqual([keyFrom('2026-10-05')]);
    expect(caseOf(term, '2026-10-05')).toMatchObject({
      caseKind: 'promise-broken',
      assignee: 'coord',
      supervisor: 'sup',
      openedAt: at('2026-10-15', '08:00'),
    });
    expect(told(term)).toEqual(['10-15T08:02']);
    const [row] = [...term.rows.values()].filter(({ template }) => template === 'promise-broken');
    expect(row?.fields).toMatchObject({
      from: '2026-10-05',
      to: '2026-10-11',
      kind: 'count',
      promised: 1,
      held: 0,
      inRow: 1,
    });
    expect([term.heard('mentor_1'), term.heard('mentee_1'), term.heard('sup')]).toEqual([[], [], []]);
  });

  it('K9 a week with its meeting is kept, whoever reported it; a planned or contradicted one keeps nothing', () => {
    expect(
      promiseTerm()
        .give(met('mentee', at('2026-10-11', '23:30')))
        .run(at('2026-10-16'))
        .open(),
    ).toEqual([]);
    const planned = entry('meeting.scheduled', at('2026-10-06'), { at: at('2026-10-08') });
    expect(promiseTerm().give(planned).run(at('2026-10-16')).open()).toHaveLength(1);
    const term = promiseTerm().give(
      met('mentor', at('2026-10-06')),
      met('mentee', at('2026-10-06'), { occurred: false }),
    );
    expect(term.run(at('2026-10-16')).open()).toContain(keyFrom('2026-10-05'));
  });

  it('K9 K10 two voices of one meeting are one meeting', () => {
    const both = [met('mentor', at('2026-10-06')), met('mentee', at('2026-10-07'))];
    expect(
      promiseTerm(perWeek(2))
        .give(...both)
        .run(at('2026-10-16'))
        .open(),
    ).toHaveLength(1);
    const again = met('mentor', at('2026-10-08'));
    expect(
      promiseTerm(perWeek(2))
        .give(...both, again)
        .run(at('2026-10-16'))
        .open(),
    ).toEqual([]);
  });

  it('K9 a meeting belongs to the week of its civil day, also in the weeks in which the clock changes', () => {
    const term = promiseTerm();
    weeksOf(term, ['2026-10-06', '2026-10-13', '2026-10-20']);
    // The last hour of the week of 169 hours that ends on 1 November, and the first of the next.
    term.give(met('mentor', at('2026-11-01', '23:30'), {}, { receivedAt: at('2026-11-02', '09:00') }));
    term.run(at('2026-11-06', '12:00'));
    expect(recordFrom(term, '2026-10-26')).toMatchObject({ to: '2026-11-01', held: 1, broken: false });
    term.run(at('2026-11-13', '12:00'));
    expect(term.open()).toEqual([keyFrom('2026-11-02')]);
    expect(recordFrom(term, '2026-10-26')?.judgedAt).toBe(at('2026-11-05', '08:00'));
    const spring = promiseTerm(weekly, { matchedOn: '2027-03-08' });
    spring.give(met('mentor', at('2027-03-14', '23:30'), {}, { receivedAt: at('2027-03-15', '09:00') }));
    expect(spring.run(at('2027-03-19')).open()).toEqual([]);
  });

  it('M4 a judgement that falls on a weekend goes with the list of Monday, in the program zone', () => {
    const term = promiseTerm(weekly, {}, { graceDays: 5 });
    expect(told(term.run(at('2026-10-20')))).toEqual(['10-19T08:02']);
  });

  it('K9 hours are counted by the longest voice of each meeting', () => {
    const term = promiseTerm(hoursPerMonth(3), { matchedOn: '2026-10-01' });
    term.give(met('mentor', at('2026-10-06'), { minutes: 60 }), met('mentee', at('2026-10-06'), { minutes: 90 }));
    term.give(met('mentor', at('2026-10-20'), { minutes: 89 }), met('mentor', at('2026-10-21')));
    term.run(at('2026-11-05'));
    expect(recordFrom(term, '2026-10-01')).toMatchObject({
      kind: 'hours',
      promised: 3,
      held: 3,
      minutes: 179,
      broken: true,
    });
    const kept = promiseTerm(hoursPerMonth(3), { matchedOn: '2026-10-01' });
    kept.give(met('mentor', at('2026-10-06'), { minutes: 90 }), met('mentor', at('2026-10-20'), { minutes: 90 }));
    expect(recordFrom(kept.run(at('2026-11-05')), '2026-10-01')).toMatchObject({ minutes: 180, broken: false });
  });
});

describe('periods that are not whole', () => {
  it.each([
    ['2026-10-05', perWeek(1), '2026-10-05', 1],
    ['2026-10-06', perWeek(1), '2026-10-06', 0],
    ['2026-10-08', perWeek(2), '2026-10-08', 1],
    ['2026-10-11', perWeek(7), '2026-10-11', 1],
    ['2026-10-01', perMonth(4), '2026-10-01', 4],
    ['2026-10-02', perMonth(4), '2026-10-02', 3],
    ['2026-10-16', perMonth(4), '2026-10-16', 2],
    ['2026-10-17', hoursPerMonth(4), '2026-10-17', Math.floor((15 * 240) / 31) / 60],
  ])(
    'K9 a pair matched on %s is promised its share of the first period, rounded down',
    (matchedOn, promise, from, share) => {
      const term = promiseTerm(promise, { matchedOn }).run(at(addDays(matchedOn, 1)));
      expect(promised(term, from)).toBe(share);
    },
  );

  it('K9 where nothing is promised nothing is judged', () => {
    const term = promiseTerm(weekly, { matchedOn: '2026-10-06' }).run(at('2026-10-16'));
    expect(term.open()).toEqual([]);
    expect(recordFrom(term, '2026-10-06')).toMatchObject({ promised: 0, broken: null });
  });

  it('K9 the last period counts up to the end of the match, and nothing is judged after it', () => {
    const term = promiseTerm(perWeek(7)).give(entry('pair.closed', at('2026-10-07'), { reason: 'done' }));
    term.run(at('2026-11-01'));
    expect([term.open(), told(term)]).toEqual([[], []]);
    expect(recordFrom(term, '2026-10-05')).toMatchObject({ promised: 3, broken: null });
  });

  it.each([
    ['a pause', entry('pair.paused', at('2026-10-06', '09:00'), { reason: 'away', until: at('2026-10-08', '09:00') })],
    ['trouble', entry('contact.trouble', at('2026-10-06'), { by: 'mentor', option: 'talk_to_someone' })],
  ])('K9 the days of %s are left out', (name, event) => {
    const term = termOf({ meetings: { promise: perWeek(7) }, contact: {} }, {})
      .give(event)
      .run(at('2026-10-09'));
    expect(promised(term, '2026-10-05')).toBe(name === 'a pause' ? 4 : 1);
  });

  it('K9 K6 the days of an open safety case are left out', () => {
    const worry = { respondent: 'mentee', mode: 'phone', by: 'coord', safetyConcern: true };
    const term = promiseTerm(perWeek(7))
      .give(entry('checkin.recorded', at('2026-10-07'), worry))
      .run(at('2026-10-09'));
    expect(promised(term, '2026-10-05')).toBe(2);
  });

  it('K9 a pause that ends as it begins excuses nothing', () => {
    const pause = entry('pair.paused', at('2026-10-06'), { reason: 'mistaken', until: at('2026-10-06') });
    expect(promised(promiseTerm(perWeek(7)).give(pause).run(at('2026-10-07')), '2026-10-05')).toBe(7);
  });

  it("K9 the days of the mentor's leave are left out, and a week of one meeting with any of them is not judged", () => {
    const leave = { from: at('2026-10-09', '00:00'), until: at('2026-10-10', '00:00') };
    const mentor = { id: 'mentor_1', leave, isMinor: false, guardianId: null };
    expect(promised(promiseTerm(perWeek(7), { mentor }).run(at('2026-10-09')), '2026-10-05')).toBe(6);
    expect(promiseTerm(weekly, { mentor }).run(at('2026-10-16')).open()).toEqual([]);
  });

  it('K9 class reminders that are paused excuse nobody', () => {
    const opened = { caseId: 'case_1', caseKey: null, caseKind: 'escalation', pauseReminders: true };
    const term = termOf({ meetings: { promise: weekly }, classWeek: {} }).give(
      entry('case.opened', at('2026-10-06'), opened),
    );
    expect(term.run(at('2026-10-16')).open()).toEqual([keyFrom('2026-10-05')]);
  });

  it('K9 days that are excused twice are left out once', () => {
    const pause = entry('pair.paused', at('2026-10-06', '09:00'), { reason: 'away', until: at('2026-10-08', '09:00') });
    const leave = { from: at('2026-10-07', '00:00'), until: at('2026-10-09', '00:00') };
    const mentor = { id: 'mentor_1', leave, isMinor: false, guardianId: null };
    const term = promiseTerm(perWeek(7), { mentor }).give(pause).run(at('2026-10-09'));
    expect(promised(term, '2026-10-05')).toBe(4);
  });
});

describe('judging once', () => {
  it('K9 a report that comes before the judgement counts, and a later one changes the record alone', () => {
    const report = (receivedAt: number) => met('mentor', at('2026-10-08'), {}, { receivedAt });
    const judged = at('2026-10-15', '08:00');
    expect(
      promiseTerm()
        .give(report(judged - MINUTE))
        .run(judged + DAY)
        .open(),
    ).toEqual([]);
    const term = promiseTerm()
      .give(report(judged + MINUTE))
      .run(judged + DAY);
    expect(term.open()).toEqual([keyFrom('2026-10-05')]);
    expect(recordFrom(term, '2026-10-05')).toMatchObject({ held: 1, broken: true });
    expect(viewPair(term.state, term.now, term.ctx).meetings).toBe(1);
  });

  it('K9 a retraction after the judgement breaks nothing', () => {
    const report = met('mentor', at('2026-10-06'));
    const term = promiseTerm()
      .give(report, retraction(report, at('2026-10-16')))
      .run(at('2026-10-17'));
    expect(term.open()).toEqual([]);
    expect(recordFrom(term, '2026-10-05')).toMatchObject({ held: 0, broken: false });
    const before = promiseTerm()
      .give(report, retraction(report, at('2026-10-14')))
      .run(at('2026-10-17'));
    expect(before.open()).toEqual([keyFrom('2026-10-05')]);
  });

  it('K9 a leave that becomes known after the judgement leaves the case as it is', () => {
    const term = promiseTerm().run(at('2026-10-23'));
    term.world.leaves.mentor_1 = { from: at('2026-10-05', '00:00'), until: at('2026-10-12', '00:00') };
    term.give(entry('person.changed', at('2026-10-24'), { personId: 'mentor_1' })).run(at('2026-10-24'));
    expect([term.open(), lines(term, '2026-10-05')]).toEqual([[keyFrom('2026-10-05')], ['broken_again 2026-10-12']]);
    expect(recordFrom(term, '2026-10-05')).toMatchObject({ broken: true });
    expect(told(term)).toEqual(['10-15T08:02']);
  });

  it('K9 E2 history counts for the pair and never against it', () => {
    const month = (...events: ReturnType<typeof met>[]) =>
      promiseTerm(perMonth(1), { matchedOn: '2026-10-01' })
        .give(...events)
        .run(at('2026-11-05'));
    const day = at('2026-10-06');
    expect(month(met('mentor', day, {}, lateBy(20, day))).open()).toEqual([]);
    expect(month(met('mentor', day), met('mentee', day, { occurred: false }, lateBy(20, day))).open()).toEqual([]);
    const report = met('mentor', day);
    expect(month(report, retraction(report, at('2026-10-20'), { history: true })).open()).toEqual([]);
    expect(month(report, retraction(report, at('2026-10-20'))).open()).toHaveLength(1);
  });

  /** The pair at an instant, with entries that came while nobody looked. */
  const lookedAt = (term: PairTerm, now: number, ...events: PairEvent[]) => {
    const state = events.reduce((before, event) => applyEvent(before, event, term.ctx, now).state, term.state);
    return decide(state, now, term.ctx).cases;
  };

  it('K9 what comes after the judgement comes too late, although nobody has said it yet', () => {
    const term = promiseTerm().run(at('2026-10-14'));
    const report = met('mentor', at('2026-10-08'), {}, { receivedAt: at('2026-10-15', '09:00') });
    expect(lookedAt(term, at('2026-10-15', '10:00'), report).map(({ key }) => key)).toEqual([keyFrom('2026-10-05')]);
  });

  it('K9 a week that was judged before staff resolved the case is part of what they resolved', () => {
    const term = promiseTerm().run(at('2026-10-21'));
    const caseKey = keyFrom('2026-10-05');
    const about = { caseId: idOf('case', caseKey), caseKey, caseKind: 'promise-broken', outcome: 'resolved' };
    expect(lookedAt(term, at('2026-10-23'), entry('case.resolved', at('2026-10-22', '09:00'), about))).toEqual([]);
    expect(lookedAt(term, at('2026-10-23'), entry('case.resolved', at('2026-10-22', '07:00'), about))).toHaveLength(1);
  });

  it('K9 after an outage what was to be judged is judged as it was to be', () => {
    const term = promiseTerm().sleepThrough(at('2026-10-23', '12:00'));
    expect(term.open()).toEqual([keyFrom('2026-10-05')]);
    expect(lines(term, '2026-10-05')).toEqual(['broken_again 2026-10-12']);
  });
});

describe('broken promises in a row', () => {
  it('K9 append to the one case, and are mailed again with every third in a row', () => {
    const term = promiseTerm().run(at('2026-11-27'));
    expect(term.open()).toEqual([keyFrom('2026-10-05')]);
    expect(lines(term, '2026-10-05')).toHaveLength(6);
    expect(told(term)).toEqual(['10-15T08:02', '10-29T08:02', '11-19T08:02']);
  });

  it('K9 a kept week ends the row and leaves the case', () => {
    const term = weeksOf(promiseTerm(), ['2026-10-20']).run(at('2026-11-20'));
    expect(term.open()).toEqual([keyFrom('2026-10-05')]);
    expect(lines(term, '2026-10-05')).toEqual([
      'broken_again 2026-10-12',
      'broken_again 2026-10-26',
      'broken_again 2026-11-02',
      'broken_again 2026-11-09',
    ]);
    expect(told(term)).toEqual(['10-15T08:02', '11-19T08:02']);
  });

  it('K9 an excused week neither ends a row nor adds to it', () => {
    const pause = entry('pair.paused', at('2026-10-12', '00:00'), { reason: 'away', until: at('2026-10-19', '00:00') });
    const term = promiseTerm().give(pause).run(at('2026-11-07'));
    expect(lines(term, '2026-10-05')).toEqual(['broken_again 2026-10-19', 'broken_again 2026-10-26']);
    expect(told(term)).toEqual(['10-15T08:02', '11-05T08:02']);
  });

  it('K9 staff who resolve the case end it, and the next broken week opens another with a mail', () => {
    const term = resolved(promiseTerm(), '2026-10-05', '2026-10-20');
    expect(term.open()).toEqual([]);
    term.run(at('2026-10-23'));
    expect(term.open()).toEqual([keyFrom('2026-10-12')]);
    expect(told(term)).toEqual(['10-15T08:02', '10-22T08:02']);
  });

  it('K9 a case that was resolved does not come back, however long ago', () => {
    const term = resolved(promiseTerm(), '2026-10-05', '2026-10-16');
    const weeks = Array.from({ length: 70 }, (_, week) => met('mentor', at('2026-10-13') + week * 7 * DAY));
    for (const [week, report] of weeks.entries()) {
      term.give(report);
      if (week % 5 === 0) term.state = compactPair(term.state, term.now, term.ctx);
    }
    expect(term.open()).toEqual([]);
    expect(decide(term.state, term.now, term.ctx).cases).toEqual([]);
  });

  it('K9 compacting changes neither the row nor the case, also in a year of them', () => {
    const plain = promiseTerm();
    const compacted = promiseTerm();
    for (let month = 1; month <= 14; month++) {
      const until = at('2026-10-05') + month * 30 * DAY;
      plain.run(until);
      compacted.run(until);
      compacted.state = compactPair(compacted.state, until, compacted.ctx);
    }
    expect(told(compacted)).toEqual(told(plain));
    expect(caseOf(compacted, '2026-10-05')).toEqual(caseOf(plain, '2026-10-05'));
    expect(records(compacted)).toEqual(records(plain));
    expect(JSON.stringify(compacted.state.tracks.meetings).length).toBeLessThan(3_000);
  });

  it('K9 a case that is said again long after its last broken week judges nothing anew', () => {
    const term = promiseTerm().run(at('2026-10-16'));
    for (let week = 0; week < 40; week++) {
      term.give(met('mentor', at('2026-10-13') + week * 7 * DAY));
      term.state = compactPair(term.state, term.now, term.ctx);
    }
    term.give(entry('staff.changed', term.now + DAY, { staff: { coordinator: 'other' } }));
    expect(caseOf(term, '2026-10-05')).toMatchObject({ assignee: 'other', lines: [] });
    expect(told(term.run(term.now + DAY))).toEqual(['10-15T08:02']);
  });

  it('K9 a grace of months is judged by reports that old, whatever is compacted meanwhile', () => {
    const term = promiseTerm(perMonth(2), { matchedOn: '2026-10-01' }, { graceDays: 150 });
    term.give(met('mentor', at('2026-10-02')), met('mentor', at('2026-10-30')));
    for (let month = 1; month <= 9; month++) {
      term.run(at('2026-10-05') + month * 30 * DAY);
      term.state = compactPair(term.state, term.now, term.ctx);
    }
    expect(term.open()).toEqual([keyFrom('2026-11-01')]);
  });

  it('K9 the case follows the staff of the pair', () => {
    const term = promiseTerm().run(at('2026-10-16'));
    term.give(entry('staff.changed', at('2026-10-17'), { staff: { coordinator: 'other' } }));
    expect(caseOf(term, '2026-10-05')?.assignee).toBe('other');
    expect(days(term.run(at('2026-10-18')), 'other', 'promise')).toEqual([]);
  });
});

describe('when a promise holds', () => {
  it('V9 a pair that becomes known later is promised its share from then on, and nothing before', () => {
    const term = promiseTerm(perWeek(7), { matchedOn: '2026-08-03', createdAt: at('2026-10-14') }).run(
      at('2026-10-30'),
    );
    expect(promised(term, '2026-10-14')).toBe(5);
    expect(records(term).map(({ from }) => from)).toEqual(['2026-10-14', '2026-10-19', '2026-10-26']);
    expect(term.open()).toEqual([keyFrom('2026-10-14')]);
  });

  it('K9 a program that promises nothing judges nothing', () => {
    const term = meetingTerm().run(at('2026-12-01'));
    expect([term.open(), records(term)]).toEqual([[], []]);
    expect(viewPair(term.state, term.now, term.ctx).promise).toBeNull();
  });

  const changedTo = (meetings: Partial<MeetingsPolicy> | null, on: string): PairTerm => {
    const term = promiseTerm();
    weeksOf(term, ['2026-10-06', '2026-10-13']);
    const document = documentWith(meetings ? { meetings: meetings as MeetingsPolicy } : {});
    term.world.policies.push({ at: at(on), document });
    return term.give(entry('policy.changed', at(on), { version: 2, applyNow: true }));
  };

  it('V7 a week belongs to the version in force as it began', () => {
    const term = changedTo({ promise: perWeek(3) }, '2026-10-21').run(at('2026-11-10'));
    expect([promised(term, '2026-10-19'), promised(term, '2026-10-26')]).toEqual([1, 3]);
    const off = changedTo(null, '2026-10-21').run(at('2026-11-30'));
    expect(records(off).map(({ from }) => from)).toEqual(['2026-10-05', '2026-10-12', '2026-10-19']);
    expect([off.open(), told(off)]).toEqual([[keyFrom('2026-10-19')], ['10-29T08:02']]);
  });

  it('V7 from weeks to months the periods lie side by side', () => {
    const term = changedTo({ promise: perMonth(31) }, '2026-10-21').run(at('2026-11-10'));
    expect(records(term).map(({ from, to, promised: count }) => [from, to, count])).toEqual([
      ['2026-10-05', '2026-10-11', 1],
      ['2026-10-12', '2026-10-18', 1],
      ['2026-10-19', '2026-10-25', 1],
      ['2026-10-26', '2026-10-31', 6],
      ['2026-11-01', '2026-11-30', 31],
    ]);
    const compacted = compactPair(term.state, at('2027-03-01'), term.ctx);
    expect(decide(compacted, at('2027-03-01'), term.ctx).cases[0]?.key).toBe(keyFrom('2026-10-19'));
  });

  it('V7 a promise that is made later holds from the day after, and never for what was before', () => {
    const term = meetingTerm();
    const document = documentWith({ meetings: { promise: perWeek(7) } as MeetingsPolicy });
    term.world.policies.push({ at: at('2026-10-21'), document });
    term.give(entry('policy.changed', at('2026-10-21'), { version: 2, applyNow: true })).run(at('2026-11-06'));
    expect(records(term).map(({ from, promised: count }) => [from, count])).toEqual([
      ['2026-10-22', 4],
      ['2026-10-26', 7],
      ['2026-11-02', 7],
    ]);
  });

  it('V7 nothing is judged under a version that took the place of ones no longer known', () => {
    const term = meetingTerm();
    for (let version = 2; version <= 20; version++) {
      const document = documentWith({ meetings: { promise: weekly, graceDays: version } as MeetingsPolicy });
      const on = at(addDays('2026-11-02', version));
      term.world.policies.push({ at: on, document });
      term.give(entry('policy.changed', on, { version, applyNow: true }));
    }
    term.run(at('2026-12-05'));
    expect(term.ctx.policies.length).toBeLessThan(20);
    expect(term.open().filter((key) => key < keyFrom('2026-11-03'))).toEqual([]);
  });

  it('V7 K12 weeks that were judged stay in the report, however many versions follow in a day', () => {
    const term = promiseTerm();
    weeksOf(term, ['2026-10-06', '2026-10-13']);
    term.run(at('2026-11-06'));
    const before = records(term);
    for (let version = 2; version <= 20; version++) {
      const document = documentWith({ meetings: { promise: weekly, graceDays: version % 5 } as MeetingsPolicy });
      term.world.policies.push({ at: term.now, document });
      term.give(entry('policy.changed', term.now, { version, applyNow: true })).run(term.now + HOUR);
    }
    expect(records(term).slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    expect(before.length).toBeGreaterThan(3);
  });
});

describe('what is shown of a promise', () => {
  it('K9 the view shows the present week as it stands', () => {
    const term = promiseTerm(perWeek(2)).give(met('mentor', at('2026-10-13'), { minutes: 45 }));
    expect(viewPair(term.state, term.now, term.ctx).promise).toEqual({
      period: '2026-10-12/2026-10-18',
      promised: 2,
      held: 1,
      minutes: 45,
    });
    const closed = term.give(entry('pair.closed', at('2026-10-14'), { reason: 'done' }));
    expect(viewPair(closed.state, closed.now, closed.ctx).promise).toBeNull();
  });

  it('K9 the open case is in the view, by the same functions', () => {
    const term = promiseTerm().run(at('2026-10-16'));
    const id = idOf('case', keyFrom('2026-10-05'));
    expect(viewPair(term.state, term.now, term.ctx).openCases).toEqual([
      { id, kind: 'promise-broken', since: new Date(at('2026-10-15', '08:00')).toISOString() },
    ]);
  });

  it('a pair that keeps its promise is not woken for it', () => {
    const term = weeksOf(promiseTerm(), ['2026-10-05', '2026-10-12', '2026-10-19']);
    expect(decide(term.state, term.now, term.ctx).nextAt).toBe(at('2026-11-05', '08:00'));
  });
});
