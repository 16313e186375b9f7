import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryData, PairEvent } from '../../policy/event.ts';
import type { PairContext } from '../../policy/pair/context.ts';
import { compactPair } from '../../policy/pair/decide.ts';
import type { MeetingsState } from '../../policy/pair/meetings/facts.ts';
import type { PairState } from '../../policy/pair/state.ts';
import { planPair, viewPair } from '../../policy/pair/view.ts';
import { addDays, DAY, HOUR, type Instant } from '../../policy/time.ts';
import { applied, end, expectQuietBetweenLooks, live, sayings, shuffledOf, start } from './pair-life.ts';

/** The laws of the decider over lives full of meetings: reported by many, planned, taken back, excused, resolved. */

const runs = { numRuns: 15 };
const length = 30;
const lifetime = 200;
const until = start + lifetime * DAY;

type Fact = Pick<PairEvent, 'type' | 'data'>;

function fact(type: PairEvent['type'], weight: number, data: fc.Arbitrary<EntryData>) {
  return { weight, arbitrary: data.map((given): Fact => ({ type, data: given })) };
}

const ref = fc.nat(length - 1).map((number) => `evt_${number}~s`);
const monday = fc.nat(40).map((week) => addDays('2026-09-14', 7 * week));

const caseKey = fc.oneof(
  monday.map((date) => [`pair_17/${date}/promise-broken`, 'promise-broken'] as const),
  ref.map((one) => [`pair_17/${one}/meeting-contradiction`, 'flag'] as const),
  fc.constant(['pair_17/first-meeting', 'first-meeting'] as const),
);

const facts: fc.Arbitrary<Fact> = fc.oneof(
  fact(
    'meeting.recorded',
    12,
    fc.record({
      by: fc.constantFrom('mentor', 'mentee_1', 'guardian', 'coord'),
      occurred: fc.nat(5).map((number) => number > 0),
      minutes: fc.option(fc.integer({ min: 10, max: 120 }), { nil: undefined }),
      given: fc.constantFrom([], ['activity'], ['activity', 'place']),
      mood: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    }),
  ),
  fact(
    'meeting.scheduled',
    3,
    fc.nat(30).map((inDays) => ({ inDays })),
  ),
  fact(
    'meeting.recorded',
    2,
    ref.map((retracts) => ({ retracts })),
  ),
  fact(
    'meeting.scheduled',
    1,
    ref.map((retracts) => ({ retracts })),
  ),
  fact(
    'pair.paused',
    1,
    fc.nat(30).map((inDays) => ({ reason: 'away', inDays })),
  ),
  fact('contact.trouble', 1, fc.constant({ by: 'mentee', option: 'talk_to_someone' })),
  fact(
    'case.resolved',
    4,
    caseKey.map(([key, caseKind]) => ({ caseId: `of ${key}`, caseKey: key, caseKind, outcome: 'resolved' })),
  ),
  fact('staff.changed', 1, fc.constantFrom({ staff: {} }, { staff: { coordinator: 'other' } })),
);

const lateness = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(40 * 24) });

/** Several meet on few days, so that voices merge and contradict each other. */
const lives: fc.Arbitrary<PairEvent[]> = fc
  .array(fc.record({ fact: facts, hours: fc.nat(lifetime * 8).map((third) => third * 3), late: lateness }), {
    maxLength: length,
  })
  .map((items) =>
    items
      .map(({ fact: { type, data }, hours, late }, index): PairEvent => {
        const at = start + hours * HOUR;
        const receivedAt = at + late * HOUR;
        const history = late > 7 * 24 ? { history: true } : {};
        return { type, seq: index, ref: `evt_${index}~s`, at, receivedAt, ...history, data: dataOf(type, data, at) };
      })
      .filter(({ type, history }) => !history || type.startsWith('meeting.'))
      .sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq),
  );

function dataOf(type: PairEvent['type'], { inDays, ...data }: EntryData, at: Instant): EntryData {
  if (typeof inDays === 'number') return { ...data, [type === 'pair.paused' ? 'until' : 'at']: at + inDays * DAY };
  return type === 'meeting.recorded' && data.retracts === undefined ? { ...data, at } : data;
}

/** The pair with these two concerns compacted, and no other. */
function ownCompacted(state: PairState, now: Instant, ctx: PairContext): PairState {
  const { meetings, firstMeeting } = compactPair(state, now, ctx).tracks;
  return { ...state, tracks: { ...state.tracks, meetings, firstMeeting } };
}

describe('laws of meetings', () => {
  it('E1 E2 facts commute, and a second time changes nothing', () => {
    fc.assert(
      fc.property(shuffledOf(lives), ({ events, other }) => {
        const { meetings, firstMeeting } = applied(events).state.tracks;
        for (const again of [applied(other), applied(other, applied(events))]) {
          expect(again.state.tracks.meetings).toEqual(meetings);
          expect(again.state.tracks.firstMeeting).toEqual(firstMeeting);
        }
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
        const plain = live(events, { until: end });
        const compacted = live(events, {
          until: end,
          between: ({ state, ctx }, now) => (looks++ % every === 0 ? ownCompacted(state, now, ctx) : state),
        });
        expect(sayings(compacted.log)).toEqual(sayings(plain.log));
        expect(viewPair(compacted.state, end, compacted.ctx)).toEqual(viewPair(plain.state, end, plain.ctx));
      }),
      runs,
    );
  });

  it('K9 one case about broken promises at a time, K8 one question a report, S1 one nudge each', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const said = live(events, { until }).log.map(({ decision }) => decision);
        for (const { cases, messages } of said) {
          expect(cases.filter(({ caseKind }) => caseKind === 'promise-broken').length).toBeLessThanOrEqual(1);
          const asked = messages.filter(({ template }) => template === 'meeting-details');
          expect(new Set(asked.map(({ fields }) => fields.meetingId)).size).toBe(asked.length);
        }
        const nudges = said.flatMap(({ messages }) =>
          messages.filter(({ template }) => template === 'first-meeting-nudge'),
        );
        expect(new Set(nudges.map(({ key }) => key)).size).toBeLessThanOrEqual(2);
      }),
      runs,
    );
  });

  it('K9 what was judged broken stays named until staff have ended the case', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const named = new Map<string, number>();
        for (const { decision } of live(events, { until }).log) {
          for (const { caseKind, key, details } of decision.cases.filter(
            (step) => step.caseKind === 'promise-broken',
          )) {
            expect(caseKind).toBe('promise-broken');
            const periods = details.periods as number;
            expect(periods).toBeGreaterThanOrEqual(named.get(key) ?? 1);
            named.set(key, periods);
          }
          const open = new Set(decision.cases.map(({ key }) => key));
          for (const key of named.keys()) {
            const isEnded = events.some(({ data }) => data.caseKey === key);
            if (!isEnded) expect(open.has(key)).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  it('V2 what is planned is what is said then, if nothing comes between', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const before = live(events, { until });
        const plan = planPair(before.state, until, until + 20 * DAY, before.ctx);
        const own = plan.filter(({ template }) => template === 'meeting-details' || template === 'first-meeting-nudge');
        const { log } = live(
          events.filter(({ receivedAt }) => receivedAt <= until),
          { until: until + 20 * DAY },
        );
        const said = new Set(log.flatMap(({ decision }) => decision.messages.map(({ key, slot }) => `${key} ${slot}`)));
        for (const { key, at } of own) expect(said.has(`${key} ${at}`)).toBe(true);
      }),
      runs,
    );
  });

  it('a carried state stays small', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const { state, ctx } = live(events, { until: end });
        const { meetings, firstMeeting } = compactPair(state, end, ctx).tracks;
        expect(JSON.stringify([meetings, firstMeeting]).length).toBeLessThan(6_000);
      }),
      runs,
    );
  });

  it('the check notices a pair that forgets what it has judged', () => {
    const forgetful = fc.property(lives, (events) => {
      const forgotten = live(events, {
        until: end,
        between: ({ state, ctx }, now) => {
          const compacted = ownCompacted(state, now, ctx);
          const meetings = compacted.tracks.meetings as MeetingsState;
          const row = { ...meetings.row, next: null };
          return { ...compacted, tracks: { ...compacted.tracks, meetings: { ...meetings, row } } };
        },
      });
      expect(sayings(forgotten.log)).toEqual(sayings(live(events, { until: end }).log));
    });
    expect(fc.check(forgetful, { ...runs, endOnFailure: true }).failed).toBe(true);
  });
});
