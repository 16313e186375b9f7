import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../policy/event.ts';
import { decide } from '../../policy/pair/decide.ts';
import { isLow } from '../../policy/pair/surveys/facts.ts';
import { viewPair } from '../../policy/pair/view.ts';
import type { RecordSet } from '../../policy/step.ts';
import { DAY } from '../../policy/time.ts';
import type { PairTerm } from './pair-term.ts';
import { entry } from './support.ts';
import { asked, at, documentWith, meeting, rating, retraction, surveyTerm } from './survey-term.ts';

describe('S2 when surveys go out', () => {
  it('S2 30 days after the match at 09:00 and then every 60 days, to both, over the clock change too', () => {
    const term = surveyTerm().run(at('2027-02-28'));
    const days = ['10-01T09:00', '11-30T09:00', '01-29T09:00'];
    expect(asked(term)).toEqual(days);
    expect(asked(term, 'mentee_1')).toEqual(days);
  });

  it('S2 each is a message of its own, with the occasion and the instrument that its form needs', () => {
    const term = surveyTerm().run(at('2026-10-02'));
    expect([...term.rows.values()].map(({ key, personId, fields }) => ({ key, personId, ...fields }))).toEqual(
      ['mentor', 'mentee'].map((role) => ({
        key: `pair_17/2026-10-01/survey-${role}`,
        personId: `${role}_1`,
        occasion: `2026-10-01/survey-${role}`,
        instrument: 'mqs',
        mentorId: 'mentor_1',
        menteeId: 'mentee_1',
      })),
    );
  });

  it('S2 who does not answer is asked once: the question stands for 14 days and is not repeated', () => {
    const waiting = surveyTerm({}, { mailbox: () => ({ resumeAt: { email: at('2027-01-01') } }) });
    waiting.run(at('2026-10-15', '08:59'));
    expect(waiting.rows.get('pair_17/2026-10-01/survey-mentor')?.state).toBe('waiting');
    waiting.run(at('2026-10-20'));
    expect(waiting.skipped()).toEqual(['2026-10-01/survey-mentee expired', '2026-10-01/survey-mentor expired']);
    expect(asked(surveyTerm().run(at('2026-11-29')))).toEqual(['10-01T09:00']);
  });

  it('S2 who answers in the 7 days before, or meanwhile, is not asked; the other one is', () => {
    const early = surveyTerm().give(rating('mentor', at('2026-09-24', '09:00')));
    expect(asked(early.run(at('2026-10-20')))).toEqual([]);
    expect(asked(early, 'mentee_1')).toEqual(['10-01T09:00']);
    const tooEarly = surveyTerm().give(rating('mentor', at('2026-09-24', '08:59')));
    expect(asked(tooEarly.run(at('2026-10-20')))).toEqual(['10-01T09:00']);
    const decided = surveyTerm().give(rating('mentor_1', at('2026-09-30', '20:00')));
    expect(decided.skipped()).toEqual(['2026-10-01/survey-mentor withdrawn']);
  });

  it('E2 an answer that was taken back, or that came too late to act, withdraws nothing', () => {
    const answer = rating('mentor', at('2026-09-28'));
    const corrected = surveyTerm().give(answer, retraction(answer, at('2026-09-29')));
    expect(asked(corrected.run(at('2026-10-20')))).toEqual(['10-01T09:00']);
    const term = surveyTerm().run(at('2026-09-30', '20:00'));
    term.give(rating('mentor', at('2026-09-26'), {}, 4.5));
    expect(term.skipped()).toEqual(['2026-10-01/survey-mentor withdrawn']);
    const late = surveyTerm({}, { mailbox: () => ({ resumeAt: { email: at('2026-10-20') } }) });
    late.give(rating('mentor', at('2026-09-28'), {}, 10));
    expect(late.skipped()).toEqual([]);
  });

  it('S2 a meeting is followed by a survey on the next day only where the policy says so', () => {
    const met = at('2026-09-10', '17:00');
    expect(asked(surveyTerm().give(meeting(met)).run(at('2026-09-20')))).toEqual([]);
    const term = surveyTerm({ afterMeeting: true }).give(meeting(met)).run(at('2026-09-20'));
    expect(asked(term)).toEqual(['09-11T09:00']);
    expect(asked(term, 'mentee_1')).toEqual(['09-11T09:00']);
    const row = term.rows.get('pair_17/2026-09-11/survey-mentor');
    expect([row?.fields.instrument, row?.because.rule]).toEqual(['post_meeting', 'S2']);
  });

  it('S2 a meeting that did not take place, or that is told of a week late, is not asked about', () => {
    const cancelled = entry('meeting.recorded', at('2026-09-10'), { by: 'mentor', occurred: false });
    const term = surveyTerm({ afterMeeting: true }).give(cancelled).run(at('2026-09-15'));
    expect(asked(term)).toEqual([]);
    const told = (days: number) => meeting(at('2026-09-10'), { receivedAt: at('2026-09-10', '20:00') + days * DAY });
    expect(asked(surveyTerm({ afterMeeting: true }).give(told(3)).run(at('2026-09-25')))).toEqual(['09-14T09:00']);
    const old = meeting(at('2026-09-02'), { receivedAt: at('2026-09-10') });
    expect(asked(surveyTerm({ afterMeeting: true }).give(old).run(at('2026-09-25')))).toEqual([]);
    const taken = meeting(at('2026-09-10'));
    const back = surveyTerm({ afterMeeting: true }).give(taken, retraction(taken, at('2026-09-10', '20:00')));
    expect(asked(back.run(at('2026-09-25')))).toEqual([]);
  });

  it('S2 nobody is asked twice in 14 days, and a regular survey goes before one after a meeting', () => {
    const meetings = ['2026-09-03', '2026-09-10', '2026-09-17', '2026-09-24', '2026-10-08', '2026-10-15'].map((day) =>
      meeting(at(day)),
    );
    const term = surveyTerm({ afterMeeting: true })
      .give(...meetings)
      .run(at('2026-11-01'));
    expect(asked(term)).toEqual(['09-04T09:00', '10-01T09:00', '10-16T09:00']);
    expect(asked(surveyTerm({ firstAfterDays: 3, everyDays: 5 }).run(at('2026-10-10')))).toEqual([
      '09-04T09:00',
      '09-19T09:00',
      '10-04T09:00',
    ]);
  });

  it('S11 T8 a pause, and whatever stops automated messages, leaves a survey out and nothing bursts afterwards', () => {
    const pause = entry('pair.paused', at('2026-09-20'), { reason: 'away', until: at('2026-10-05') });
    const term = surveyTerm().give(pause).run(at('2026-11-30', '09:00'));
    expect(asked(term)).toEqual(['11-30T09:00']);
    const endless = entry('pair.paused', at('2026-09-20'), { reason: 'away', until: null });
    const resumed = surveyTerm()
      .give(endless, entry('pair.resumed', at('2026-10-06')))
      .run(at('2026-12-01'));
    expect(asked(resumed)).toEqual(['11-30T09:00']);
    const long = entry('pair.paused', at('2026-09-20'), { reason: 'away', until: at('2027-06-01') });
    expect(asked(surveyTerm().give(long).run(at('2027-09-01')))).toEqual(['07-28T09:00']);
  });

  it('V9 what was due before the pair was known here is not made up for', () => {
    const term = surveyTerm({}, { createdOn: '2026-10-10' }).run(at('2027-01-01'));
    expect(asked(term)).toEqual(['11-30T09:00']);
    expect(term.decisions.flatMap(({ decision }) => decision.messages).map(({ slot }) => slot)).not.toContain(
      at('2026-10-01', '09:00'),
    );
  });

  it('V7 an occasion belongs to the version in force at it, and nothing goes out for days that are over', () => {
    const term = surveyTerm({ firstAfterDays: 30 });
    term.world.policies.push({ at: at('2026-09-20'), document: documentWith({ surveys: { firstAfterDays: 10 } }) });
    term.give(entry('policy.changed', at('2026-09-20'), { version: 2, applyNow: true })).run(at('2026-11-15'));
    expect(asked(term)).toEqual(['11-10T09:00']);
    const off = surveyTerm();
    off.world.policies.push({ at: at('2026-09-30', '12:00'), document: documentWith({}) });
    off.run(at('2026-09-30', '11:00'));
    expect(off.rows.get('pair_17/2026-10-01/survey-mentor')?.state).toBe('waiting');
    off.give(entry('policy.changed', at('2026-09-30', '12:00'), { version: 2, applyNow: true })).run(at('2026-12-05'));
    expect([asked(off), off.rows.get('pair_17/2026-10-01/survey-mentor')?.reason]).toEqual([[], 'withdrawn']);
  });

  it('V2 the plan names each survey with what cancels it', () => {
    const term = surveyTerm().run(at('2026-09-25'));
    const { next } = viewPair(term.state, term.now, term.ctx) as { next: Array<Record<string, unknown>> };
    expect(next.map(({ key, template, unless }) => [key, template, unless])).toEqual(
      ['mentee', 'mentor'].map((role) => [
        `pair_17/2026-10-01/survey-${role}`,
        'survey',
        'a survey that they answer before then',
      ]),
    );
  });

  it('S11 nothing is asked after the match', () => {
    const close = entry('pair.closed', at('2026-09-30', '20:00'), { reason: 'done' });
    const term = surveyTerm().give(close).run(at('2026-12-05'));
    expect(term.rows.get('pair_17/2026-10-01/survey-mentor')?.reason).toBe('withdrawn');
    expect(asked(term)).toEqual([]);
  });
});

describe('S3 what is low', () => {
  it('S3 1 and 2 of 5, and up to 4 of 10', () => {
    const lows = (scale: number, share = 0.4) =>
      Array.from({ length: scale }, (_, index) => index + 1).filter((score) => isLow({ score, scale }, share));
    expect(lows(5)).toEqual([1, 2]);
    expect(lows(10)).toEqual([1, 2, 3, 4]);
    expect(lows(100, 0.29)).toHaveLength(29);
    expect(lows(5, 0)).toEqual([]);
    expect(lows(7)).toEqual([1, 2]);
  });

  it('S3 of every scale it is exactly the bottom share: no low rating lies above one that is not, and scales agree', () => {
    const hundredths = fc.integer({ min: 0, max: 100 });
    const scales = fc.integer({ min: 2, max: 100 });
    fc.assert(
      fc.property(scales, hundredths, fc.integer({ min: 1, max: 20 }), (scale, hundredth, times) => {
        const share = hundredth / 100;
        for (let score = 1; score <= scale; score++) {
          // Counted in whole numbers, where nothing is rounded.
          const expected = score * 100 <= hundredth * scale;
          expect(isLow({ score, scale }, share)).toBe(expected);
          expect(isLow({ score: score * times, scale: scale * times }, share)).toBe(expected);
        }
      }),
    );
  });
});

describe('what is told of answers', () => {
  const told = (term: PairTerm): RecordSet['items'] => {
    const state = { ...term.state, marks: [{ seq: 1, order: 1, at: term.now }] };
    return decide(state, term.now, term.ctx).records.flatMap(({ kind, items }) => (kind === 'survey' ? items : []));
  };

  it('S3 S7 each answer is a record, one that came too late to act among them, and one that was taken back is not', () => {
    const wrong = rating('mentee', at('2026-09-12'));
    const term = surveyTerm().give(
      rating('mentor', at('2026-09-10'), { score: 2 }),
      wrong,
      rating('guardian_1', at('2026-09-13', '23:00'), { score: 10, scale: 10, instrument: 'own' }),
      rating('mentee', at('2026-09-03'), { score: 1 }, 11),
      rating('mentor', at('2026-09-15'), { instrument: 'exit', score: 1 }),
      retraction(wrong, at('2026-09-16')),
    );
    const lines = told(term).map(({ personId, day, data }) => [personId, day, data.instrument, data.score, data.low]);
    expect(lines.sort()).toEqual(
      [
        ['mentor_1', '2026-09-10', 'mqs', 2, true],
        ['guardian_1', '2026-09-13', 'own', 10, false],
        ['mentee_1', '2026-09-03', 'mqs', 1, true],
        ['mentor_1', '2026-09-15', 'exit', 1, false],
      ].sort(),
    );
  });

  it('S3 the view counts answers and shows no score, nor whether one was low', () => {
    const events = [rating('mentor', at('2026-09-10'), { score: 1 }), rating('mentee', at('2026-09-12'), { score: 5 })];
    const term = surveyTerm().give(...events);
    const view = viewPair(term.state, term.now, term.ctx);
    expect(view.sentiment).toEqual({ responses: 2, lastOn: '2026-09-12' });
    const high = surveyTerm().give(
      ...events.map((event): PairEvent => ({ ...event, data: { ...event.data, score: 5 } })),
    );
    expect(viewPair(high.state, high.now, high.ctx).sentiment).toEqual(view.sentiment);
    expect(viewPair(surveyTerm().state, at('2026-09-12'), term.ctx)).not.toHaveProperty('sentiment');
  });
});
