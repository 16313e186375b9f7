import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { event, iowaCity, simulated } from './iowa-city.ts';

const pairs = ['pair_ada', 'pair_bo', 'pair_cleo', 'pair_dina'];
const created = iowaCity.events.filter(({ type }) => type === 'tandem.pair.created');

/** Whatever may happen at the same minute. */
const simultaneous = fc
  .uniqueArray(
    fc.record({
      type: fc.constantFrom('lesson.completed', 'message.sent', 'outreach.recorded', 'week.excused', 'case.resolved'),
      pair: fc.constantFrom(...pairs),
      day: fc.integer({ min: 26, max: 57 }),
    }),
    { maxLength: 25, selector: ({ type, pair, day }) => `${type}${pair}${day}` },
  )
  .map((facts) =>
    facts.map(({ type, pair, day }) => {
      const time = new Date(Date.UTC(2026, 7, day, 15)).toISOString();
      const data = {
        'week.excused': { sessionDate: time.slice(0, 10), reason: 'trip' },
        'outreach.recorded': { by: 'staff_paula' },
        'case.resolved': {},
      };
      return event(type, pair, time, data[type as keyof typeof data] ?? { by: 'mentor' });
    }),
  );

describe('one input has one timeline', () => {
  it('the same files give the same bytes', () => {
    const first = simulated(iowaCity);
    expect(simulated(structuredClone(iowaCity)).timeline).toBe(first.timeline);
    expect(first.timeline.split('\n').length).toBeGreaterThan(100);
  });

  it('events at the same instants may stand in the file in any order', () => {
    const order = simultaneous.chain((facts) =>
      fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })),
    );
    fc.assert(
      fc.property(order, ([facts, shuffled]) => {
        const until = Date.UTC(2026, 9, 12);
        const straight = simulated({ ...iowaCity, events: [...created, ...facts] }, { until });
        const other = simulated({ ...iowaCity, events: [...shuffled, ...[...created].reverse()] }, { until });
        expect(other.timeline).toBe(straight.timeline);
      }),
      { numRuns: 25 },
    );
  });

  it('an event that stands there twice counts once, and one more event is seen', () => {
    const again = simulated({ ...iowaCity, events: [...iowaCity.events, ...iowaCity.events] });
    expect(again.timeline).toBe(simulated(iowaCity).timeline);
    const lesson = event('lesson.completed', 'pair_dina', '2026-09-03T18:00:00-05:00', { by: 'mentor' });
    expect(simulated({ ...iowaCity, events: [...iowaCity.events, lesson] }).timeline).not.toBe(again.timeline);
  });
});
