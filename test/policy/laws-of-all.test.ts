import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../policy/event.ts';
import { compactPair, decide } from '../../policy/pair/decide.ts';
import { applyEvent } from '../../policy/pair/state.ts';
import { viewPair } from '../../policy/pair/view.ts';
import { DAY } from '../../policy/time.ts';
import { applied, end, live, lives, sayings, start } from './pair-life.ts';

const runs = { numRuns: 12 };
const factsOnly = lives.map((events) =>
  events.filter(({ type }) => !type.startsWith('pair.') && type !== 'staff.changed'),
);

describe('laws of the decider with every concern on', () => {
  it('E1 an entry that is applied twice equals one that is applied once', () => {
    fc.assert(
      fc.property(factsOnly, fc.nat(39), (events, which) => {
        const again = events[which % Math.max(1, events.length)];
        if (!again) return;
        const once = applied(events);
        expect(applied([again], once).state.tracks).toEqual(once.state.tracks);
      }),
      runs,
    );
  });

  it('E2 facts with no performed step between them commute', () => {
    const shuffled = factsOnly.chain((events) =>
      fc.shuffledSubarray(events, { minLength: events.length }).map((other) => ({ events, other })),
    );
    fc.assert(
      fc.property(shuffled, ({ events, other }) => {
        expect(applied(other).state.tracks).toEqual(applied(events).state.tracks);
      }),
      runs,
    );
  });

  it('nothing is fresh just before the instant at which a decision wants to be asked again', () => {
    fc.assert(
      fc.property(lives, (events) => {
        live(events, {
          between: ({ state, ctx }, now, nextAt) => {
            const next = Math.min(nextAt ?? end, end);
            if (nextAt !== null) expect(nextAt).toBeGreaterThan(now);
            for (const at of [now, now + Math.floor((next - now) / 2), next - 1]) {
              if (at < now) continue;
              const unread = { ...ctx, policyReadAt: at };
              expect(decide(state, at, unread).fresh.map((step) => step.key)).toEqual([]);
            }
            return state;
          },
        });
      }),
      runs,
    );
  });

  it('replaying the journal at the recorded instants gives the same state and the same decisions', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const first = live(events);
        const again = live(JSON.parse(JSON.stringify(events)) as PairEvent[], {
          between: ({ state }) => JSON.parse(JSON.stringify(state)),
        });
        expect(again.state).toEqual(first.state);
        expect(sayings(again.log)).toEqual(sayings(first.log));
      }),
      runs,
    );
  });

  it('compacting between two runs changes no later decision and no view', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 2, max: 30 }), (events, every) => {
        let looks = 0;
        const plain = live(events);
        const compacted = live(events, {
          between: ({ state, ctx }, now) => (looks++ % every === 0 ? compactPair(state, now, ctx) : state),
        });
        expect(sayings(compacted.log)).toEqual(sayings(plain.log));
        expect(viewPair(compacted.state, end, compacted.ctx)).toEqual(viewPair(plain.state, end, plain.ctx));
      }),
      runs,
    );
  });

  it('S11 closing withdraws every planned step in the same decision, and only what outlives the match is said', () => {
    const after = ['pair-closed', 'exit-survey', 'closure-rule', 'safety-alert', 'trouble-case'];
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 419 }), (events, day) => {
        const at = start + day * DAY;
        const before = live(
          events.filter((event) => event.receivedAt < at),
          { until: at - 1 },
        );
        const close: PairEvent = {
          seq: 99,
          ref: 'close',
          type: 'pair.closed',
          at,
          receivedAt: at,
          data: { reason: 'done' },
        };
        const { state, ctx } = applyEvent(before.state, close, before.ctx, at);
        const templates = new Set(decide(state, at, ctx).messages.map((step) => step.template));
        expect([...templates].filter((template) => !after.includes(template))).toEqual([]);
      }),
      runs,
    );
  });

  it('every message has an expiry after its slot, and every key is said of one thing', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const kinds = new Map<string, string>();
        for (const { decision } of live(events).log) {
          const keys = [...decision.messages, ...decision.cases, ...decision.effects].map((step) => step.key);
          expect(new Set(keys).size).toBe(keys.length);
          for (const step of decision.messages) {
            if (!step.skip) expect(step.expiresAt).toBeGreaterThan(step.slot);
            const said = `${step.template} ${step.channel} ${step.personId}`;
            expect(kinds.get(step.key) ?? said).toBe(said);
            kinds.set(step.key, said);
          }
        }
      }),
      runs,
    );
  });

  it('a carried state stays small over fourteen months of events', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const { state, ctx } = live(events);
        expect(JSON.stringify(compactPair(state, end, ctx)).length).toBeLessThan(24_000);
      }),
      runs,
    );
  });
});
