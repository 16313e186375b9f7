import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryData, PairEvent } from '../../policy/event.ts';
import { idOf, type PairContext } from '../../policy/pair/context.ts';
import { compactPair, type Decision, decide } from '../../policy/pair/decide.ts';
import { viewPair } from '../../policy/pair/view.ts';
import { DAY, HOUR, type Instant } from '../../policy/time.ts';
import { applied, end, expectQuietBetweenLooks, live, opening, sayings, shuffledOf, start } from './pair-life.ts';
import type { PairTerm } from './pair-term.ts';
import { entry } from './support.ts';
import { at, documentWith, meeting, rating, retraction, surveyTerm } from './survey-term.ts';

const low = (by: string, instant: Instant, data: EntryData = {}) => rating(by, instant, { score: 2, ...data });
const first = at('2026-09-10');

/** What staff do about a case that a pair opened, by its key. */
function resolved(caseKey: string, instant: Instant, data: EntryData = {}): PairEvent {
  const caseKind = caseKey.endsWith('/intervention') ? 'intervention' : 'task';
  const about = { caseId: idOf('case', caseKey), caseKey, caseKind, by: 'coord', outcome: 'resolved' };
  return entry('case.resolved', instant, { ...about, ...data });
}

const keysOf = ({ ref }: PairEvent) => ({
  intervention: `pair_17/${ref}/intervention`,
  mentor: `pair_17/${ref}/reach-out-mentor`,
  mentee: `pair_17/${ref}/reach-out-mentee`,
});

function lastDecision(term: PairTerm): Decision {
  return decide(term.state, term.now, term.ctx);
}

describe('S3 a low rating', () => {
  it('S3 opens an intervention, a task for each party, and one mail to the coordinator', () => {
    const answer = low('mentee', first);
    const keys = keysOf(answer);
    const term = surveyTerm().give(answer);
    expect([...term.cases.values()]).toMatchObject([
      { key: keys.intervention, caseKind: 'intervention', assignee: 'coord', reason: 'low_rating', openedAt: first },
      { key: keys.mentor, caseKind: 'task', personId: 'mentor_1', reason: 'reach_out_mentor', assignee: 'coord' },
      { key: keys.mentee, caseKind: 'task', personId: 'mentee_1', reason: 'reach_out_mentee', assignee: 'coord' },
    ]);
    expect(term.cases.get(keys.intervention)).not.toHaveProperty('personId');
    const mails = lastDecision(term).messages;
    expect(mails).toMatchObject([
      {
        template: 'low-rating',
        personId: 'coord',
        fields: { personId: 'mentee_1', score: 2, scale: 5, mentorTask: idOf('case', keys.mentor) },
        because: { rule: 'S3', facts: [answer.ref] },
      },
    ]);
    expect(viewPair(term.state, term.now, term.ctx).openCases).toMatchObject([
      { id: idOf('case', keys.intervention), kind: 'intervention' },
      { kind: 'task' },
      { kind: 'task' },
    ]);
  });

  it('S3 neither a rating that is not low, nor an exit survey, nor one that came too late opens one', () => {
    const harmless = [
      low('mentor', first, { score: 3 }),
      low('mentor', first, { score: 5, scale: 10 }),
      low('mentor', first, { instrument: 'exit', score: 1 }),
      rating('mentor', at('2026-09-02'), { score: 1 }, 8),
    ];
    expect(
      surveyTerm()
        .give(...harmless)
        .open(),
    ).toEqual([]);
    expect(surveyTerm(null).give(low('mentor', first)).open()).toEqual([]);
    expect(
      surveyTerm()
        .give(low('mentor', first, { score: 4, scale: 10 }))
        .open(),
    ).toHaveLength(3);
  });

  it('S3 another low rating appends a line to the one that is open, and writes no second mail', () => {
    const [one, two] = [low('mentee', first), low('mentor', first + DAY)];
    const term = surveyTerm().give(one, two);
    expect(term.open()).toHaveLength(3);
    const step = term.cases.get(keysOf(one).intervention);
    expect(step?.facts).toEqual([one.ref, two.ref]);
    expect(step?.lines).toEqual([{ code: 'low_again', ref: two.ref.split('~')[0] }]);
    expect(lastDecision(term).messages.filter(({ template }) => template === 'low-rating')).toHaveLength(1);
  });

  it('S3 after staff have ended one, the next low rating opens another', () => {
    const [one, two] = [low('mentee', first), low('mentee', first + 20 * DAY)];
    const term = surveyTerm().give(one, resolved(keysOf(one).intervention, first + 2 * DAY), two);
    expect(term.open()).toContain(keysOf(two).intervention);
    expect(term.open()).not.toContain(keysOf(one).intervention);
  });

  it('S3 a low rating that is taken back withdraws what rested on it alone', () => {
    const [one, two] = [low('mentee', first), low('mentor', first + DAY)];
    expect(
      surveyTerm()
        .give(one, retraction(one, first + HOUR))
        .open(),
    ).toEqual([]);
    const both = surveyTerm().give(one, two, retraction(one, first + 2 * DAY));
    expect(both.cases.get(keysOf(one).intervention)?.facts).toEqual([two.ref]);
    both.give(retraction(two, first + 3 * DAY));
    expect(both.open()).toEqual([]);
    const again = low('mentor', first + 4 * DAY);
    expect(both.give(again).open()).toContain(keysOf(again).intervention);
  });

  it('S3 while staff have one open that they began themselves, a low rating adds its tasks and opens no second', () => {
    const opened = entry('case.opened', first, { caseId: 'case_own', caseKind: 'intervention', by: 'coord' });
    const term = surveyTerm().give(opened);
    expect(term.open()).toEqual([]);
    term.give(low('mentee', first + DAY));
    expect(term.open()).toEqual(['pair_17/case_own/reach-out-mentee', 'pair_17/case_own/reach-out-mentor']);
    expect(lastDecision(term).messages).toMatchObject([{ key: 'pair_17/case_own/low-rating/coord' }]);
    const about = { caseId: 'case_own', caseKey: null, caseKind: 'intervention', outcome: 'resolved', by: 'coord' };
    term.give(entry('case.resolved', first + 2 * DAY, about));
    const next = low('mentee', first + 3 * DAY);
    expect(term.give(next).open()).toContain(keysOf(next).intervention);
  });

  it('S3 one that staff opened beside an open one goes on after it, and takes in the next low rating', () => {
    const own = { caseId: 'case_own', caseKind: 'intervention', by: 'coord' };
    const answer = low('mentee', first);
    const term = surveyTerm().give(answer, entry('case.opened', first + HOUR, own));
    term.give(resolved(keysOf(answer).intervention, first + DAY, { outcome: 'resolved' }));
    const next = low('mentor', first + 2 * DAY);
    expect(term.give(next).open()).toContain('pair_17/case_own/reach-out-mentee');
    expect(term.open()).not.toContain(keysOf(next).intervention);
  });

  it('S3 one that staff opened beside an open one is remembered between two runs', () => {
    const own = { caseId: 'case_own', caseKind: 'intervention', by: 'coord' };
    const answer = low('mentee', first);
    const term = surveyTerm()
      .give(answer, entry('case.opened', first + HOUR, own))
      .run(first + 117 * DAY);
    const compacted = compactPair(term.state, term.now, term.ctx);
    expect(compacted.tracks.surveys).toMatchObject({ staffCases: [{ caseId: 'case_own' }] });
  });

  it('V7 the section that is switched off opens nothing more, and leaves what is open to staff', () => {
    const answer = low('mentee', first);
    const term = surveyTerm().give(answer);
    term.world.policies.push({ at: first + DAY, document: documentWith({}) });
    term.give(entry('policy.changed', first + DAY, { version: 2, applyNow: true }));
    term.give(low('mentor', first + 2 * DAY));
    expect(term.cases.get(keysOf(answer).intervention)?.lines).toEqual([]);
  });
});

describe('S4 how an intervention ends', () => {
  const answer = low('mentee', first);
  const keys = keysOf(answer);
  const when = first + 3 * DAY;
  const ended = (data: EntryData) => surveyTerm().give(answer, resolved(keys.intervention, when, data));

  it('S4 its tasks end with it, and one that staff have ended before is left alone', () => {
    const term = surveyTerm().give(answer, resolved(keys.mentor, first + DAY));
    expect(term.open()).toEqual([keys.intervention, keys.mentee].sort());
    term.give(resolved(keys.intervention, when));
    expect(lastDecision(term).cases).toMatchObject([{ key: keys.mentee, outcome: 'resolved' }]);
    expect(viewPair(term.state, term.now, term.ctx).openCases).toEqual([]);
    expect(decide(term.state, when + 31 * DAY, term.ctx).cases).toEqual([]);
  });

  it('S4 resolved changes nothing else', () => {
    const term = ended({ outcome: 'resolved' });
    expect([term.ctx.closed, lastDecision(term).effects]).toEqual([null, []]);
  });

  it.each([
    ['rematch', 'rematch', 'rematch'],
    ['removed', 'leave', 'removed'],
  ])('S4 %s ends the match and acts on the party', (outcome, effect, reason) => {
    const term = ended({ outcome, personId: 'mentor_1' });
    expect(term.ctx.closed).toEqual({ at: when, reason });
    const [step, ...others] = lastDecision(term).effects;
    expect([step, others]).toMatchObject([{ effect, personId: 'mentor_1', at: when }, []]);
  });

  it('S4 unavailable marks the party and lets the match go on', () => {
    const term = ended({ outcome: 'unavailable', personId: 'mentee_1' });
    expect(term.ctx.closed).toBeNull();
    expect(lastDecision(term).effects).toMatchObject([{ effect: 'unavailable', personId: 'mentee_1' }]);
  });

  it('S4 the end of the match leaves none of it standing', () => {
    const term = surveyTerm().give(answer, entry('pair.closed', when, { reason: 'done' }));
    expect([...term.cases.values()].filter(({ caseKind }) => caseKind !== 'escalation')).toEqual([]);
    expect(viewPair(term.state, term.now, term.ctx).openCases).toEqual([]);
  });
});

type Fact = Pick<PairEvent, 'type' | 'data'>;
const length = 14;
const which = fc.nat(length - 1);
const party = fc.constantFrom('mentor', 'mentee');
const scores = fc.integer({ min: 1, max: 5 });

const facts: fc.Arbitrary<Fact> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ by: party, instrument: fc.constantFrom('mqs', 'mqs', 'exit'), score: scores, scale: fc.constant(5) })
      .map((data): Fact => ({ type: 'survey.answered', data })),
  },
  { weight: 2, arbitrary: party.map((by): Fact => ({ type: 'meeting.recorded', data: { by, occurred: true } })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('survey.answered' as const, 'meeting.recorded' as const), which)
      .map(([type, number]): Fact => ({ type, data: { retracts: `evt_${number}~s` } })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        number: which,
        name: fc.constantFrom('intervention', 'intervention', 'reach-out-mentor', 'reach-out-mentee'),
        outcome: fc.constantFrom('resolved', 'resolved', 'resolved', 'unavailable', 'rematch'),
      })
      .map(({ number, name, outcome }): Fact => {
        const caseKey = `pair_17/evt_${number}~s/${name}`;
        const caseKind = name === 'intervention' ? name : 'task';
        const data = { caseId: idOf('case', caseKey), caseKey, caseKind, outcome, personId: 'mentor_1' };
        return { type: 'case.resolved', data };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('case.opened' as const, 'case.resolved' as const)
      .map((type): Fact => ({ type, data: { caseId: 'case_own', caseKey: null, caseKind: 'intervention' } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 40 })
      .map((days): Fact => ({ type: 'pair.paused', data: { reason: 'away', days } })),
  },
  { weight: 1, arbitrary: fc.constant<Fact>({ type: 'pair.resumed', data: {} }) },
);

const lives: fc.Arbitrary<PairEvent[]> = fc
  .array(
    fc.record({
      fact: facts,
      hours: fc.oneof(fc.nat(40 * 24), fc.nat(200 * 24)),
      late: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(160), fc.integer({ min: 200, max: 900 })),
    }),
    { maxLength: length },
  )
  .map((items) =>
    items
      .map(({ fact, hours, late }, index): PairEvent => {
        const occurred = start + hours * HOUR;
        const receivedAt = occurred + (fact.type.startsWith('case.') ? 0 : late) * HOUR;
        const { days, ...data } = fact.data as EntryData & { days?: number };
        if (days !== undefined) data.until = receivedAt + days * DAY;
        if (fact.type === 'meeting.recorded' && !data.retracts) data.at = occurred;
        const history = receivedAt - occurred > 7 * DAY ? { history: true } : {};
        return { ...fact, data, seq: index, ref: `evt_${index}~s`, at: occurred, receivedAt, ...history };
      })
      .filter((event, _index, all) => isSoonEnough(event, all))
      .sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq),
  );

/** Nothing is taken back or resolved long before it comes, and no case twice within months. */
function isSoonEnough({ type, seq, data, receivedAt }: PairEvent, all: PairEvent[]): boolean {
  const same = all.find((event) => event.type === type && event.data.caseId === data.caseId);
  if (type === 'case.resolved' && same && same.seq < seq && Math.abs(same.receivedAt - receivedAt) > 30 * DAY)
    return false;
  const number = /evt_(\d+)/.exec(data.retracts ?? data.caseKey ?? '')?.[1];
  const target = number === undefined ? undefined : all[Number(number)];
  return target === undefined || target.receivedAt < receivedAt + 30 * DAY;
}

const until = start + 330 * DAY;
const half = start + 150 * DAY;
const runs = { numRuns: 100 };

/** The same pair in a program that has surveys alone. */
const alone: PairContext = {
  ...opening,
  policies: opening.policies.map((inForce) => ({
    ...inForce,
    policy: documentWith({ surveys: { afterMeeting: true } }).policy,
  })),
};

describe('laws of surveys and interventions', () => {
  it('E1 E2 facts commute, and a second time changes nothing', () => {
    fc.assert(
      fc.property(shuffledOf(lives), ({ events, other }) => {
        const { surveys } = applied(events).state.tracks;
        expect(applied(other).state.tracks.surveys).toEqual(surveys);
        expect(applied(other, applied(events)).state.tracks.surveys).toEqual(surveys);
      }),
      { numRuns: 300 },
    );
  });

  it('nothing is fresh just before the instant at which a decision wants to be asked again', () => {
    fc.assert(
      fc.property(lives, (events) => expectQuietBetweenLooks(events, { ctx: alone, until })),
      runs,
    );
  });

  it('compacting between two runs changes no later decision and no view', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 9 }), (events, every) => {
        let looks = 0;
        const plain = live(events, { ctx: alone, until });
        const compacted = live(events, {
          ctx: alone,
          until,
          between: ({ state, ctx }, now) => (looks++ % every === 0 ? compactPair(state, now, ctx) : state),
        });
        const ofSurveys = (log: typeof plain.log) =>
          sayings(log).filter((line) => /survey|intervention|reach-out|low-rating|unavailable|rematch/.test(line));
        expect(ofSurveys(compacted.log)).toEqual(ofSurveys(plain.log));
        expect(viewPair(compacted.state, end, compacted.ctx).sentiment).toEqual(
          viewPair(plain.state, end, plain.ctx).sentiment,
        );
        expect(JSON.stringify(compactPair(plain.state, end, plain.ctx).tracks.surveys).length).toBeLessThan(4_000);
      }),
      runs,
    );
  });

  it('S3 at most one intervention is open at a time, and each is written about once', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const { log } = live(events, { ctx: alone, until });
        for (const { decision } of log) {
          const open = decision.cases.filter(({ caseKind, outcome }) => caseKind === 'intervention' && !outcome);
          expect(open.length).toBeLessThanOrEqual(1);
          const tasks = decision.cases.filter(({ reason, outcome }) => reason.startsWith('reach_out_') && !outcome);
          expect(tasks.length).toBeLessThanOrEqual(2);
        }
      }),
      runs,
    );
  });

  it('S2 nobody is asked twice within 14 days, nor after they have answered', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const { log } = live(events, { ctx: alone, until });
        const said = log.flatMap(({ decision }) => decision.messages.filter(({ template }) => template === 'survey'));
        for (const personId of ['mentor_1', 'mentee_1']) {
          const slots = [...new Set(said.filter((step) => step.personId === personId).map(({ slot }) => slot))].sort();
          // An hour less where the clocks change.
          for (const [index, slot] of slots.slice(1).entries())
            expect(slot - (slots[index] as number)).toBeGreaterThanOrEqual(14 * DAY - HOUR);
        }
        for (const { at: now, decision } of log)
          for (const step of decision.messages.filter(({ template }) => template === 'survey'))
            expect(answersSince(events, step.role, step.slot - 7 * DAY + HOUR, now)).toEqual([]);
      }),
      runs,
    );
  });

  it('S2 the check sees two surveys that are close: a control that forgets what was asked', () => {
    const met = (day: number, seq: number): PairEvent => meeting(start + day * DAY, { seq, ref: `evt_${seq}~s` });
    const slots = (forgets: boolean) => {
      const forget = (pair: Lived): Lived['state'] => {
        const { surveys } = pair.state.tracks as { surveys: object };
        return { ...pair.state, tracks: { ...pair.state.tracks, surveys: { ...surveys, asked: [] } } };
      };
      const between = forgets ? { between: forget } : {};
      const wrong = met(2, 1);
      const corrected = { ...retraction(wrong, start + 5 * DAY), seq: 3 };
      const { log } = live([wrong, corrected, met(8, 2)], { ctx: alone, until: start + 14 * DAY, ...between });
      const said = log.flatMap(({ decision }) => decision.messages.filter(({ template }) => template === 'survey'));
      return new Set(said.map(({ slot }) => slot)).size;
    };
    expect([slots(false), slots(true)]).toEqual([1, 2]);
  });

  it('S3 no message to a participant, and no view, depends on anybody’s score', () => {
    fc.assert(
      fc.property(lives, fc.array(scores, { minLength: length, maxLength: length }), (events, others) => {
        const changed = events.map((event): PairEvent => {
          if (event.type !== 'survey.answered' || event.data.retracts) return event;
          return { ...event, data: { ...event.data, score: others[event.seq] } };
        });
        const [one, other] = [events, changed].map((given) => live(given, { until: half })) as [Lived, Lived];
        expect(toParticipants(other)).toEqual(toParticipants(one));
        const view = ({ state, ctx }: Lived) => ({ ...viewPair(state, half, ctx), openCases: [] });
        expect(view(other)).toEqual(view(one));
      }),
      { numRuns: 15 },
    );
  });

  it('the check sees a score that is told: a control', () => {
    const term = (score: number) => surveyTerm().give(rating('mentee', first, { score }), meeting(first));
    const staffMail = (score: number) => JSON.stringify(lastDecision(term(score)).messages);
    expect(staffMail(1)).not.toBe(staffMail(5));
  });
});

type Lived = ReturnType<typeof live>;

/** Every message to one of the two, as often as it was said anew. */
function toParticipants({ log }: Lived): string[] {
  const lines = log.flatMap(({ decision }) =>
    decision.messages
      .filter((step) => ['mentor', 'mentee', 'guardian'].includes(step.role))
      .map((step) => JSON.stringify(step)),
  );
  return [...new Set(lines)].sort();
}

/** The answers of a party that were known by `now`, were given after `since` and were never taken back. */
function answersSince(events: PairEvent[], role: string, since: Instant, now: Instant): string[] {
  const back = new Set(events.flatMap(({ data }) => data.retracts ?? []));
  return events
    .filter(({ type, data, history, ref, at: given, receivedAt }) => {
      const counts = type === 'survey.answered' && data.by === role && !history && !back.has(ref);
      return counts && given >= since && receivedAt < now;
    })
    .map(({ ref }) => ref);
}
