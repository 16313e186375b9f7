import { DAY, dayOf, type Instant } from '../time.ts';
import type { PairContext } from './context.ts';
import { roleOf } from './facts.ts';

/** Reports of one thing by different people (T10, K10). */

/** One voice about something that happened. */
export interface Report {
  ref: string;
  /** The reporter, as `reporterOf` names one. */
  by: string;
  /** When the thing happened, as this reporter says. */
  at: Instant;
}

/** Who reported: a participant by the role, whichever way an event names one; anybody else by person id. */
export function reporterOf(by: string, ctx: PairContext): string {
  return roleOf(by, ctx) ?? by;
}

/**
 * The reports, grouped by the thing that they are about; each group is sorted by instant, the groups by their first
 * report. Reports of different reporters on one civil day of `zone`, plus or minus one, merge, the nearest in time first;
 * of pairs equally near the one with the lower refs comes first. A group holds one report of a reporter at most, and
 * every two of its reports are within a day of each other: three voices do not chain over three days. The order in which
 * reports are given changes nothing.
 */
export function mergeReports<T extends Report>(reports: readonly T[], zone: string): T[][] {
  const sorted = [...reports].sort(inOrder);
  const groupOf = new Map<T, T[]>(sorted.map((report) => [report, [report]]));
  for (const [one, other] of nearestFirst(sorted, zone)) {
    const [into, from] = [groupOf.get(one) as T[], groupOf.get(other) as T[]];
    if (into === from || !into.every((a) => from.every((b) => mayBeOne(a, b, zone)))) continue;
    const merged = [...into, ...from].sort(inOrder);
    for (const report of merged) groupOf.set(report, merged);
  }
  return [...new Set(sorted.map((report) => groupOf.get(report) as T[]))];
}

function inOrder(a: Report, b: Report): number {
  return a.at - b.at || (a.ref < b.ref ? -1 : 1);
}

/** Every two reports, given in order, that may be of one thing. */
function nearestFirst<T extends Report>(sorted: T[], zone: string): Array<[T, T]> {
  const candidates: Array<[T, T]> = [];
  sorted.forEach((one, index) => {
    for (let next = index + 1; next < sorted.length; next++) {
      const other = sorted[next] as T;
      if (other.at > one.at + 3 * DAY) break;
      if (mayBeOne(one, other, zone)) candidates.push([one, other]);
    }
  });
  return candidates.sort((a, b) => a[1].at - a[0].at - (b[1].at - b[0].at) || inRefs(a, b));
}

function inRefs(a: [Report, Report], b: [Report, Report]): number {
  const [refs, others] = [a, b].map((pair) => pair.map((report) => report.ref).sort()) as [string[], string[]];
  const at = refs.findIndex((ref, index) => ref !== others[index]);
  return at < 0 ? 0 : (refs[at] as string) < (others[at] as string) ? -1 : 1;
}

/** Different voices, and no more than a civil day apart. */
function mayBeOne(one: Report, other: Report, zone: string): boolean {
  return one.by !== other.by && Math.abs(dayOf(one.at, zone) - dayOf(other.at, zone)) <= 1;
}
