import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../policy/event.ts';
import { decide } from '../../policy/pair/decide.ts';
import { openContext } from '../../policy/pair/documents.ts';
import { applyEvent, openPair } from '../../policy/pair/state.ts';
import { planPair, viewPair } from '../../policy/pair/view.ts';
import { type Partially, type Policy, withDefaults } from '../../policy/program.ts';
import { DAY, HOUR, type Instant, instantOf } from '../../policy/time.ts';
import { documents, entry, newYork, program } from './support.ts';

const at = (date: string, time = '12:00') => instantOf(date, time, newYork);
const matchedAt = at('2026-09-08');
const closedAt = at('2026-11-19', '15:30');

function contextOf(policy: Partially<Policy> = { lifecycle: {} }, given: Parameters<typeof documents>[0] = {}) {
  return openContext(documents({ calendar: null, matchedAt, policyDocument: program(policy), ...given }), 1);
}

type Pair = ReturnType<typeof applyEvent>;

function after(events: PairEvent[], ctx = contextOf()): Pair {
  let pair: Pair = { state: openPair(ctx), ctx };
  for (const event of events) pair = applyEvent(pair.state, event, pair.ctx, event.receivedAt);
  return pair;
}

const closing = (reason = 'done', when = closedAt) => entry('pair.closed', when, { reason });

/** The messages of this concern that stand at an instant. */
function standing({ state, ctx }: Pair, now: Instant) {
  const own = ['exit-survey', 'closure-rule'];
  return decide(state, now, ctx).messages.filter(({ template }) => own.includes(template));
}

const brief = (pair: Pair, now: Instant) => standing(pair, now).map(({ template, role }) => `${template} ${role}`);

describe('S11 what is said when a match has ended', () => {
  const pair = after([closing()]);
  const morning = at('2026-11-20', '09:00');

  it('both hear how they may meet from now on at once, and are asked to look back the next morning', () => {
    const rule = ['closure-rule mentor', 'closure-rule mentee'];
    expect(brief(pair, closedAt)).toEqual([...rule, 'exit-survey mentor', 'exit-survey mentee']);
    const [ruled, , survey] = standing(pair, closedAt);
    expect(ruled).toMatchObject({ planned: false, slot: closedAt, expiresAt: closedAt + 7 * DAY });
    expect(survey).toMatchObject({ planned: true, slot: morning, expiresAt: morning + 7 * DAY });
    expect(survey?.key).toBe('pair_17/closed/exit-survey/mentor_1');
    expect(survey?.fields).toEqual({ mentorId: 'mentor_1', menteeId: 'mentee_1' });
  });

  it('the survey is decided ahead of its slot, and both messages are over after a week', () => {
    const early = after([closing('done', at('2026-11-19', '00:05'))]);
    expect(brief(early, at('2026-11-19', '00:05'))).toEqual(['closure-rule mentor', 'closure-rule mentee']);
    expect(decide(early.state, at('2026-11-19', '00:05'), early.ctx).nextAt).toBeLessThanOrEqual(morning - 23 * HOUR);
    expect(brief(pair, closedAt + 7 * DAY)).toEqual(['exit-survey mentor', 'exit-survey mentee']);
    expect(brief(pair, morning + 7 * DAY)).toEqual([]);
  });

  it('M6 who has answered an exit survey is not asked for one, unless the answer was taken back', () => {
    const answer = entry('survey.answered', closedAt + HOUR, { by: 'mentor', instrument: 'exit', score: 4, scale: 5 });
    const answered = after([closing(), answer]);
    expect(brief(answered, morning)).toEqual(['closure-rule mentor', 'closure-rule mentee', 'exit-survey mentee']);
    const taken = entry('survey.answered', closedAt + 2 * HOUR, { by: 'mentor', retracts: answer.ref });
    expect(brief(after([closing(), answer, taken]), morning)).toHaveLength(4);
    expect(after([closing(), taken, answer]).state.tracks).toEqual(after([closing(), answer, taken]).state.tracks);
    const other = entry('survey.answered', closedAt + HOUR, { by: 'mentor', instrument: 'mqs', score: 4, scale: 5 });
    expect(brief(after([closing(), other]), morning)).toHaveLength(4);
    const history = { ...answer, history: true };
    expect(brief(after([closing(), history]), morning)).toHaveLength(4);
  });

  it('neither a pause nor an open trouble case keeps it back: the match is over', () => {
    const pause = entry('pair.paused', closedAt - DAY, { reason: 'away' });
    expect(brief(after([pause, closing()]), morning)).toHaveLength(4);
  });

  it('without the section, or where it came after the end, nothing is said', () => {
    expect(brief(after([closing()], contextOf({ classWeek: {} })), morning)).toEqual([]);
    const closed = after([closing()], contextOf({ classWeek: {} }));
    const policy = withDefaults({ name: 'Example', zone: newYork, policy: { lifecycle: {} } }).policy;
    const later = { version: 2, since: closedAt + 1, applyNow: true, policy };
    const ctx = { ...closed.ctx, policies: [...closed.ctx.policies, later] };
    expect(brief({ ...closed, ctx }, morning)).toEqual([]);
    const before = { ...closed.ctx, policies: [...closed.ctx.policies, { ...later, since: closedAt - 1 }] };
    expect(brief({ ...closed, ctx: before }, morning)).toHaveLength(4);
  });

  it('a pair that was made by mistake, or ends to put records in order, says nothing', () => {
    for (const reason of ['import', 'mistake', 'duplicate'])
      expect(brief(after([closing(reason)]), morning)).toEqual([]);
    const soon = matchedAt + DAY - 1;
    expect(brief(after([closing('done', soon)]), soon)).toEqual([]);
    expect(brief(after([closing('done', soon + 1)]), soon + 1)).not.toEqual([]);
    const reported = after([closing('rematch', matchedAt + HOUR)]);
    expect(brief(reported, matchedAt + HOUR)).not.toEqual([]);
    const imported = contextOf({ lifecycle: {} }, { createdAt: closedAt - HOUR });
    expect(brief(after([closing()], imported), morning)).toEqual([]);
  });

  it('V2 the plan of a closed pair names the survey, and its view stays closed', () => {
    const early = after([closing('done', at('2026-11-19', '00:05'))]);
    const plan = planPair(early.state, at('2026-11-19', '01:00'), morning, early.ctx);
    expect(plan.map(({ template, at: slot, to }) => [template, slot, to])).toEqual([
      ['exit-survey', morning, 'mentee_1'],
      ['exit-survey', morning, 'mentor_1'],
    ]);
    expect(viewPair(pair.state, morning, pair.ctx).state).toBe('closed');
  });
});

describe('S11 a pause', () => {
  const from = at('2026-10-01');
  const until = from + 30 * DAY;
  const pause = entry('pair.paused', from, { reason: 'travel', until });

  it('is told of by a say as it begins and as it ends, and by none in between', () => {
    const { state, ctx } = after([pause]);
    const said = (now: Instant, paused: boolean) => {
      const { owed, nextAt } = decide({ ...state, marks: [], paused }, now, ctx);
      return { owed, nextAt };
    };
    expect(said(from, false)).toMatchObject({ owed: true, nextAt: until });
    expect(said(from + DAY, true)).toEqual({ owed: false, nextAt: until });
    expect(said(until, true)).toEqual({ owed: true, nextAt: null });
    expect(said(until, false)).toEqual({ owed: false, nextAt: null });
    expect(viewPair(state, until - 1, ctx).state).toBe('paused');
    expect(viewPair(state, until, ctx).state).toBe('active');
  });
});
