import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from '../../bin/simulate/run.ts';
import { shifted, weeksUntil } from '../../policy/simulate/shift.ts';
import { addDays, localMinute } from '../../policy/time.ts';
import { iowaCity, simulated } from './iowa-city.ts';

const zone = iowaCity.program.zone;

/** A timeline with every date so many days later. */
function moved(timeline: string, days: number): string {
  return timeline.replace(/^\d{4}-\d{2}-\d{2}/gm, (date) => addDays(date, days));
}

describe('moving a story by whole weeks', () => {
  it('V8 keeps weekdays and local times of every instant, whichever side of a clock change it comes to lie on', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60, max: 120 }), fc.constantFrom(...iowaCity.events), (weeks, { time }) => {
        const [before, after] = [time, shifted(time, weeks, zone)].map((text) => localMinute(Date.parse(text), zone));
        expect(after).toBe(`${addDays((before as string).slice(0, 10), 7 * weeks)}${(before as string).slice(10)}`);
      }),
    );
  });

  it('moves the dates, the ids that are dates and the instants, and nothing else', () => {
    const value = { id: '2026-10-28', at: '2026-10-28T10:00:30-05:00', name: 'On 2026-10-28', count: 7, none: null };
    expect(shifted(value, 1, zone)).toEqual({ ...value, id: '2026-11-04', at: '2026-11-04T16:00:30.000Z' });
  });

  it('the shifted term gives the same timeline so many weeks later, for those in the program’s zone', () => {
    const people = iowaCity.people.map((person) => ({ ...person, zone: null }));
    const local = { ...iowaCity, people };
    expect(simulated(shifted(local, 30, zone)).timeline).toBe(moved(simulated(local).timeline, 210));
  });

  it('a start is followed by the first event within a week, and never after it', () => {
    const start = Date.parse('2031-02-05T09:30:00Z');
    const weeks = weeksUntil(start, iowaCity);
    const first = Date.parse(shifted(iowaCity, weeks, zone).events[0]?.time as string);
    expect(first).toBeGreaterThanOrEqual(start);
    expect(first - start).toBeLessThanOrEqual(7 * 86_400_000);
    expect(run(iowaCity, { start, until: null }).from).toBe(first);
  });
});
