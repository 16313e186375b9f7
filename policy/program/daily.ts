import type { ProgramDocument } from '../program.ts';
import { addDays, dateOf, type Instant, instantOf } from '../time.ts';

/** When a program looks after its requests and its people, each day in its own zone. */
const lookAt = '09:00';

/** The first such instant after `now`. */
export function nextLook(now: Instant, zone: string): Instant {
  return dailyLookAfter(lastLook(now, zone), 1, zone);
}

/** The last such instant up to `now`. */
export function lastLook(now: Instant, zone: string): Instant {
  const today = dailyLookAfter(now, 0, zone);
  return today <= now ? today : dailyLookAfter(now, -1, zone);
}

/** When requests are looked after next; null where the program has no section for them (R18). */
export function nextDailyLook(now: Instant, { zone, policy }: ProgramDocument): Instant | null {
  return policy.requests ? nextLook(now, zone) : null;
}

/** That instant on the day so many days after the one on which something was. */
export function dailyLookAfter(since: Instant, days: number, zone: string): Instant {
  return instantOf(addDays(dateOf(since, zone), days), lookAt, zone);
}
