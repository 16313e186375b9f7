import type { ProgramDocument } from '../program.ts';
import { addDays, dateOf, type Instant, instantOf } from '../time.ts';

/** When a program looks after its requests, each day in its own zone. */
const lookAt = '09:00';

/** The next such instant after `now`; null where the program has no section for requests (R18). */
export function nextDailyLook(now: Instant, { zone, policy }: ProgramDocument): Instant | null {
  if (!policy.requests) return null;
  const today = dateOf(now, zone);
  const at = instantOf(today, lookAt, zone);
  return at > now ? at : instantOf(addDays(today, 1), lookAt, zone);
}

/** That instant on the day so many days after the one on which something was. */
export function dailyLookAfter(since: Instant, days: number, zone: string): Instant {
  return instantOf(addDays(dateOf(since, zone), days), lookAt, zone);
}
