import { describe, expect, it } from 'vitest';
import { idOf } from '../../policy/pair/context.ts';
import { compactPair, decide, holdsOf } from '../../policy/pair/decide.ts';
import { tracks } from '../../policy/pair/tracks/index.ts';
import { planPair, viewPair } from '../../policy/pair/view.ts';
import { DAY, HOUR, MINUTE } from '../../policy/time.ts';
import { at, barely, days, heard, lateBy, meetingTerm, met, retraction, termOf } from './meeting-term.ts';
import type { PairTerm } from './pair-term.ts';
import { entry } from './support.ts';

function count(term: PairTerm): unknown {
  return viewPair(term.state, term.now, term.ctx).meetings;
}

function records(term: PairTerm): Array<Record<string, unknown>> {
  const { state, now, ctx } = term;
  const sets = tracks.meetings.records?.(state.tracks.meetings, now, ctx, holdsOf(state, now, ctx)) ?? [];
  return sets.filter(({ kind }) => kind === 'meeting').flatMap(({ items }) => items.map((item) => ({ ...item })));
}

function asked(term: PairTerm, personId = 'mentor_1'): string[] {
  return days(term, personId, '/meeting-details');
}

function missing(term: PairTerm): unknown {
  const rows = [...term.rows.values()].filter(({ template }) => template === 'meeting-details');
  return rows.map(({ fields }) => fields.missing);
}

const tuesday = at('2026-10-06', '15:00');

describe('what a report of a meeting leaves out', () => {
  it('K8 is asked for once, two civil days after it came, at nine', () => {
    const term = meetingTerm().give(barely('mentor', tuesday)).run(at('2026-11-30'));
    expect(asked(term)).toEqual(['10-08T09:00']);
    expect(asked(term, 'mentee_1')).toEqual([]);
    expect(missing(term)).toEqual([['present', 'activity', 'place', 'mood']]);
  });

  it('K8 nothing is asked of a full report, in which words about the mood do for a number', () => {
    const words = { mood: undefined, given: ['activity', 'moodText', 'place'] };
    const term = meetingTerm().give(met('mentor', tuesday), met('mentee', at('2026-10-13'), words));
    expect(asked(term.run(at('2026-11-30')))).toEqual([]);
    expect(asked(term, 'mentee_1')).toEqual([]);
  });

  it('K8 an empty list of who was there tells nothing', () => {
    expect(
      missing(
        meetingTerm()
          .give(met('mentor', tuesday, { present: [] }))
          .run(at('2026-10-09')),
      ),
    ).toEqual([['present']]);
  });

  it('K8 what one voice gave is not asked of the other, and only the earlier reporter is asked', () => {
    const mentor = barely('mentor', tuesday, { mood: 5 });
    const mentee = barely('mentee', tuesday + HOUR, { given: ['activity'] });
    const term = meetingTerm().give(mentor, mentee).run(at('2026-11-30'));
    expect([asked(term), asked(term, 'mentee_1')]).toEqual([['10-08T09:00'], []]);
    expect(missing(term)).toEqual([['present', 'place']]);
  });

  it('K8 K10 nothing is asked when both voices together tell everything', () => {
    const mentor = barely('mentor', tuesday, { mood: 5, given: ['place'] });
    const mentee = barely('mentee', tuesday, { given: ['activity'], present: ['other'] });
    expect(missing(meetingTerm().give(mentor, mentee).run(at('2026-11-30')))).toEqual([]);
  });

  it('K8 facts that come in before the question withdraw it, in a report of the same moment by the same person', () => {
    const more = met('mentor_1', tuesday, {}, { receivedAt: at('2026-10-08', '08:00') });
    const term = meetingTerm().give(barely('mentor', tuesday)).run(at('2026-10-07'));
    expect(term.rows.size).toBe(1);
    term.give(more).run(at('2026-11-30'));
    expect(asked(term)).toEqual([]);
    expect([count(term), records(term).length]).toEqual([1, 1]);
  });

  it('K8 a supplement fills what was lacking and changes nothing that was told', () => {
    const more = met('mentor', tuesday, { occurred: false, minutes: 90 }, { receivedAt: tuesday + DAY });
    const term = meetingTerm()
      .give(met('mentor', tuesday, { minutes: 30 }), more)
      .run(at('2026-10-09'));
    expect(records(term).map(({ data }) => data)).toMatchObject([{ occurred: true, minutes: 30 }]);
  });

  it('K8 of staff and of a meeting that did not take place nothing is asked', () => {
    const term = meetingTerm().give(barely('coord', tuesday), barely('mentor', at('2026-10-13'), { occurred: false }));
    term.run(at('2026-11-30'));
    expect(missing(term)).toEqual([]);
  });

  it('K8 where staff reported first, the participant who reported after them is asked', () => {
    const term = meetingTerm()
      .give(barely('coord', tuesday), barely('mentee', tuesday + HOUR))
      .run(at('2026-11-30'));
    expect(asked(term, 'mentee_1')).toEqual(['10-08T09:00']);
  });

  it('K8 a guardian is asked for what a guardian reported, and nobody where there is none', () => {
    const mentee = { id: 'mentee_1', leave: null, isMinor: true, guardianId: 'guardian_1' };
    const term = meetingTerm({}, { mentee }).give(barely('guardian', tuesday)).run(at('2026-11-30'));
    expect(asked(term, 'guardian_1')).toEqual(['10-08T09:00']);
    expect(missing(meetingTerm().give(barely('guardian', tuesday)).run(at('2026-11-30')))).toEqual([]);
  });

  it('K8 E2 history asks nothing and answers nothing', () => {
    const term = meetingTerm()
      .give(barely('mentor', tuesday, {}, lateBy(8, tuesday)))
      .run(at('2026-11-30'));
    expect(missing(term)).toEqual([]);
    const late = { receivedAt: tuesday + 3 * HOUR, history: true };
    const other = meetingTerm()
      .give(barely('mentor', tuesday), met('mentee', tuesday, {}, late))
      .run(at('2026-11-30'));
    expect(asked(other)).toEqual(['10-08T09:00']);
  });

  it('K8 a report that was taken back asks nothing', () => {
    const report = barely('mentor', tuesday);
    const term = meetingTerm()
      .give(report, retraction(report, at('2026-10-07')))
      .run(at('2026-11-30'));
    expect(asked(term)).toEqual([]);
  });

  it('K8 a pause over the slot stops the question for good, and without an answer it is left alone', () => {
    const pause = entry('pair.paused', at('2026-10-07'), { reason: 'away', until: at('2026-10-09') });
    const term = meetingTerm().give(barely('mentor', tuesday), pause).run(at('2026-11-30'));
    expect(asked(term)).toEqual([]);
  });

  it('V7 the version in force when it would be asked decides whether and when', () => {
    const asking = (after: { meetings?: object }): string[] => {
      const term = meetingTerm();
      const changed = at('2026-10-08', '01:00');
      const policies = [{ at: changed, document: termOf(after as never).world.policies[0]?.document }];
      term.world.policies.push(...(policies as PairTerm['world']['policies']));
      term.give(barely('mentor', tuesday), entry('policy.changed', changed, { version: 2, applyNow: true }));
      return asked(term.run(at('2026-11-30')));
    };
    expect(asking({})).toEqual([]);
    expect(asking({ meetings: { promise: null, askMissingAfterDays: 5 } })).toEqual(['10-11T09:00']);
    expect(asking({ meetings: { promise: null, askMissingAfterDays: 1 } })).toEqual([]);
  });

  it('V2 the question is in the plan from the report on, with what cancels it', () => {
    const term = meetingTerm().give(barely('mentor', tuesday));
    const plan = planPair(term.state, term.now, term.now + 14 * DAY, term.ctx);
    expect(plan).toMatchObject([
      {
        at: at('2026-10-08', '09:00'),
        template: 'meeting-details',
        to: 'mentor_1',
        unless: 'the missing facts before then',
      },
    ]);
  });
});

describe('counting meetings', () => {
  it('K9 K10 reports by two are one meeting, two by one are two, and one that is only planned is none', () => {
    const term = meetingTerm().give(met('mentor', tuesday), met('mentee', tuesday + DAY));
    term.give(met('mentor', at('2026-10-13')), met('mentor', at('2026-10-13', '18:00')));
    term.give(entry('meeting.scheduled', at('2026-10-14'), { at: at('2026-10-15') })).run(at('2026-11-30'));
    expect(count(term)).toBe(3);
  });

  it('V9 meetings from before the pair was known count on top, and without the section they are counted too', () => {
    const term = termOf({}, { history: { meetings: 4 } })
      .give(barely('mentor', tuesday))
      .run(at('2026-10-20'));
    expect([count(term), missing(term)]).toEqual([5, []]);
  });

  it('E2 history changes counts and records, and so does a retraction that is history', () => {
    const report = met('mentor', tuesday, {}, lateBy(20, tuesday));
    const term = meetingTerm().give(report);
    expect([count(term), records(term).length]).toEqual([1, 1]);
    term.give(retraction(report, at('2026-10-28'), { history: true }));
    expect([count(term), records(term).length]).toEqual([0, 0]);
  });

  it('K10 a record keeps every voice, under the identity of the report that came first', () => {
    const mentor = met('mentor', tuesday, { minutes: 40 });
    const mentee = met('mentee', tuesday - HOUR, { minutes: 60 }, { receivedAt: tuesday + DAY });
    const term = meetingTerm().give(mentor, mentee);
    const told = [mentor, mentee].map(({ ref }) => ({ id: ref.split('~')[0] }));
    expect(records(term)).toMatchObject([
      { key: mentor.ref, day: '2026-10-06', data: { occurred: true, minutes: 60, at: tuesday - HOUR, reports: told } },
    ]);
  });

  it('K8 K9 a meeting that is told as held and lies ahead of what tells of it is none', () => {
    const term = meetingTerm().give(met('mentor', tuesday, { at: tuesday + DAY }));
    expect([count(term), records(term)]).toEqual([0, []]);
    expect(count(meetingTerm().give(met('mentor', tuesday, { at: tuesday + 4 * MINUTE })))).toBe(1);
  });

  it('two sources that give two reports one id make two records', () => {
    const one = { ...met('mentor', tuesday), ref: 'evt~a' };
    const other = { ...met('mentor', at('2026-10-13')), ref: 'evt~b' };
    expect(new Set(records(meetingTerm().give(one, other)).map(({ key }) => key)).size).toBe(2);
  });

  it('compacting keeps the number and what may still be taken back', () => {
    const term = meetingTerm();
    const first = met('mentor', tuesday);
    term.give(first, met('mentee', tuesday), met('mentor', at('2026-12-01')));
    term.run(at('2027-04-01'));
    const state = compactPair(term.state, term.now, term.ctx);
    expect((state.tracks.meetings as { reports: unknown[] }).reports).toHaveLength(1);
    expect(viewPair(state, term.now, term.ctx).meetings).toBe(2);
    term.state = state;
    term.give(
      retraction(first, at('2027-04-02')),
      met('mentee', at('2026-12-01'), {}, { receivedAt: at('2027-04-03'), history: true }),
    );
    expect(count(term)).toBe(2);
  });

  it('what was reported long ago is not taken back any more, whether it is still kept or not', () => {
    const report = met('mentor', tuesday);
    expect(count(meetingTerm().give(report, retraction(report, at('2027-02-14'))))).toBe(0);
    expect(count(meetingTerm().give(report, retraction(report, at('2027-02-17'))))).toBe(1);
  });

  it('a state of years stays small', () => {
    const term = meetingTerm();
    for (let week = 0; week < 104; week++) {
      const day = tuesday + week * 7 * DAY;
      term.give(met('mentor', day), met('mentee', day + HOUR));
      if (week % 4 === 0) term.state = compactPair(term.state, term.now, term.ctx);
    }
    expect(count(term)).toBe(104);
    expect(JSON.stringify(term.state.tracks.meetings).length).toBeLessThan(12_000);
  });
});

describe('reports that contradict each other', () => {
  const yes = met('mentor', tuesday);
  const no = met('mentee', tuesday + HOUR, { occurred: false });
  const key = `pair_17/${yes.ref}/meeting-contradiction`;

  it('K10 raise one flag and one task for the coordinator, and are not counted', () => {
    const term = meetingTerm().give(yes, no).run(at('2026-10-07'));
    expect(term.open()).toEqual([key]);
    expect(term.cases.get(key)).toMatchObject({
      caseKind: 'flag',
      assignee: 'coord',
      reason: 'meeting_contradiction',
      openedAt: no.receivedAt,
      details: { priority: 'normal', meetingId: yes.ref.split('~')[0] },
    });
    expect(heard(term, 'coord', 'contradiction')).toHaveLength(1);
    expect([heard(term, 'mentor_1', ''), heard(term, 'mentee_1', ''), heard(term, 'sup', '')]).toEqual([[], [], []]);
    expect(count(term)).toBe(0);
    expect(records(term)).toMatchObject([{ data: { occurred: 'contradicted' } }]);
  });

  it('K10 nothing is asked about a meeting in dispute', () => {
    const denied = barely('mentee', tuesday + HOUR, { occurred: false });
    const term = meetingTerm().give(barely('mentor', tuesday), denied).run(at('2026-11-30'));
    expect([missing(term), term.open().length]).toEqual([[], 1]);
  });

  it('K10 a report that is taken back, or staff, ends the flag', () => {
    const corrected = meetingTerm().give(yes, no, retraction(no, at('2026-10-08')));
    expect([corrected.open(), count(corrected)]).toEqual([[], 1]);
    const about = { caseId: idOf('case', key), caseKey: key, caseKind: 'flag', outcome: 'resolved' };
    const settled = meetingTerm().give(yes, no, entry('case.resolved', at('2026-10-08'), about));
    expect(settled.run(at('2027-09-01')).open()).toEqual([]);
  });

  it('K10 a third voice changes neither the flag nor when it was opened', () => {
    const term = meetingTerm().give(yes, no, met('coord', tuesday, {}, { receivedAt: at('2026-10-09') }));
    expect(term.run(at('2026-10-20')).cases.get(key)?.openedAt).toBe(no.receivedAt);
    expect(heard(term, 'coord', 'contradiction')).toHaveLength(1);
  });

  it('K10 E2 V7 history contradicts nobody, and a program that does not look at meetings raises no flag', () => {
    const late = met('mentee', tuesday, { occurred: false }, lateBy(9, tuesday));
    const term = meetingTerm().give(yes, late).run(at('2026-11-30'));
    expect([term.open(), count(term)]).toEqual([[], 0]);
    expect(termOf({}).give(yes, no).run(at('2026-11-30')).open()).toEqual([]);
  });

  it('K10 compacting forgets no flag that staff have not settled', () => {
    const term = meetingTerm().give(yes, no).run(at('2027-06-01'));
    term.state = compactPair(term.state, term.now, term.ctx);
    expect(decide(term.state, term.now, term.ctx).cases.map((step) => step.key)).toEqual([key]);
    const about = { caseId: idOf('case', key), caseKey: key, caseKind: 'flag', outcome: 'resolved' };
    term.give(entry('case.resolved', at('2027-06-02'), about));
    const { tracks: after } = compactPair(term.state, term.now + DAY, term.ctx);
    expect((after.meetings as { reports: unknown[] }).reports).toEqual([]);
  });
});
