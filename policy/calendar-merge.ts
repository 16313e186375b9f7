import type { ClassCalendar, ClassSession } from './calendar.ts';
import { type Instant, instantOf } from './time.ts';

/** What becomes of a class's calendar when another document takes its place (W15). */

/**
 * The document is the whole calendar. A session that it leaves out stays when it has begun, since what happened in its
 * week rests on it; one that has not is cancelled. A date has one session: where the document names another for it, what
 * it left out is gone.
 */
export function mergedSessions(current: ClassCalendar | null, document: ClassSession[], now: Instant): ClassSession[] {
  const ids = new Set(document.map((session) => session.id));
  const dates = new Set(document.map((session) => session.date));
  const left = (current?.sessions ?? []).filter((session) => !ids.has(session.id) && !dates.has(session.date));
  const kept = left.map((session) => (hasBegun(session, current, now) ? session : cancelled(session)));
  return byDate([...document, ...kept]);
}

/**
 * The calendar with some of its sessions cancelled: those with one of the ids, and of a series (named by what its ids
 * begin with) those that have not begun.
 */
export function withoutCancelled(
  current: ClassCalendar,
  { ids, series }: { ids: string[]; series: string[] },
  now: Instant,
): ClassSession[] {
  const ofSeries = (id: string): boolean => series.some((name) => id === name || id.startsWith(`${name}_`));
  return current.sessions.map((session) => {
    if (ofSeries(session.id)) return hasBegun(session, current, now) ? session : cancelled(session);
    return ids.includes(session.id) ? cancelled(session) : session;
  });
}

function hasBegun(session: ClassSession, calendar: ClassCalendar | null, now: Instant): boolean {
  return calendar !== null && instantOf(session.date, session.start, calendar.zone) <= now;
}

function cancelled(session: ClassSession): ClassSession {
  return { ...session, state: 'cancelled' };
}

function byDate(sessions: ClassSession[]): ClassSession[] {
  return [...sessions].sort((a, b) => (a.date < b.date ? -1 : 1));
}
