import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../policy/event.ts';
import { compactPair, decide } from '../../policy/pair/decide.ts';
import { viewPair } from '../../policy/pair/view.ts';
import { DAY, HOUR } from '../../policy/time.ts';
import { troubleOptions } from '../../policy/trouble-options.ts';
import { applied, end, expectQuietBetweenLooks, live, sayings, shuffledOf, start } from './pair-life.ts';

/** The laws of the decider over lives in which a match may end by what people report, and reports go on after that. */

const runs = { numRuns: 40 };
const length = 12;

type Fact = Pick<PairEvent, 'type' | 'data'>;
const which = fc.nat(length - 1);

const facts: fc.Arbitrary<Fact> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ by: fc.constantFrom('mentor', 'mentee', 'guardian'), option: fc.constantFrom(...troubleOptions) })
      .map((data): Fact => ({ type: 'contact.trouble', data })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ by: fc.constantFrom('mentor', 'coord'), priority: fc.constantFrom('normal', 'immediate') })
      .map((data): Fact => ({ type: 'flag.submitted', data })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        number: which,
        kind: fc.constantFrom('trouble', 'flag'),
        outcome: fc.constantFrom('resolved', 'rematch', 'unavailable', 'removed'),
        personId: fc.constantFrom('mentor_1', 'mentee_1'),
      })
      .map(({ number, kind, ...about }): Fact => {
        const caseKey = `pair_17/evt_${number}/${kind}`;
        return { type: 'case.resolved', data: { caseId: `case of ${caseKey}`, caseKey, caseKind: kind, ...about } };
      }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('mentor', 'mentee').map((by): Fact => ({ type: 'conversation.logged', data: { by } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('contact.trouble' as const, 'flag.submitted' as const), which)
      .map(([type, number]): Fact => ({ type, data: { retracts: `evt_${number}~s` } })),
  },
  { weight: 1, arbitrary: fc.constant<Fact>({ type: 'pair.closed', data: { reason: 'moved_away' } }) },
);

const lives: fc.Arbitrary<PairEvent[]> = fc
  .array(fc.record({ fact: facts, hours: fc.nat(200 * 24), late: fc.oneof(fc.constant(0), fc.nat(160)) }), {
    maxLength: length,
  })
  .map((items) =>
    items
      .map(({ fact, hours, late }, index): PairEvent => {
        const at = start + hours * HOUR;
        return { ...fact, seq: index, ref: `evt_${index}~s`, at, receivedAt: at + late * HOUR };
      })
      .filter((event, _index, all) => isSoonEnough(event, all))
      .sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq),
  );

/** Nothing is resolved or taken back long before it comes. */
function isSoonEnough({ data, receivedAt }: PairEvent, all: PairEvent[]): boolean {
  const number = /evt_(\d+)/.exec(data.retracts ?? data.caseKey ?? '')?.[1];
  const target = number === undefined ? undefined : all[Number(number)];
  return target === undefined || target.receivedAt < receivedAt + 7 * DAY;
}

const until = start + 300 * DAY;

describe('laws of staying in touch', () => {
  it('E1 E2 facts commute, and a second time changes nothing', () => {
    fc.assert(
      fc.property(shuffledOf(lives), ({ events, other }) => {
        const { contact } = applied(events).state.tracks;
        expect(applied(other).state.tracks.contact).toEqual(contact);
        expect(applied(other, applied(events)).state.tracks.contact).toEqual(contact);
      }),
      { numRuns: 300 },
    );
  });

  it('nothing is fresh just before the instant at which a decision wants to be asked again', () => {
    fc.assert(
      fc.property(lives, (events) => expectQuietBetweenLooks(events, { until })),
      runs,
    );
  });

  it('compacting between two runs changes no later decision and no view', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 9 }), (events, every) => {
        let looks = 0;
        const plain = live(events, { until });
        const compacted = live(events, {
          until,
          between: ({ state, ctx }, now) => (looks++ % every === 0 ? compactPair(state, now, ctx) : state),
        });
        expect(sayings(compacted.log)).toEqual(sayings(plain.log));
        expect(viewPair(compacted.state, end, compacted.ctx)).toEqual(viewPair(plain.state, end, plain.ctx));
      }),
      runs,
    );
  });

  it('T5 T6 T7 each effect is asked for once, none before its report, and a match that has ended stays so', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const { log, ctx } = live(events, { until });
        const steps = log.flatMap(({ at, decision }) =>
          decision.effects.filter((step) => decision.fresh.includes(step)).map((step) => ({ said: at, ...step })),
        );
        expect(new Set(steps.map(({ key }) => key)).size).toBe(steps.length);
        for (const { said, at, effect } of steps) {
          expect(said).toBeGreaterThanOrEqual(at);
          if (effect !== 'unavailable') expect(ctx.closed).not.toBeNull();
        }
        const gone = steps.filter(({ effect }) => effect === 'leave').map(({ personId, at }) => ({ personId, at }));
        for (const { personId, at } of gone) {
          const told = log.filter((one) => one.at > at).flatMap(({ decision }) => decision.messages);
          expect(told.filter((step) => step.personId === personId && step.template === 'pair-closed')).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('T8 at most one trouble case is open at a time, and a closed pair of which nothing stands ends its run', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const { log, state, ctx } = live(events, { until });
        for (const { decision } of log) {
          const open = decision.cases.filter((step) => step.caseKind === 'trouble' && !step.outcome);
          expect(open.length).toBeLessThanOrEqual(1);
        }
        const last = decide(state, until, ctx);
        const stands = last.cases.some((step) => !step.outcome);
        if (ctx.closed && until - ctx.closed.at > 100 * DAY && !stands) expect(state.retired).toBe(true);
      }),
      runs,
    );
  });
});
