import type { MessageStep, Role } from './step.ts';
import { addDays, DAY, dateOf, type Instant, instantOf, weekdayOf } from './time.ts';

/** Mail to staff, the same for every concern that writes some. */

/** Staff mail is of use for a week; after that the case itself speaks. */
export const staffMailFor = 7 * DAY;

/** Who reads a message, in which role. */
export interface Reader {
  role: Role;
  personId: string;
}

/**
 * A mail to somebody of the staff, decided at `slot`, which gathers with others of its kind and is of use for a week.
 * @param stepKey what is said, without the person
 */
export function staffMail(
  stepKey: string,
  reader: Reader,
  template: string,
  slot: Instant,
  fields: Record<string, unknown>,
  because: { rule: string; facts: string[] },
): MessageStep {
  return {
    kind: 'message',
    key: `${stepKey}/${reader.personId}`,
    stepKey: `${stepKey}/${reader.role}`,
    personId: reader.personId,
    role: reader.role,
    template,
    variant: null,
    channel: 'email',
    planned: false,
    slot,
    expiresAt: slot + staffMailFor,
    fields,
    heldBy: [],
    because,
  };
}

/** When lists for staff go out, on working days (M4). */
const listsGoAt = '08:00';

/** The first such instant at or after `at`: Monday to Friday, in the program's zone. */
export function nextListAt(at: Instant, zone: string): Instant {
  for (let date = dateOf(at, zone); ; date = addDays(date, 1)) {
    const weekday = weekdayOf(date);
    const slot = instantOf(date, listsGoAt, zone);
    if (slot >= at && weekday !== 'saturday' && weekday !== 'sunday') return slot;
  }
}
