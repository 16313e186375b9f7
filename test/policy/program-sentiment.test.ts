import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintProgram } from '../../policy/lint.ts';
import {
  decideProgram,
  openProgram,
  type ProgramContext,
  type ProgramState,
  saidProgram,
} from '../../policy/program/decide.ts';
import { type Pace, paceOn, reviewOn, type SentimentInProgram, temperatureOf } from '../../policy/program/sentiment.ts';
import { slowDownIn } from '../../policy/program/slow-down.ts';
import { type Partially, type Policy, withDefaults } from '../../policy/program.ts';
import type { EventInput } from '../../policy/simulate/documents.ts';
import { type SimulationResult, simulate } from '../../policy/simulate.ts';
import { addDays, DAY, type Instant, instantOf, localMinute, toRfc3339 } from '../../policy/time.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';

const zone = 'America/Chicago';
const at = (date: string, time = '09:00') => instantOf(date, time, zone);
const createdAt = at('2026-08-24', '12:00');
const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup' };

function documentOf(policy: Partially<Policy> = { surveys: {}, sentiment: {} }) {
  return withDefaults({ name: 'Example', zone, staff, policy });
}

function contextOf(sentiment: Partial<SentimentInProgram>, document = documentOf()): ProgramContext {
  const known = { firstOn: '2026-09-02', review: null, pace: null, tasks: [], ...sentiment };
  return { programId: 'prg', document, createdAt, classes: [], focus: [], sentiment: known };
}

const counts = { lately: { responses: 12, mean: 0.74123, low: 2 }, before: { responses: 9, mean: null, low: 0 } };
const review = (on: string) => ({ on, ...counts });
const key = (on: string, name = 'sentiment-review') => `prg/${on}/${name}`;

/** Decides and writes at each instant, in the context that then holds; answers what was decided, and the state at last. */
function lived(looks: Array<[Instant, Partial<SentimentInProgram>]>, document = documentOf()) {
  let state: ProgramState = openProgram();
  const decisions = looks.map(([now, sentiment]) => {
    const ctx = contextOf(sentiment, document);
    const decision = decideProgram(state, now, ctx);
    state = JSON.parse(JSON.stringify(saidProgram(state, now, ctx)));
    return decision;
  });
  return { decisions, state };
}

const begun: [Instant, Partial<SentimentInProgram>] = [createdAt, { firstOn: null }];

describe('S7 the review of sentiment', () => {
  it('S7 is due every 14 days from the first answer on, at 09:00, over the clock change too', () => {
    const document = documentOf();
    const on = (date: string, time = '09:00') => reviewOn(at(date, time), '2026-09-02', document);
    expect([on('2026-09-16', '08:59'), on('2026-09-16'), on('2026-09-29'), on('2026-09-30')]).toEqual([
      null,
      '2026-09-16',
      '2026-09-16',
      '2026-09-30',
    ]);
    const { nextAt } = decideProgram(openProgram(), at('2026-10-28'), contextOf({}));
    expect(localMinute(nextAt as number, zone)).toBe('2026-11-02T09:00');
    const later = decideProgram(openProgram(), at('2026-11-09'), contextOf({})).nextAt as number;
    expect(localMinute(later, zone)).toBe('2026-11-11T09:00');
  });

  it('S7 is a task for the coordinator with a digest by mail', () => {
    const { decisions } = lived([begun, [at('2026-09-16'), { review: review('2026-09-16') }]]);
    const figures = {
      responses: 12,
      mean: 0.741,
      low: 2,
      temperature: 'warm',
      previousResponses: 9,
      previousMean: null,
    };
    expect(decisions[1]?.cases).toMatchObject([
      { key: key('2026-09-16'), caseKind: 'task', reason: 'sentiment_review', assignee: 'coord', details: figures },
    ]);
    expect(decisions[1]?.messages).toMatchObject([
      { key: `${key('2026-09-16')}/coord`, template: 'sentiment-review', fields: { on: '2026-09-16', ...figures } },
    ]);
  });

  it('S7 says the same at each wake while it is open, and the mail for a week', () => {
    const held = { review: review('2026-09-16'), tasks: [key('2026-09-16')] };
    const { decisions } = lived([
      begun,
      [at('2026-09-16'), { review: review('2026-09-16') }],
      [at('2026-09-21'), { ...held, review: { ...held.review, lately: { responses: 40, mean: 0.2, low: 9 } } }],
      [at('2026-09-24'), held],
    ]);
    expect(decisions[2]?.cases).toEqual(decisions[1]?.cases);
    expect(decisions[2]?.messages).toEqual(decisions[1]?.messages);
    expect([decisions[3]?.cases, decisions[3]?.messages]).toEqual([decisions[1]?.cases, []]);
  });

  it('S7 one that nobody has done stays open and says so, and no other opens beside it', () => {
    const held = { tasks: [key('2026-09-16')] };
    const { decisions } = lived([
      begun,
      [at('2026-09-16'), { review: review('2026-09-16') }],
      [at('2026-09-30'), { ...held, review: review('2026-09-30') }],
      [at('2026-10-14'), { ...held, review: review('2026-10-14') }],
    ]);
    expect(decisions[3]?.cases).toMatchObject([{ key: key('2026-09-16') }]);
    expect(decisions[3]?.cases[0]?.lines).toEqual([
      { code: 'review_overdue', ref: '2026-09-30' },
      { code: 'review_overdue', ref: '2026-10-14' },
    ]);
    expect(decisions[3]?.messages).toEqual([]);
  });

  it('S7 says that acknowledging does it; then the next opens on its day, not at once where one day was missed', () => {
    const { decisions } = lived([
      begun,
      [at('2026-09-16'), { review: review('2026-09-16') }],
      [at('2026-09-30'), { review: review('2026-09-30'), tasks: [key('2026-09-16')] }],
      [at('2026-10-05'), { review: review('2026-09-30') }],
      [at('2026-10-12'), { review: review('2026-09-30') }],
      [at('2026-10-14'), { review: review('2026-10-14') }],
    ]);
    expect(decisions[2]?.cases).toMatchObject([{ key: key('2026-09-16'), details: { doneBy: 'acknowledging' } }]);
    expect([decisions[3]?.cases, decisions[4]?.cases]).toEqual([[], []]);
    expect(decisions[5]?.cases).toMatchObject([{ key: key('2026-10-14'), lines: [] }]);
    expect(decisions[5]?.messages).toHaveLength(1);
  });

  it('S7 one done on time is followed by the next', () => {
    const { decisions } = lived([
      begun,
      [at('2026-09-16'), { review: review('2026-09-16') }],
      [at('2026-09-30'), { review: review('2026-09-30') }],
    ]);
    expect(decisions[2]?.cases.map((step) => step.key)).toEqual([key('2026-09-30')]);
  });

  it('V7 V9 reviews that were due before the section was on are not made up for', () => {
    const { decisions } = lived([
      [at('2026-10-08'), { review: review('2026-09-30') }],
      [at('2026-10-12'), { review: review('2026-09-30') }],
      [at('2026-10-14'), { review: review('2026-10-14') }],
    ]);
    expect(decisions.map(({ cases }) => cases.length)).toEqual([0, 0, 1]);
  });

  it('S7 after an outage the last review alone opens, late as it is', () => {
    const { decisions } = lived([begun, [at('2026-10-20', '15:00'), { review: review('2026-10-14') }]]);
    expect(decisions[1]?.cases).toMatchObject([{ key: key('2026-10-14'), openedAt: at('2026-10-20', '15:00') }]);
  });

  it('S7 before the first answer nothing is due, and a program without the section looks at nothing', () => {
    const look = decideProgram(openProgram(), at('2026-09-02'), contextOf({ firstOn: null }));
    expect([look.cases, localMinute(look.nextAt as number, zone)]).toEqual([[], '2026-09-07T09:00']);
    const off = { ...contextOf({ review: review('2026-09-16') }, documentOf({})), sentiment: undefined };
    const { cases, nextAt } = decideProgram(openProgram(), at('2026-09-16'), off as unknown as ProgramContext);
    expect([cases, nextAt]).toEqual([[], null]);
  });

  it('S7 without a coordinator it opens without assignee and mail', () => {
    const document = { ...documentOf(), staff: {} };
    const { decisions } = lived([begun, [at('2026-09-16'), { review: review('2026-09-16') }]], document);
    expect([decisions[1]?.cases[0]?.assignee, decisions[1]?.messages]).toEqual([null, []]);
  });

  it('S7 never is more than one review open, however staff act, and never are two of one day', () => {
    const day = fc.record({
      acts: fc.constantFrom('nothing', 'nothing', 'done'),
      skip: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(day, { minLength: 20, maxLength: 120 }), (days) => {
        let state = saidProgram(openProgram(), createdAt, contextOf({ firstOn: null }));
        let tasks: SentimentInProgram['tasks'] = [];
        const seen: string[] = [];
        days.forEach(({ acts, skip }, index) => {
          if (acts === 'done') tasks = [];
          if (skip) return;
          const now = at(addDays('2026-09-03', index));
          const due = reviewOn(now, '2026-09-02', documentOf());
          const ctx = contextOf({ review: due === null ? null : review(due), tasks });
          const { cases } = decideProgram(state, now, ctx);
          state = saidProgram(state, now, ctx);
          expect(cases.length).toBeLessThanOrEqual(1);
          tasks = cases.map((step) => step.key);
          seen.push(...tasks.filter((name) => !seen.includes(name)));
        });
        expect(new Set(seen).size).toBe(seen.length);
        const opened = seen.map((name) => Date.parse(name.split('/')[1] as string));
        for (const [index, one] of opened.slice(1).entries()) {
          expect(one - (opened[index] as number)).toBeGreaterThanOrEqual(14 * DAY);
        }
      }),
    );
  });
});

const section = { reviewDays: 14, slowShare: 0.5, slowMinimum: 5 };
const pace = (responses: number, activePairs = 20, asked = 0): Pace => ({ responses, activePairs, asked });
const periods = (...responses: number[]): Pace[] => responses.map((count) => pace(count));

describe('S6 a slow-down', () => {
  const slow = (paces: Pace[], classHeld = true) => slowDownIn({ periods: paces, classHeld }, section) !== null;

  it('S6 is fewer than half the answers of an active pair than on the average of the two periods before', () => {
    expect(slow(periods(9, 20, 20))).toBe(true);
    expect(slow(periods(10, 20, 20))).toBe(false);
    expect(slow(periods(9, 10, 27))).toBe(true);
    expect(slow(periods(9, 10, 26))).toBe(false);
  });

  it('S6 pairs that ended or are paused are not missed: it is judged per active pair', () => {
    expect(slow([pace(10, 10), ...periods(20, 20)])).toBe(false);
    expect(slow([pace(4, 10), ...periods(20, 20)])).toBe(true);
  });

  it('S6 whoever was asked less is expected to answer less, and whoever was asked more, not more', () => {
    expect(slow([pace(9, 20, 10), pace(20, 20, 20), pace(20, 20, 20)])).toBe(false);
    expect(slow([pace(4, 20, 10), pace(20, 20, 20), pace(20, 20, 20)])).toBe(true);
    expect(slow([pace(4, 10, 10), pace(20, 20, 20), pace(20, 20, 20)])).toBe(true);
    expect(slow([pace(10, 20, 60), pace(20, 20, 20), pace(20, 20, 20)])).toBe(false);
    expect(slow([pace(0, 20, 0), pace(20, 20, 20), pace(20, 20, 20)])).toBe(false);
    expect(slow([pace(9, 20, 10), pace(20, 20, 0), pace(20, 20, 0)])).toBe(true);
  });

  it('S6 needs at least 5 expected answers', () => {
    const few = (expected: number): Pace[] => periods(0, expected, expected);
    expect([slow(few(4)), slow(few(5))]).toEqual([false, true]);
  });

  it('S6 a break is none: no class was held, nobody was active, or there was nothing to compare with', () => {
    expect(slow(periods(0, 20, 20), false)).toBe(false);
    expect(slow([pace(0, 0), ...periods(20, 20)])).toBe(false);
    expect(slow([...periods(0, 20), pace(0, 0)])).toBe(false);
    expect(slow([...periods(9, 10), pace(10, 0.1)])).toBe(false);
  });

  it('S6 as many answers as before from as many pairs never are a slow-down, and fewer never mend one', () => {
    const paces = fc.record({
      responses: fc.nat(200),
      activePairs: fc.double({ min: 0, max: 100, noNaN: true }),
      asked: fc.nat(200),
    });
    fc.assert(
      fc.property(paces, fc.nat(200), (same, fewer) => {
        expect(slow([same, same, same])).toBe(false);
        const lately = { ...same, responses: Math.min(same.responses, fewer) };
        const still = { ...lately, responses: Math.floor(lately.responses / 2) };
        if (slow([lately, same, same])) expect(slow([still, same, same])).toBe(true);
      }),
    );
  });

  it('S6 is judged on Mondays at 09:00, and after an outage of more than a day not before the next', () => {
    const document = documentOf();
    const on = (date: string, time?: string) => paceOn(at(date, time), document);
    expect([on('2026-10-05', '08:59'), on('2026-10-05'), on('2026-10-06'), on('2026-10-06', '09:01')]).toEqual([
      null,
      '2026-10-05',
      '2026-10-05',
      null,
    ]);
  });

  const judged = (on: string, paces: Pace[]) => ({ pace: { on, periods: paces, classHeld: true } });
  const name = 'sentiment-slow';

  it('S6 prompts the coordinator by a task and a mail with the figures', () => {
    const { decisions } = lived([begun, [at('2026-10-05'), judged('2026-10-05', periods(3, 20, 22))]]);
    expect(decisions[1]?.cases).toMatchObject([
      { key: key('2026-10-05', name), reason: 'sentiment_slow', assignee: 'coord' },
    ]);
    expect(decisions[1]?.messages).toMatchObject([
      { template: name, fields: { on: '2026-10-05', responses: 3, expected: 21, activePairs: 20 } },
    ]);
    expect(decisions[1]?.messages[0]?.because.rule).toBe('S6');
  });

  it('S6 prompts at most every 14 days, and opens no second task beside one that is open', () => {
    const slowOn = (on: string, tasks: SentimentInProgram['tasks']): [Instant, Partial<SentimentInProgram>] => [
      at(on),
      { ...judged(on, periods(0, 20, 20)), tasks },
    ];
    const mondays = ['2026-10-05', '2026-10-12', '2026-10-19', '2026-10-26', '2026-11-02'] as const;
    const finished = lived([begun, ...mondays.map((on) => slowOn(on, []))]);
    const opened = finished.decisions.map(({ messages }) => messages.length);
    expect(opened).toEqual([0, 1, 0, 1, 0, 1]);
    const left = lived([begun, ...mondays.map((on, index) => slowOn(on, index ? [key('2026-10-05', name)] : []))]);
    expect(left.decisions.at(-1)?.cases).toMatchObject([
      {
        key: key('2026-10-05', name),
        lines: [
          { code: 'slow_again', ref: '2026-10-19' },
          { code: 'slow_again', ref: '2026-11-02' },
        ],
      },
    ]);
  });

  it('S6 is judged once: a second look on the same Monday says nothing new', () => {
    const { decisions } = lived([
      begun,
      [at('2026-10-05'), judged('2026-10-05', periods(20, 20, 20))],
      [at('2026-10-05', '11:00'), judged('2026-10-05', periods(0, 20, 20))],
    ]);
    expect(decisions[2]?.cases).toEqual([]);
  });
});

describe('S7 the temperature', () => {
  it('S7 rises with the mean, and only low ratings are cold', () => {
    const words = [null, 0.2, 0.4, 0.41, 0.55, 0.6, 0.8, 0.86, 1].map(temperatureOf);
    expect(words).toEqual([null, 'cold', 'cold', 'cool', 'cool', 'mild', 'warm', 'hot', 'hot']);
    const order = ['cold', 'cool', 'mild', 'warm', 'hot'];
    const shares = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(shares, shares, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)].map((mean) => temperatureOf(mean) ?? '');
        expect(order.indexOf(low as string)).toBeLessThanOrEqual(order.indexOf(high as string));
      }),
    );
  });
});

/** Pairs of a program on the virtual clock, matched as it begins, with what the platform tells of them. */
function lifeOf(policy: Partially<Policy>, days: number, eventsOn: (day: number, pair: number) => EventInput[]) {
  const start = at('2026-08-31', '07:00');
  const numbers = Array.from({ length: 8 }, (_, index) => index);
  const time = (day: number) => toRfc3339(start + day * DAY);
  const pairs = numbers.map((number): EventInput => {
    const data = { mentorId: `mentor_${number}`, menteeId: `mentee_${number}` };
    return {
      id: `pair_${number}`,
      source: 's',
      type: 'tandem.pair.created',
      subject: `pair_${number}`,
      time: time(0),
      data,
    };
  });
  const told = Array.from({ length: days }, (_, day) => numbers.flatMap((number) => eventsOn(day, number))).flat();
  const people = numbers.flatMap((number) =>
    ['mentor', 'mentee'].map((role) => ({
      id: `${role}_${number}`,
      name: role,
      email: `${role}${number}@example.org`,
      programs: [{ programId: 'program', role }],
    })),
  );
  const input = { program: { name: 'Example', zone, staff, policy }, people, classes: [], events: [...pairs, ...told] };
  const options = { classify: (template: string) => classify(template as TemplateKey), until: start + days * DAY };
  return simulate(input, options);
}

/** What somebody answers to a survey on a day. */
function answerOn(day: number, pair: number, by: string, score: number): EventInput {
  const time = toRfc3339(at('2026-08-31', '18:00') + day * DAY);
  const data = { by, instrument: 'mqs', score, scale: 5 };
  return {
    id: `${by}_${pair}_${day}`,
    source: 's',
    type: 'tandem.survey.answered',
    subject: `pair_${pair}`,
    time,
    data,
  };
}

function opened({ cases }: SimulationResult, reason: string): string[] {
  return cases.filter((one) => one.reason === reason).map((one) => localMinute(one.openedAt, zone));
}

describe('S5 silence is no sentiment', () => {
  const everything: Partially<Policy> = {
    classWeek: {},
    contact: {},
    requests: {},
    checkIns: {},
    meetings: {},
    firstMeeting: {},
    surveys: {},
    sentiment: {},
    lifecycle: { kind: 'always_on' },
  };
  // Everybody answers every two weeks, and nothing else is ever heard.
  const content = (score: number) => (day: number, pair: number) =>
    day % 14 === 3 ? ['mentor', 'mentee'].map((by) => answerOn(day, pair, by, score)) : [];
  const alarms = (result: SimulationResult) => ({
    interventions: result.cases.filter(({ kind }) => kind === 'intervention').length,
    slow: opened(result, 'sentiment_slow').length,
    notices: result.messages.filter(({ template }) => template === 'inactivity-notice').length,
    lowMails: result.messages.filter(({ template }) => template === 'low-rating').length,
  });

  it('S5 a silent platform with good survey answers opens no intervention, no slow-down and no inactivity', () => {
    const result = lifeOf(everything, 200, content(5));
    expect(alarms(result)).toEqual({ interventions: 0, slow: 0, notices: 0, lowMails: 0 });
    expect(opened(result, 'sentiment_review')).toHaveLength(1);
  });

  it('S5 the check sees what low answers open, and what no answers at all do: a control', () => {
    expect(alarms(lifeOf(everything, 30, content(2)))).toMatchObject({ interventions: 8, lowMails: 8 });
    const stopping = (day: number, pair: number) => (day < 60 ? content(5)(day, pair) : []);
    const silence = alarms(lifeOf(everything, 200, stopping));
    expect(silence.slow).toBeGreaterThan(0);
    expect(silence.notices).toBe(16);
  });
});

describe('S7 sentiment on a virtual clock', () => {
  it('S7 reviews go on as staff end each, and its digest counts what the pairs told', () => {
    const resolve = (day: number): EventInput => ({
      id: `resolve_${day}`,
      source: 's',
      type: 'tandem.case.resolved',
      subject: 'program',
      time: toRfc3339(at('2026-08-31', '18:00') + day * DAY),
      data: { kind: 'task' },
    });
    const result = lifeOf({ surveys: {}, sentiment: {} }, 60, (day, pair) => [
      ...(day % 7 === 2 ? [answerOn(day, pair, 'mentor', pair === 0 ? 2 : 4)] : []),
      ...(pair === 0 && day % 14 === 4 ? [resolve(day)] : []),
    ]);
    expect(opened(result, 'sentiment_review')).toEqual([
      '2026-09-16T09:00',
      '2026-09-30T09:00',
      '2026-10-14T09:00',
      '2026-10-28T09:00',
    ]);
    const second = result.messages.filter(({ template }) => template === 'sentiment-review')[1];
    // In each of two weeks seven answered 4 of 5 and one 2 of 5.
    expect(second?.fields).toMatchObject({
      responses: 16,
      mean: 0.75,
      low: 2,
      temperature: 'warm',
      previousResponses: 16,
    });
  });
});

describe('V6 what is unwise about surveys and sentiment', () => {
  const codes = (policy: Partially<Policy>) => {
    const postal = { ...documentOf(policy), postalAddress: '1 School Street' };
    const findings = lintProgram(postal).filter(({ pointer }) => pointer.startsWith('/policy/'));
    return findings.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`);
  };

  it.each<[Partially<Policy>, string[]]>([
    [{ surveys: {}, sentiment: {} }, []],
    [{ surveys: { lowShare: 0 } }, ['warning low_share_zero /policy/surveys/lowShare']],
    [{ surveys: { lowShare: 0.61 } }, ['warning low_share_high /policy/surveys/lowShare']],
    [{ surveys: { lowShare: 0.6, everyDays: 14 } }, []],
    [{ surveys: { everyDays: 13 } }, ['warning surveys_too_often /policy/surveys/everyDays']],
    [{ surveys: {}, sentiment: { reviewDays: 6 } }, ['warning reviews_often /policy/sentiment/reviewDays']],
    [{ surveys: {}, sentiment: { reviewDays: 32 } }, ['warning reviews_rare /policy/sentiment/reviewDays']],
    [{ surveys: {}, sentiment: { slowShare: 0 } }, ['warning slow_share_zero /policy/sentiment/slowShare']],
    [{ surveys: {}, sentiment: { slowShare: 1 } }, ['warning slow_share_all /policy/sentiment/slowShare']],
    [{ sentiment: {} }, ['warning nobody_is_asked /policy/sentiment']],
  ])('V6 %j', (policy, expected) => {
    expect(codes(policy)).toEqual(expected);
  });
});
