import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../policy/event.ts';
import { decide, holdsOf } from '../../policy/pair/decide.ts';
import { applyEvent, openPair } from '../../policy/pair/state.ts';
import { type Climb, rungsAt } from '../../policy/safety/ladder.ts';
import { DAY, HOUR, type Instant, MINUTE, minuteOfDay } from '../../policy/time.ts';
import {
  acknowledged,
  at,
  caseOf,
  checkIn,
  command,
  concern,
  discomfort,
  type Lived,
  live,
  resolved,
  saidMessages,
  worriedPair,
} from './safety-life.ts';
import { newYork } from './support.ts';

/** What never happens to a safety case, whatever is told of a pair in three days and nights. */

const start = at('2026-10-30', '12:00');
const end = start + 4 * DAY;
const runs = { numRuns: 60 };
/** From the last call of an evening to the first of the morning after it, where the clock is put back in between. */
const longestNight = 13 * HOUR + 15 * MINUTE;
const ids = ['a', 'b', 'c', 'd', 'e'];
const minutes = fc.integer({ min: 0, max: 3 * 24 * 60 }).map((given) => start + given * MINUTE);
const anyId = fc.constantFrom(...ids);

const worries: fc.Arbitrary<PairEvent[]> = fc
  .tuple(
    ...ids.map((id) =>
      fc.tuple(fc.constant(id), minutes, fc.constantFrom('concern', 'discomfort', 'keyword', 'none'), fc.boolean()),
    ),
  )
  .map((all) =>
    all.flatMap(([id, when, kind, byLadder]) => {
      const by = byLadder && id === 'e' ? { by: 'ben' } : {};
      if (kind === 'concern') return [concern(id, when, by)];
      if (kind === 'discomfort') return [discomfort(id, when, by)];
      return kind === 'keyword' ? [checkIn(id, when, { keyword: 'abuse', ...by })] : [];
    }),
  );

const answers: fc.Arbitrary<PairEvent[]> = fc.array(
  fc.oneof(
    fc.tuple(anyId, minutes, fc.constantFrom('anna', 'ben', 'zoe')).map(([id, when, by]) => ({
      ...acknowledged(id, when, by),
      ref: `ack:${id}:${by}:${when}`,
    })),
    fc.tuple(anyId, minutes).map(([id, when]) => ({ ...resolved(id, when), ref: `res:${id}:${when}` })),
    fc.tuple(anyId, minutes).map(([id, when]) => checkIn(`r${id}${when}`, when, { retracts: `${id}~s` })),
    minutes.map((when) => command('pair.closed', when, { reason: 'done' })),
    minutes.map((when) => command('pair.paused', when, { until: when + DAY })),
  ),
  { maxLength: 8 },
);

/** Nobody has ended a case at the very instant at which it opened. */
const isPossible = (some: PairEvent[], { type, data, receivedAt }: PairEvent): boolean =>
  type !== 'case.resolved' ||
  some.every((worry) => data.caseKey !== caseOf(worry.ref.slice(0, 1)).caseKey || worry.receivedAt !== receivedAt);

const stories = fc
  .tuple(worries, answers)
  .map(([some, others]) => [...some, ...others.filter((event) => isPossible(some, event))]);

function safetyCases(lived: Lived) {
  return lived.log.map(({ at: now, decision }) => ({
    now,
    cases: decision.cases.filter(({ caseKind }) => caseKind === 'safety'),
  }));
}

function applied(events: PairEvent[]) {
  const ctx = worriedPair();
  return events.reduce((pair, event) => applyEvent(pair.state, event, pair.ctx, event.receivedAt), {
    state: openPair(ctx),
    ctx,
  });
}

/** The rungs of a climb, minute by minute. */
function walked({ from, minutes: step, byDay, zone }: Climb, until: Instant): Instant[] {
  const isDay = (instant: Instant): boolean => {
    const minute = minuteOfDay(instant, zone);
    return minute >= 8 * 60 && minute < 20 * 60;
  };
  const rungs: Instant[] = [];
  for (let next = from; next <= until; ) {
    rungs.push(next);
    next += step * MINUTE;
    while (byDay && !isDay(next)) next += MINUTE;
  }
  return rungs;
}

const climbs: fc.Arbitrary<Climb> = fc.record({
  from: minutes,
  minutes: fc.constantFrom(1, 5, 15, 60, 400, 1440),
  byDay: fc.boolean(),
  zone: fc.constantFrom(newYork, 'Europe/Berlin', 'Asia/Kathmandu'),
});

describe('rungs', () => {
  it('K6 lie where one comes to by walking, none missed and none doubled', () => {
    fc.assert(
      fc.property(
        climbs,
        fc.integer({ min: 0, max: 3 * 24 * 60 }),
        fc.integer({ min: 1, max: 5 }),
        (climb, after, count) => {
          const now = climb.from + after * MINUTE;
          const all = walked(climb, now + 3 * DAY);
          const due = all.filter((instant) => instant <= now);
          const expected = due.map((instant, k) => ({ k, at: instant })).slice(-count);
          expect(rungsAt(climb, now, count)).toEqual({ due: expected, next: all[due.length] });
        },
      ),
      runs,
    );
  });
});

describe('safety cases', () => {
  it('K6 never end but by being resolved, and are withdrawn by nothing', () => {
    fc.assert(
      fc.property(stories, (events) => {
        const lived = live(events, end);
        const resolutions = events.filter(({ type }) => type === 'case.resolved');
        let open = new Map<string, string>();
        for (const { now, cases } of safetyCases(lived)) {
          for (const step of cases) expect(step.withdrawn).toBeUndefined();
          const named = new Set(cases.map(({ key }) => key));
          for (const key of open.keys()) {
            const ended = resolutions.some(({ data, receivedAt }) => data.caseKey === key && receivedAt <= now);
            expect(named.has(key) || ended).toBe(true);
          }
          open = new Map(cases.map(({ key }) => [key, key]));
        }
      }),
      runs,
    );
  });

  it('K6 at most one is open of those that the pair opens, and every worry belongs to one', () => {
    fc.assert(
      fc.property(stories, (events) => {
        const lived = live(events, end);
        const facts = new Set<string>();
        for (const { cases } of safetyCases(lived)) {
          expect(cases.length).toBeLessThanOrEqual(1);
          for (const step of cases) for (const ref of step.facts) facts.add(ref);
        }
        const told = events.filter(
          ({ data }) => data.safetyConcern === true || data.discomfort === true || data.keyword !== undefined,
        );
        expect([...facts].sort()).toEqual(told.map(({ ref }) => ref).sort());
      }),
      runs,
    );
  });

  it('K6 while nobody has answered somebody is called every quarter of an hour, by day at least', () => {
    fc.assert(
      fc.property(stories, (events) => {
        const lived = live(events, end);
        const said = saidMessages(lived).filter(({ channel }) => channel === 'email');
        for (const [index, { now, cases }] of safetyCases(lived).entries()) {
          const step = cases[0];
          if (!step || step.acknowledged) continue;
          const answered = events.some(
            ({ type, data, receivedAt }) =>
              type === 'case.acknowledged' &&
              data.caseKey === step.key &&
              receivedAt <= now &&
              receivedAt >= step.openedAt,
          );
          if (answered) continue;
          const isUneasy = ({ data }: PairEvent) => data.discomfort === true;
          const called = events.find(
            ({ receivedAt, ref }) => receivedAt === step.details.callingSince && step.facts.includes(ref),
          );
          const within = (called ? isUneasy(called) : step.reason === 'discomfort') ? longestNight : 15 * MINUTE;
          const before = said.filter(({ saidAt }) => saidAt <= now && saidAt >= now - within);
          expect(before.length, `${index} ${new Date(now).toISOString()}`).toBeGreaterThan(0);
        }
      }),
      runs,
    );
  });

  it('K6 nobody hears of one call twice, and mail and text go together', () => {
    fc.assert(
      fc.property(stories, (events) => {
        const said = saidMessages(live(events, end));
        const mails = said.filter(({ channel }) => channel === 'email');
        const texts = said.filter(({ channel }) => channel === 'sms');
        const steps = (list: typeof said) => list.map(({ stepKey, saidAt }) => `${stepKey} ${saidAt}`);
        expect(new Set(steps(mails)).size).toBe(mails.length);
        expect(steps(texts)).toEqual(steps(mails).map((line) => line.replace(/ (\d+)$/, '-text $1')));
        for (const { saidAt, slot, stepKey } of mails) {
          if (!stepKey.includes('-more')) expect(saidAt).toBe(slot);
        }
      }),
      runs,
    );
  });

  it('K6 after an outage nobody is called more than once for one alarm', () => {
    const outages = fc
      .tuple(minutes, fc.integer({ min: 1, max: 20 * 60 }))
      .map(([from, length]): [Instant, Instant] => [from, from + length * MINUTE]);
    fc.assert(
      fc.property(worries, outages, (events, outage) => {
        const lived = live(events, outage[1] + HOUR, { down: [outage] });
        const atOnce = saidMessages(lived).filter(({ saidAt, channel }) => saidAt === outage[1] && channel === 'email');
        const perPerson = atOnce.map(({ personId, because }) => `${personId} ${because.facts.join()}`);
        expect(new Set(perPerson).size).toBe(perPerson.length);
      }),
      runs,
    );
  });

  it('E1 E2 entries commute and may come twice', () => {
    const shuffled = stories.chain((events) => {
      const facts = events.filter(({ type }) => !type.startsWith('pair.'));
      return fc.shuffledSubarray(facts, { minLength: facts.length }).map((other) => ({ facts, other }));
    });
    fc.assert(
      fc.property(shuffled, minutes, ({ facts, other }, now) => {
        const { state, ctx } = applied(facts);
        const again = applied([...other, ...other]);
        expect(again.state.tracks.safety).toEqual(state.tracks.safety);
        expect(decide(again.state, now, ctx).fresh).toEqual(decide(state, now, ctx).fresh);
      }),
      runs,
    );
  });

  it('forgetting between two looks changes no call, no case and no hold', () => {
    fc.assert(
      fc.property(stories, (events) => {
        const late = [...events, command('pair.resumed', end + 90 * DAY, {})].map((event) =>
          event.type === 'pair.closed' ? { ...event, type: 'pair.resumed' as const } : event,
        );
        const answered = [...late, ...ids.map((id) => ({ ...acknowledged(id, end, 'anna'), ref: `last:${id}` }))];
        const plain = live(answered, end + 91 * DAY);
        const compacted = live(answered, end + 91 * DAY, { compacting: true });
        const told = ({ log }: Lived) =>
          log.flatMap(({ at: now, decision }) => decision.fresh.map((step) => `${now} ${JSON.stringify(step)}`));
        expect(told(compacted)).toEqual(told(plain));
        const holds = ({ state, ctx }: Lived) =>
          holdsOf(state, end, ctx)
            .map((hold) => JSON.stringify(hold))
            .sort();
        expect(holds(compacted)).toEqual(holds(plain));
      }),
      { numRuns: 40 },
    );
  });

  it('control: a pair that lets a case end by a retraction is noticed', () => {
    const careless = fc.property(stories, (events) => {
      const lived = live(
        events.filter(({ ref }) => !events.some(({ data }) => data.retracts === ref)),
        end,
      );
      const facts = new Set(safetyCases(lived).flatMap(({ cases }) => cases.flatMap((step) => step.facts)));
      const told = events.filter(({ data }) => data.safetyConcern === true && data.retracts === undefined);
      expect(told.filter(({ ref }) => !facts.has(ref))).toEqual([]);
    });
    expect(fc.check(careless, { numRuns: 500, endOnFailure: true }).failed).toBe(true);
  });
});
