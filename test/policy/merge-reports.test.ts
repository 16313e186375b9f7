import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openContext } from '../../policy/pair/documents.ts';
import { mergeReports, type Report, reporterOf } from '../../policy/pair/merge-reports.ts';
import { DAY, dayOf, HOUR, instantOf } from '../../policy/time.ts';
import { documents, newYork } from './support.ts';

const noon = instantOf('2026-10-28', '12:00', newYork);

function report(ref: string, by: string, at: number): Report {
  return { ref, by, at };
}

function refsOf(groups: Report[][]): string[] {
  return groups.map((group) => group.map(({ ref }) => ref).join(' '));
}

function merged(...reports: Report[]): string[] {
  return refsOf(mergeReports(reports, newYork));
}

/** Up to twelve reports of three people within twelve days, around the end of summer time. */
const reports = fc
  .array(fc.record({ by: fc.constantFrom('mentor', 'mentee', 'coord'), hours: fc.integer({ min: 0, max: 12 * 24 }) }), {
    maxLength: 12,
  })
  .map((items) => items.map(({ by, hours }, index) => report(`evt_${index}`, by, noon + hours * HOUR)));

describe('reports of one thing by different people', () => {
  it('K10 T10 two people on one day, or on days next to each other, tell of one thing', () => {
    expect(merged(report('a', 'mentor', noon), report('b', 'mentee', noon + 2 * HOUR))).toEqual(['a b']);
    expect(merged(report('a', 'mentor', noon), report('b', 'mentee', noon + 35 * HOUR))).toEqual(['a b']);
    expect(merged(report('a', 'mentor', noon), report('b', 'mentee', noon + 36 * HOUR))).toEqual(['a', 'b']);
  });

  it('T10 two reports of one person are two', () => {
    expect(merged(report('a', 'mentor', noon), report('b', 'mentor', noon))).toEqual(['a', 'b']);
  });

  it('T10 one to one, the nearest first, and of two equally near the one with the lower refs', () => {
    const [early, late] = [report('a', 'mentor', noon - 20 * HOUR), report('c', 'mentor', noon + 3 * HOUR)];
    expect(merged(early, report('b', 'mentee', noon), late)).toEqual(['a', 'b c']);
    const [before, after] = [report('z', 'mentor', noon - HOUR), report('c', 'mentor', noon + HOUR)];
    expect(merged(before, report('b', 'mentee', noon), after)).toEqual(['z', 'b c']);
  });

  it('K10 three voices do not chain over three days', () => {
    const [first, second, third] = [noon, noon + 20 * HOUR, noon + 44 * HOUR];
    expect(merged(report('a', 'mentor', first), report('b', 'mentee', second), report('c', 'coord', third))).toEqual([
      'a b',
      'c',
    ]);
    expect(merged(report('a', 'mentor', first), report('b', 'mentee', second), report('c', 'coord', second))).toEqual([
      'a b c',
    ]);
  });

  it('K10 days are counted where the pair is, also when the clock goes back', () => {
    const at = (date: string, time: string): number => instantOf(date, time, newYork);
    const late = report('b', 'mentee', at('2026-11-02', '23:59'));
    expect(merged(report('a', 'mentor', at('2026-11-01', '00:00')), late)).toEqual(['a b']);
    expect(merged(report('a', 'mentor', at('2026-10-31', '23:59')), late)).toEqual(['a', 'b']);
  });

  it('K10 a participant is one reporter, named by role or by id', () => {
    const ctx = openContext(documents(), 1);
    expect(['mentor', 'mentor_1', 'mentee_1', 'coord'].map((by) => reporterOf(by, ctx))).toEqual([
      'mentor',
      'mentor',
      'mentee',
      'coord',
    ]);
  });

  it('K10 T10 the order in which reports come changes nothing', () => {
    const shuffled = reports.chain((list) =>
      fc.shuffledSubarray(list, { minLength: list.length }).map((other) => ({ list, other })),
    );
    fc.assert(
      fc.property(shuffled, ({ list, other }) => {
        expect(mergeReports(other, newYork)).toEqual(mergeReports(list, newYork));
      }),
    );
  });

  it('K10 never two reports of one person in a group, never more than a day apart, and each report in one group', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const groups = mergeReports(list, newYork);
        expect(
          groups
            .flat()
            .map(({ ref }) => ref)
            .sort(),
        ).toEqual(list.map(({ ref }) => ref).sort());
        for (const group of groups) {
          expect(new Set(group.map(({ by }) => by)).size).toBe(group.length);
          const days = group.map(({ at }) => dayOf(at, newYork));
          expect(Math.max(...days) - Math.min(...days)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('T10 one more report of the same person never makes fewer things, and of one alone each makes one more', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: 0, max: 12 * 24 }), (list, hours) => {
        const two = list.filter(({ by }) => by !== 'coord');
        const more = [...two, report('more', 'mentor', noon + hours * HOUR)];
        const [before, after] = [mergeReports(two, newYork).length, mergeReports(more, newYork).length];
        expect([before, before + 1]).toContain(after);
        const alone = two.filter(({ by }) => by === 'mentor');
        expect(mergeReports(alone, newYork)).toHaveLength(alone.length);
      }),
    );
  });

  it('two people who might be of one thing are never left apart while both are alone', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const alone = mergeReports(list, newYork).flatMap((group) => (group.length === 1 ? group : []));
        for (const one of alone)
          for (const other of alone)
            if (one.by !== other.by)
              expect(Math.abs(dayOf(one.at, newYork) - dayOf(other.at, newYork))).toBeGreaterThan(1);
      }),
    );
  });

  it('the check notices a merging that goes by the order of arrival', () => {
    const byArrival = (list: Report[]): string[] => {
      const groups: Report[][] = [];
      for (const one of list) {
        const found = groups.find((group) =>
          group.every((other) => other.by !== one.by && Math.abs(other.at - one.at) < DAY),
        );
        if (found) found.push(one);
        else groups.push([one]);
      }
      return refsOf(groups);
    };
    const ordered = fc.property(reports, (list) => {
      const sorted = (names: string[]): string[] => names.map((name) => name.split(' ').sort().join(' ')).sort();
      expect(sorted(byArrival([...list].reverse()))).toEqual(sorted(byArrival(list)));
    });
    expect(fc.check(ordered).failed).toBe(true);
  });
});
