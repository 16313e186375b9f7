import type { Reader } from '../../staff-mail.ts';
import { addDays, dateOf, type Instant, weekdayOf } from '../../time.ts';
import { type PairContext, staffOf } from '../context.ts';

/** Who takes what participants report, and what the reporter is promised (T4, T9). */

/** The program's contact person, else whoever owns the relationship with the pair; null where there is neither. */
export function contactPerson(ctx: PairContext): Reader | null {
  for (const role of ['contact', 'coordinator'] as const) {
    const personId = staffOf(ctx, role);
    if (personId) return { role, personId };
  }
  return null;
}

/** Somebody is in touch within so many working days. */
const workingDays = 2;

/** The civil day by which somebody will have been in touch about what came at `at`: Monday to Friday, in the program's zone. */
export function answerBy(at: Instant, ctx: PairContext): string {
  let date = dateOf(at, ctx.programZone);
  for (let left = workingDays; left > 0; ) {
    date = addDays(date, 1);
    if (!['saturday', 'sunday'].includes(weekdayOf(date))) left--;
  }
  return date;
}
