import type { StaffIds } from '../program.ts';
import { addDays, DAY, dateOf, HOUR, type Instant, instantOf, MINUTE, minuteOfDay, minutesOf } from '../time.ts';

/** Who is called when something may be wrong, and when: one person after the other, round again until somebody answers (K6). */

/**
 * The people who are called, in order: those named for it, else coordinator, supervisor and operations. Nobody is called
 * about themselves.
 * @param staff a pair's own come before its program's
 */
export function ladderOf(pairStaff: StaffIds, programStaff: StaffIds, concerned: Array<string | null>): string[] {
  const able = (people: Array<string | undefined>): string[] => [
    ...new Set(people.filter((id): id is string => id !== undefined && !concerned.includes(id))),
  ];
  const named = able(pairStaff.safety ?? programStaff.safety ?? []);
  if (named.length > 0) return named;
  return able(
    (['coordinator', 'supervisor', 'operations'] as const).map((role) => pairStaff[role] ?? programStaff[role]),
  );
}

/** When a ladder is climbed. */
export interface Climb {
  /** When the first person is called, at any hour. */
  from: Instant;
  /** Minutes that each person has before the next one is called. */
  minutes: number;
  /** Whether the others are called in the day only, `08:00` to `20:00` in `zone`. */
  byDay: boolean;
  zone: string;
}

/** A call: the `k`th of a climb, from 0 on. */
export interface Rung {
  k: number;
  at: Instant;
}

const dayBegins = '08:00';
const dayEnds = '20:00';

/** Rungs that follow each other at equal distances, and the first one after them. */
interface Stretch {
  count: number;
  next: Instant;
}

/** The rungs from one on that lie before the end of its day, or up to `now` where the hour makes no difference. */
function stretchFrom(at: Instant, now: Instant, { minutes, byDay, zone }: Climb): Stretch {
  const step = minutes * MINUTE;
  const end = byDay ? dayEndAfter(at, zone) : Number.POSITIVE_INFINITY;
  const last = Math.min(now, end - 1);
  const count = Math.max(1, Math.floor((last - at) / step) + 1);
  const next = at + count * step;
  return { count, next: byDay ? dayAtOrAfter(next, zone) : next };
}

/** When the day ends in which something is called; at once for what is called in the night. */
function dayEndAfter(at: Instant, zone: string): Instant {
  return isByDay(at, zone) ? instantOf(dateOf(at, zone), dayEnds, zone) : at;
}

function isByDay(at: Instant, zone: string): boolean {
  const minute = minuteOfDay(at, zone);
  return minute >= minutesOf(dayBegins) && minute < minutesOf(dayEnds);
}

/** The instant itself in the day, else the next morning. */
function dayAtOrAfter(at: Instant, zone: string): Instant {
  if (isByDay(at, zone)) return at;
  const today = dateOf(at, zone);
  const morning = instantOf(today, dayBegins, zone);
  return morning >= at ? morning : instantOf(addDays(today, 1), dayBegins, zone);
}

/**
 * The last rungs that are due at `now`, oldest first, and when the next one is. Takes a time that grows with the days of a
 * climb at most, however many rungs those hold.
 * @param count how many of the last are wanted
 */
export function rungsAt(climb: Climb, now: Instant, count: number): { due: Rung[]; next: Instant } {
  if (now < climb.from) return { due: [], next: climb.from };
  const step = climb.minutes * MINUTE;
  let due: Rung[] = [];
  let at = climb.from;
  for (let k = 0; ; ) {
    const stretch = stretchFrom(at, now, climb);
    const wanted = Math.min(count, stretch.count);
    const first = stretch.count - wanted;
    const start = at;
    const last = Array.from({ length: wanted }, (_, index) => ({
      k: k + first + index,
      at: start + (first + index) * step,
    }));
    due = [...due, ...last].slice(-count);
    if (stretch.next > now) return { due, next: stretch.next };
    k += stretch.count;
    at = stretch.next;
  }
}

/** Whoever has answered is taken to be at hand for so long. */
export const answeredFor = DAY;

/** Whether a further worry calls everybody again although somebody has answered: it is graver, or that was long ago (K6). */
export function callsAgain(worry: { at: Instant; isGraver: boolean }, answeredAt: Instant): boolean {
  return worry.isGraver || worry.at >= answeredAt + answeredFor;
}

/** Until when a call is of use that nobody could make yet: two hours, or a whole round where that takes longer. */
export function callStandsFor({ minutes }: Climb, people: number): number {
  return Math.max(2 * HOUR, people * minutes * MINUTE);
}
