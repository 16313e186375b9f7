import type { CivilDate } from '../program.ts';
import { addDays, DAY, dateOf, type Instant, instantOf } from '../time.ts';

/** The time that a report is about. */

/** A bound as it was asked for: an instant, or a civil date in the program's zone, which means the whole day. */
export type Bound = Instant | CivilDate;

/** From inclusive to exclusive; null for no bound. */
export interface ReportSpan {
  from: Instant | null;
  until: Instant | null;
}

/** Civil days, both included; null for no bound. */
export interface ReportDays {
  from: CivilDate | null;
  to: CivilDate | null;
}

/** The span between two bounds; an instant ends it, a date is still in it. */
export function spanOf(from: Bound | undefined, to: Bound | undefined, zone: string): ReportSpan {
  const start = typeof from === 'string' ? instantOf(from, '00:00', zone) : from;
  const end = typeof to === 'string' ? instantOf(addDays(to, 1), '00:00', zone) : to;
  return { from: start ?? null, until: end ?? null };
}

/** The civil days of which a span has a part. */
export function daysOf({ from, until }: ReportSpan, zone: string): ReportDays {
  return {
    from: from === null ? null : dateOf(from, zone),
    to: until === null ? null : dateOf(until - 1, zone),
  };
}

/**
 * As many days right before these, to compare with; null where they have no beginning.
 * @param today stands for an end that is not given
 */
export function daysBefore({ from, to }: ReportDays, today: CivilDate): ReportDays | null {
  if (from === null) return null;
  const count = Math.max(1, Math.round((Date.parse(to ?? today) - Date.parse(from)) / DAY) + 1);
  return { from: addDays(from, -count), to: addDays(from, -1) };
}
