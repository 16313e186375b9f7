import type { ClassCalendar, ClassSession } from '../../calendar.ts';
import type { CivilDate } from '../../program.ts';
import type { ClassWeekPolicy } from '../../sections/class-week.ts';
import { addDays, DAY, type Instant, instantOf } from '../../time.ts';

/** A class week: from one held session to the next (not Monday to Sunday). */
export interface ClassWindow {
  /** Id of the session that opens it. */
  session: string;
  date: CivilDate;
  opensAt: Instant;
  /** Start of the next session or, in the last week, the end of the term; null while neither is known (W17). */
  closesAt: Instant | null;
  nextDate: CivilDate | null;
  endsTerm: boolean;
}

/** The reminder slots of a window under one policy; null where there is no such reminder. */
export interface ReminderSlots {
  emailAt: Instant | null;
  emailExpiresAt: Instant;
  textAt: Instant | null;
  /** The week is too short for these (W16). */
  tooShort: { email: boolean; text: boolean };
}

interface CompiledCalendar {
  windows: ClassWindow[];
  slots: WeakMap<ClassWeekPolicy, Array<ReminderSlots | undefined>>;
}

const compiled = new WeakMap<ClassCalendar, CompiledCalendar>();

function compile(calendar: ClassCalendar): CompiledCalendar {
  const termEnd = calendar.endsOn === null ? null : instantOf(addDays(calendar.endsOn, 1), '00:00', calendar.zone);
  const held = calendar.sessions
    .filter((session) => session.state === 'held' && (calendar.endsOn === null || session.date <= calendar.endsOn))
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const startsAt = held.map((session) => instantOf(session.date, session.start, calendar.zone));
  const windows = held.map((session, index): ClassWindow => {
    const next: ClassSession | undefined = held[index + 1];
    return {
      session: session.id,
      date: session.date,
      opensAt: startsAt[index] as Instant,
      closesAt: next ? (startsAt[index + 1] as Instant) : termEnd,
      nextDate: next?.date ?? null,
      endsTerm: !next && termEnd !== null,
    };
  });
  return { windows, slots: new WeakMap() };
}

function compiledOf(calendar: ClassCalendar): CompiledCalendar {
  let entry = compiled.get(calendar);
  if (!entry) {
    entry = compile(calendar);
    compiled.set(calendar, entry);
  }
  return entry;
}

/** The class weeks of a calendar, oldest first. Computed once per calendar object, however many pairs share it. */
export function windowsOf(calendar: ClassCalendar): ClassWindow[] {
  return compiledOf(calendar).windows;
}

/** Index of the window that is open or was last opened at `now`; -1 before the first. */
export function windowIndexAt(windows: ClassWindow[], now: Instant): number {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((windows[middle] as ClassWindow).opensAt <= now) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const namedIn = new WeakMap<ClassWindow[], Map<string, number>>();

/**
 * Index of the window that a lesson's `sessionDate` names: the session with that id (a moved session keeps the id it
 * got from its first date), else the week that holds the date (W1). -1 when there is none.
 */
export function windowIndexOfSession(windows: ClassWindow[], sessionDate: CivilDate): number {
  let named = namedIn.get(windows);
  if (!named) {
    named = new Map(windows.map((window, index) => [window.session, index]));
    namedIn.set(windows, named);
  }
  const byName = named.get(sessionDate);
  if (byName !== undefined) return byName;
  let index = -1;
  for (const window of windows) {
    if (window.date > sessionDate) break;
    index++;
  }
  return index;
}

/** The reminder slots of a window (W2, W3, W16, W17, W19), in the class's zone. */
export function slotsOf(calendar: ClassCalendar, index: number, policy: ClassWeekPolicy): ReminderSlots {
  const entry = compiledOf(calendar);
  let slots = entry.slots.get(policy);
  if (!slots) {
    slots = [];
    entry.slots.set(policy, slots);
  }
  slots[index] ??= computeSlots(entry.windows[index] as ClassWindow, calendar.zone, policy);
  return slots[index] as ReminderSlots;
}

function computeSlots(window: ClassWindow, zone: string, policy: ClassWeekPolicy): ReminderSlots {
  const emailAt = instantOf(addDays(window.date, policy.email.daysAfterSession), policy.email.at, zone);
  if (window.nextDate === null || window.closesAt === null) {
    const expiresAt = Math.min(emailAt + 7 * DAY, window.closesAt ?? Number.MAX_SAFE_INTEGER);
    const tooShort = { email: emailAt >= expiresAt, text: false };
    return { emailAt, emailExpiresAt: expiresAt, textAt: null, tooShort };
  }
  const textAt = instantOf(addDays(window.nextDate, -policy.text.daysBeforeNextSession), policy.text.at, zone);
  const noText = textAt >= window.closesAt || textAt <= window.opensAt;
  return { emailAt, emailExpiresAt: textAt, textAt, tooShort: { email: noText || emailAt >= textAt, text: noText } };
}
