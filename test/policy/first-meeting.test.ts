import { describe, expect, it } from 'vitest';
import { idOf } from '../../policy/pair/context.ts';
import { compactPair, decide } from '../../policy/pair/decide.ts';
import { planPair, viewPair } from '../../policy/pair/view.ts';
import type { FirstMeetingPolicy } from '../../policy/sections/first-meeting.ts';
import { addDays, DAY, MINUTE } from '../../policy/time.ts';
import { at, days, documentWith, lateBy, met, retraction, termOf } from './meeting-term.ts';
import type { PairTerm } from './pair-term.ts';
import { entry, type Setup } from './support.ts';

/** Matched on Monday, 5 October: the nudge is due on the 15th, the alert on Monday, the 26th. */

function firstTerm(section: Partial<FirstMeetingPolicy> = {}, given: Setup & { matchedOn?: string } = {}): PairTerm {
  return termOf({ firstMeeting: section as FirstMeetingPolicy }, given);
}

function nudged(term: PairTerm, personId = 'mentor_1'): string[] {
  return days(term, personId, 'first-meeting-nudge');
}

function alerted(term: PairTerm): string[] {
  return days(term, 'coord', 'first-meeting-alert');
}

function planned(on: string, for_: string, given: object = {}) {
  return entry('meeting.scheduled', at(on), { at: at(for_, '15:00') }, given);
}

const key = 'pair_17/first-meeting';

describe('the first meeting', () => {
  it('S1 without one both are nudged once after ten days, and the coordinator is alerted after twenty-one', () => {
    const term = firstTerm().run(at('2027-01-31'));
    expect([nudged(term), nudged(term, 'mentee_1')]).toEqual([['10-15T09:00'], ['10-15T09:00']]);
    expect(alerted(term)).toEqual(['10-26T08:02']);
    expect(term.cases.get(key)).toMatchObject({
      caseKind: 'first-meeting',
      assignee: 'coord',
      supervisor: 'sup',
      openedAt: at('2026-10-26', '08:00'),
    });
    expect(days(term, 'sup', 'first-meeting')).toEqual([]);
  });

  it('S1 the alert waits for a working day', () => {
    expect(alerted(firstTerm({}, { matchedOn: '2026-10-03' }).run(at('2026-11-30')))).toEqual(['10-26T08:02']);
  });

  it('S1 a meeting that was held ends it, before the nudge, before the alert, and with the case open', () => {
    const early = firstTerm()
      .give(met('mentee', at('2026-10-09')))
      .run(at('2026-11-30'));
    expect([nudged(early), alerted(early)]).toEqual([[], []]);
    const between = firstTerm()
      .give(met('mentor', at('2026-10-20')))
      .run(at('2026-11-30'));
    expect([nudged(between), alerted(between)]).toEqual([['10-15T09:00'], []]);
    const late = firstTerm().give(met('mentor', at('2026-11-10')));
    expect([late.open(), alerted(late)]).toEqual([[], ['10-26T08:02']]);
  });

  it('S1 a nudge that is decided already is taken back by a meeting', () => {
    const term = firstTerm().run(at('2026-10-14', '15:00'));
    expect(term.rows.size).toBe(2);
    term.give(met('mentor', at('2026-10-14', '18:00'))).run(at('2026-11-30'));
    expect([nudged(term), nudged(term, 'mentee_1')]).toEqual([[], []]);
  });

  it('S1 a report that they did not meet is no meeting', () => {
    const term = firstTerm()
      .give(met('mentor', at('2026-10-09'), { occurred: false }))
      .run(at('2026-11-30'));
    expect([nudged(term), alerted(term)]).toEqual([['10-15T09:00'], ['10-26T08:02']]);
  });

  it('S1 V9 a pair that had met before it was known here is left alone', () => {
    for (const history of [{ meetings: 2 }, { firstMeetingAt: at('2026-10-01') }]) {
      const term = firstTerm({}, { history }).run(at('2026-11-30'));
      expect([nudged(term), alerted(term)]).toEqual([[], []]);
    }
    expect(nudged(firstTerm({}, { history: { meetings: 0 } }).run(at('2026-11-30')))).toHaveLength(1);
  });

  it('S1 staff who resolve the case end it for good', () => {
    const about = { caseId: idOf('case', key), caseKey: key, caseKind: 'first-meeting', outcome: 'resolved' };
    const term = firstTerm()
      .give(entry('case.resolved', at('2026-10-28'), about))
      .run(at('2027-03-31'));
    expect([term.open(), alerted(term)]).toEqual([[], ['10-26T08:02']]);
  });
});

describe('a meeting that is planned', () => {
  it('S1 counts as pending: nudge and alert wait until it has passed by three days', () => {
    const term = firstTerm().give(planned('2026-10-10', '2026-10-20')).run(at('2027-01-31'));
    // Tuesday, the 20th at 15:00 has passed by three days on Friday afternoon.
    expect([nudged(term), alerted(term)]).toEqual([['10-24T09:00'], ['10-26T08:02']]);
    const later = firstTerm().give(planned('2026-10-10', '2026-10-27')).run(at('2027-01-31'));
    expect([nudged(later), alerted(later)]).toEqual([['10-31T09:00'], ['11-02T08:02']]);
  });

  it('S1 planned anew before the first one has passed by, it waits for the second', () => {
    const term = firstTerm().give(planned('2026-10-10', '2026-10-20'), planned('2026-10-22', '2026-11-03'));
    expect(nudged(term.run(at('2027-01-31')))).toEqual(['11-07T09:00']);
    expect(alerted(term)).toEqual(['11-09T08:02']);
  });

  it('S1 planned after the nudge it holds back the alert alone, and after the alert nothing', () => {
    const between = firstTerm().give(planned('2026-10-16', '2026-10-28')).run(at('2027-01-31'));
    expect([nudged(between), alerted(between)]).toEqual([['10-15T09:00'], ['11-02T08:02']]);
    const late = firstTerm().give(planned('2026-10-27', '2026-11-20')).run(at('2026-11-01'));
    expect([late.open(), alerted(late)]).toEqual([[key], ['10-26T08:02']]);
  });

  it('S1 it withdraws a nudge that is decided and not yet sent, which then goes once', () => {
    const term = firstTerm().give(planned('2026-10-14', '2026-10-16')).run(at('2027-01-31'));
    expect(nudged(term)).toEqual(['10-20T09:00']);
  });

  it('S1 when it is taken back nobody waits for it any more', () => {
    const plan = planned('2026-10-10', '2026-12-01');
    const term = firstTerm()
      .give(plan, retraction(plan, at('2026-10-29')))
      .run(at('2027-01-31'));
    expect([nudged(term), alerted(term)]).toEqual([['10-30T09:00'], ['10-30T08:02']]);
  });

  it('S1 a meeting that was taken back is waited for no longer, also weeks after the alert was due', () => {
    const report = met('mentor', at('2026-10-09'));
    const term = firstTerm()
      .give(report, retraction(report, at('2026-11-11')))
      .run(at('2027-01-31'));
    expect([nudged(term), alerted(term)]).toEqual([['11-12T09:00'], ['11-12T08:02']]);
    expect(term.open()).toEqual([key]);
  });

  it('S1 a meeting far in the past holds nothing back', () => {
    expect(nudged(firstTerm().give(planned('2026-10-10', '2026-10-07')).run(at('2026-11-30')))).toEqual([
      '10-15T09:00',
    ]);
  });
});

describe('a pause', () => {
  it('S11 days of a pause do not count, and nobody is told of a pair that is paused', () => {
    const paused = (from: string, until: string | null) => {
      const span = { reason: 'away', until: until === null ? null : at(until) };
      const term = firstTerm().give(entry('pair.paused', at(from), span));
      return [nudged(term.run(at('2026-12-15'))), alerted(term), term.open()];
    };
    expect(paused('2026-10-07', null)).toEqual([[], [], []]);
    expect(paused('2026-10-07', '2026-10-17')).toEqual([['10-25T09:00'], ['11-05T08:02'], [key]]);
    expect(paused('2026-10-20', '2026-10-24')).toEqual([['10-15T09:00'], ['10-30T08:02'], [key]]);
  });

  it('S11 one that begins while a planned meeting is waited for holds as well, and one of minutes costs no day', () => {
    const pause = (from: number, until: number | null) => entry('pair.paused', from, { reason: 'away', until });
    const waited = firstTerm().give(planned('2026-10-20', '2026-10-27'), pause(at('2026-10-28'), at('2026-12-20')));
    expect([alerted(waited.run(at('2026-12-18'))), waited.open()]).toEqual([[], []]);
    const forever = firstTerm().give(planned('2026-10-20', '2026-10-27'), pause(at('2026-10-28'), null));
    expect([alerted(forever.run(at('2026-12-18'))), forever.open()]).toEqual([[], []]);
    const minutes = firstTerm()
      .give(pause(at('2026-10-07'), at('2026-10-07') + 10 * MINUTE))
      .run(at('2026-11-30'));
    expect([nudged(minutes), alerted(minutes)]).toEqual([['10-15T09:00'], ['10-26T08:02']]);
    const overTheMoment = pause(at('2026-10-15', '08:55'), at('2026-10-15', '09:05'));
    expect(nudged(firstTerm().give(overTheMoment).run(at('2026-11-30')))).toEqual(['10-16T09:00']);
  });

  it('V7 one version a long time after another changes nothing of what was', () => {
    const term = firstTerm().run(at('2026-11-30'));
    const before = term.open();
    for (const on of ['2027-02-01', '2027-10-01', '2028-06-01']) {
      term.run(at(on));
      term.world.policies.push({
        at: term.now,
        document: documentWith({ firstMeeting: { nudgeDays: 90, alertDays: 400 } }),
      });
      term.give(entry('policy.changed', term.now, { version: term.world.policies.length, applyNow: true }));
    }
    expect([before, term.open()]).toEqual([[key], [key]]);
  });
});

describe('what was too late to act, or is not this program', () => {
  it('S1 a meeting that is told as held and lies ahead of what tells of it is none', () => {
    const day = at('2026-10-09', '12:00');
    const ahead = firstTerm().give(met('mentor', day, { at: day + 60 * DAY }));
    expect(nudged(ahead.run(at('2026-10-20')))).toEqual(['10-15T09:00']);
  });

  it('E2 history that came before the nudge spares both; later it withdraws nothing', () => {
    const day = at('2026-10-05', '12:00');
    const early = firstTerm()
      .give(met('mentor', day, {}, lateBy(9, day)))
      .run(at('2026-11-30'));
    expect([nudged(early), alerted(early)]).toEqual([[], []]);
    const late = firstTerm()
      .give(met('mentor', day, {}, lateBy(25, day)))
      .run(at('2026-11-30'));
    expect([nudged(late), alerted(late), late.open()]).toEqual([['10-15T09:00'], ['10-26T08:02'], [key]]);
    const plan = planned('2026-10-06', '2026-12-01', { receivedAt: at('2026-10-14'), history: true });
    expect(nudged(firstTerm().give(plan).run(at('2026-11-30')))).toEqual(['10-15T09:00']);
  });

  it('V9 what was due before the pair was known here is not said', () => {
    const known = (createdOn: string): string[][] => {
      const term = firstTerm({}, { createdAt: at(createdOn) }).run(at('2026-12-31'));
      return [nudged(term), alerted(term), term.open()];
    };
    expect(known('2026-10-16')).toEqual([[], ['10-26T08:02'], [key]]);
    expect(known('2026-10-27')).toEqual([[], [], []]);
  });

  const changedTo = (
    section: Partial<FirstMeetingPolicy> | null,
    on: string,
    before: Partial<FirstMeetingPolicy> | null,
  ) => {
    const term = before ? firstTerm(before) : termOf({});
    const document = documentWith(section ? { firstMeeting: section as FirstMeetingPolicy } : {});
    term.world.policies.push({ at: at(on), document });
    return term.give(entry('policy.changed', at(on), { version: 2, applyNow: true })).run(at('2026-12-31'));
  };

  it('V7 the version in force on its day decides, and none acts on a day before it', () => {
    const later = changedTo({ nudgeDays: 20, alertDays: 30 }, '2026-10-12', {});
    expect([nudged(later), alerted(later)]).toEqual([['10-25T09:00'], ['11-04T08:02']]);
    const once = changedTo({ nudgeDays: 20, alertDays: 30 }, '2026-10-20', {});
    expect([nudged(once), alerted(once)]).toEqual([['10-15T09:00'], ['11-04T08:02']]);
    const on = changedTo({}, '2026-10-20', null);
    expect([nudged(on), alerted(on)]).toEqual([[], ['10-26T08:02']]);
    const off = changedTo(null, '2026-10-20', {});
    expect([nudged(off), alerted(off), off.open()]).toEqual([['10-15T09:00'], [], []]);
  });

  it('S11 the end of the match ends all of it', () => {
    const term = firstTerm()
      .give(entry('pair.closed', at('2026-10-15', '08:00'), { reason: 'done' }))
      .run(at('2026-12-31'));
    expect([nudged(term), alerted(term), term.open()]).toEqual([[], [], []]);
  });
});

describe('what is shown and kept', () => {
  it('V2 the plan names nudge and alert with what cancels them, and the view the open case', () => {
    const term = firstTerm().run(at('2026-10-06'));
    const plan = planPair(term.state, term.now, term.now + 30 * DAY, term.ctx);
    expect(plan.map(({ at: when, template, to }) => [when, template, to])).toEqual([
      [at('2026-10-15', '09:00'), 'first-meeting-nudge', 'mentee_1'],
      [at('2026-10-15', '09:00'), 'first-meeting-nudge', 'mentor_1'],
      [at('2026-10-26', '08:00'), 'first-meeting-alert', 'coord'],
    ]);
    expect(new Set(plan.map(({ unless }) => unless))).toEqual(
      new Set(['a meeting that was held, or one that is planned']),
    );
    term.run(at('2026-10-27'));
    expect(viewPair(term.state, term.now, term.ctx).openCases).toMatchObject([{ kind: 'first-meeting' }]);
  });

  it('a pair that met long ago keeps nothing but that', () => {
    const report = met('mentor', at('2026-10-09'));
    const term = firstTerm().give(planned('2026-10-06', '2026-10-09'), report).run(at('2027-03-01'));
    term.state = compactPair(term.state, term.now, term.ctx);
    expect(term.state.tracks.firstMeeting).toMatchObject({ met: true, held: [], scheduled: [] });
    term.give(retraction(report, at('2027-03-02')), planned('2027-03-02', '2027-03-03'));
    expect(decide(term.state, term.now, term.ctx).cases).toEqual([]);
    expect(term.state.tracks.firstMeeting).toMatchObject({ retracted: [], scheduled: [] });
  });

  it('S1 a term of meetings that are planned and never held is alerted once', () => {
    const term = firstTerm();
    for (let week = 0; week < 20; week++) {
      const date = addDays('2026-10-06', 7 * week);
      term.give(planned(date, addDays(date, 2)));
      if (week % 3 === 0) term.state = compactPair(term.state, term.now, term.ctx);
    }
    term.run(at('2027-06-01') + MINUTE);
    expect([nudged(term).length, alerted(term).length, term.open()]).toEqual([1, 1, [key]]);
  });
});
