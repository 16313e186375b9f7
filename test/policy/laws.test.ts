import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../policy/event.ts';
import type { PairContext } from '../../policy/pair/context.ts';
import { compactPair, type Decision, decide, saidState } from '../../policy/pair/decide.ts';
import { openContext } from '../../policy/pair/documents.ts';
import { applyEvent, openPair, type PairState } from '../../policy/pair/state.ts';
import { viewPair } from '../../policy/pair/view.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../policy/time.ts';
import { documents, weekly } from './support.ts';

/** The laws of the decider, over whatever may happen to a pair in a term of eleven weeks with a break. */

const calendar = weekly({ weeks: 12, skip: ['2026-10-14'], endsOn: '2026-11-27' });
const ctx = openContext(documents({ calendar }), 1);
const start = ctx.createdAt;
const termEnd = start + 85 * DAY;
const dates = calendar.sessions.map((session) => session.date);
const runs = { numRuns: 100 };

interface Journal {
  events: PairEvent[];
}

const instants = fc.integer({ min: 0, max: 84 * 24 * 4 }).map((quarters) => start + quarters * 15 * MINUTE);
const lateness = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 160 }) },
);

type Fact = Pick<PairEvent, 'type' | 'data'>;

const facts: fc.Arbitrary<Fact> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('lesson.completed' as const), data: fc.constant({ by: 'mentor' }) }),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...dates)
      .map((sessionDate): Fact => ({ type: 'lesson.completed', data: { by: 'mentor', sessionDate } })),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('mentor', 'mentee').map((by): Fact => ({ type: 'message.sent', data: { by } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...dates)
      .map((sessionDate): Fact => ({ type: 'week.excused', data: { sessionDate, reason: 'ill' } })),
  },
  { weight: 1, arbitrary: fc.constant<Fact>({ type: 'outreach.recorded', data: { by: 'coord' } }) },
  { weight: 1, arbitrary: fc.constant<Fact>({ type: 'reminders.resumed', data: { by: 'ops' } }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('case_1', 'case_2').map(
      (caseId): Fact => ({
        type: 'case.opened',
        data: { caseId, caseKey: null, caseKind: 'escalation', pauseReminders: true },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...dates).map((date): Fact => {
      const caseKey = `pair_17/${date}/escalation`;
      return { type: 'case.resolved', data: { caseId: `of ${caseKey}`, caseKey, caseKind: 'escalation' } };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.nat(19).map((which): Fact => ({ type: 'lesson.completed', data: { retracts: `evt_${which}~s` } })),
  },
);

/** Up to twenty entries in the order in which they are received, some of them up to seven days late. */
const journals: fc.Arbitrary<Journal> = fc
  .array(fc.record({ fact: facts, at: instants, late: lateness }), { maxLength: 20 })
  .map((items) =>
    items.map(({ fact, at, late }, index) => ({
      ...fact,
      seq: index,
      ref: `evt_${index}~s`,
      at,
      receivedAt: at + late * HOUR,
    })),
  )
  .map((events) => ({ events: events.sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq) }));

interface Step {
  at: Instant;
  state: PairState;
  decision: Decision;
}

interface Options {
  from?: PairState;
  until?: Instant;
  /** Called after each look; what it returns goes on. */
  after?: (step: Step) => PairState;
}

/** Says all that is owed at one instant, until nothing more is. */
function settle(state: PairState, now: Instant, context: PairContext, log: Step[]): Step {
  for (let round = 0; round < 10; round++) {
    const decision = decide(state, now, context);
    if (!decision.owed) return { at: now, state, decision };
    log.push({ at: now, state, decision });
    state = saidState(state, decision, now, context);
  }
  throw new Error('what is said is owed again and again');
}

/** The pair from `now` on: every entry when it is received, every timer when it fires. */
function live(events: PairEvent[], options: Options = {}): { log: Step[]; last: PairState } {
  const log: Step[] = [];
  const until = options.until ?? termEnd;
  let now = start;
  let rest = events;
  let { state, decision } = settle(options.from ?? openPair(read(ctx, start)), start, read(ctx, start), log);
  for (;;) {
    const event = rest[0];
    const wake = decision.nextAt ?? Number.POSITIVE_INFINITY;
    if (event && event.receivedAt <= wake) {
      now = Math.max(now, event.receivedAt);
      state = applyEvent(state, event, read(ctx, now), now).state;
      rest = rest.slice(1);
    } else now = wake;
    if (now > until) return { log, last: state };
    const step = settle(state, now, read(ctx, now), log);
    state = options.after?.(step) ?? step.state;
    decision = decide(state, now, read(ctx, now));
  }
}

/** The context of a pair that reads its policy whenever a window opens, and finds it unchanged. */
function read(context: PairContext, now: Instant): PairContext {
  const known = reads.get(now) ?? { ...context, policyReadAt: now };
  reads.set(now, known);
  return known;
}
const reads = new Map<Instant, PairContext>();

function what(log: Step[]): string[] {
  return log.flatMap(({ at, decision }) => decision.fresh.map((step) => `${at} ${JSON.stringify(step)}`));
}

function tracksOf(state: PairState): unknown {
  return JSON.parse(JSON.stringify(state.tracks));
}

function applied(events: PairEvent[], from: PairState = openPair(ctx)): PairState {
  return events.reduce((state, event) => applyEvent(state, event, ctx, event.receivedAt).state, from);
}

describe('laws of the decider', () => {
  it('E1 an entry that is applied twice equals one that is applied once', () => {
    fc.assert(
      fc.property(journals, fc.nat(19), instants, ({ events }, which, now) => {
        const again = events[which % Math.max(1, events.length)];
        if (!again) return;
        const once = applied(events);
        const twice = applied([again], once);
        expect(tracksOf(twice)).toEqual(tracksOf(once));
        expect(decide(twice, now, ctx).fresh).toEqual(decide(once, now, ctx).fresh);
      }),
      runs,
    );
  });

  it('E2 facts with no performed step between them commute', () => {
    const shuffled = journals.chain(({ events }) =>
      fc.shuffledSubarray(events, { minLength: events.length }).map((other) => ({ events, other })),
    );
    fc.assert(
      fc.property(shuffled, instants, ({ events, other }, now) => {
        expect(tracksOf(applied(other))).toEqual(tracksOf(applied(events)));
        expect(decide(applied(other), now, ctx).fresh).toEqual(decide(applied(events), now, ctx).fresh);
      }),
      runs,
    );
  });

  it('nothing is fresh just before the instant at which a decision wants to be asked again', () => {
    fc.assert(
      fc.property(journals, ({ events }) => {
        const after = ({ at, state, decision }: Step): PairState => {
          const next = decision.nextAt ?? at + 400 * DAY;
          expect(next).toBeGreaterThan(at);
          for (const now of [at, at + Math.floor((next - at) / 2), next - 1]) {
            expect(decide(state, now, read(ctx, at)).fresh).toEqual([]);
          }
          return state;
        };
        live(events, { after });
      }),
      runs,
    );
  });

  it('a performed step is fresh again only after a fact', () => {
    fc.assert(
      fc.property(journals, ({ events }) => {
        const { log } = live(events);
        const lastFacts = new Map<string, string>();
        for (const { state, decision } of log) {
          for (const step of decision.fresh) {
            const said = JSON.stringify(step);
            if (lastFacts.get(`${step.key} ${state.facts}`) === said) throw new Error(`said twice: ${step.key}`);
            lastFacts.set(`${step.key} ${state.facts}`, said);
          }
        }
      }),
      runs,
    );
  });

  it('replaying the journal at the recorded instants gives the same state and the same decisions', () => {
    fc.assert(
      fc.property(journals, ({ events }) => {
        const first = live(events);
        const again = live(JSON.parse(JSON.stringify(events)) as PairEvent[], {
          after: ({ state }) => JSON.parse(JSON.stringify(state)) as PairState,
        });
        expect(again.last).toEqual(first.last);
        expect(what(again.log)).toEqual(what(first.log));
      }),
      runs,
    );
  });

  it('compacting between two runs changes no later decision and no view', () => {
    fc.assert(
      fc.property(journals, fc.integer({ min: 2, max: 30 }), ({ events }, every) => {
        let looks = 0;
        const plain = live(events);
        const compacted = live(events, {
          after: ({ state, at }) => (looks++ % every === 0 ? compactPair(state, at, read(ctx, at)) : state),
        });
        expect(what(compacted.log)).toEqual(what(plain.log));
        expect(viewPair(compacted.last, termEnd, ctx)).toEqual(viewPair(plain.last, termEnd, ctx));
      }),
      runs,
    );
  });

  it('S11 closing withdraws every step in the same decision', () => {
    fc.assert(
      fc.property(journals, instants, ({ events }, now) => {
        const { last } = live(
          events.filter((event) => event.receivedAt < now),
          { until: now },
        );
        const close: PairEvent = {
          seq: 99,
          ref: 'close',
          type: 'pair.closed',
          at: now,
          receivedAt: now,
          data: { reason: 'done' },
        };
        const closed = applyEvent(last, close, ctx, now);
        const decision = decide(closed.state, now, closed.ctx);
        expect([decision.messages, decision.cases, decision.owed]).toEqual([[], [], true]);
        const said = saidState(closed.state, decision, now, closed.ctx);
        expect(decide(said, now, closed.ctx).owed).toBe(false);
      }),
      runs,
    );
  });

  it('W4 W7 W12 at most one email and one text a window, and one open escalation at a time', () => {
    fc.assert(
      fc.property(journals, ({ events }) => {
        for (const { decision } of live(events).log) {
          const keys = decision.messages.map((message) => message.key);
          expect(new Set(keys).size).toBe(keys.length);
          expect(decision.cases.length).toBeLessThanOrEqual(1);
        }
      }),
      runs,
    );
  });

  it('the check notices a pair that forgets a fact', () => {
    const forgetful = fc.property(journals, ({ events }) => {
      const compacted = live(events, {
        after: ({ state }) => ({
          ...state,
          tracks: { classWeek: { ...(state.tracks.classWeek as object), communications: [] } },
        }),
      });
      expect(what(compacted.log)).toEqual(what(live(events).log));
    });
    expect(fc.check(forgetful, { ...runs, endOnFailure: true }).failed).toBe(true);
  });
});
