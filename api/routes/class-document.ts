import type { z } from 'zod';
import type { ClassCalendar } from '../../policy/calendar.ts';
import { mergedSessions, withoutCancelled } from '../../policy/calendar-merge.ts';
import type { Instant } from '../../policy/time.ts';
import type { CalendarContent } from '../../prisma/store/classes.ts';
import { type Fault, invalid } from '../problem.ts';
import type { classInput, classQuery } from '../schemas/class.ts';
import { readCalendar, sessionLimit } from '../schemas/icalendar.ts';
import { CalendarFault } from '../schemas/icalendar-fault.ts';

/** From the body of a request, JSON or iCalendar, to the calendar that it makes of the one that stands. */

/** Sessions that a document leaves out but that have begun stay beside those it names. */
const MERGED_LIMIT = 2 * sessionLimit;

export type ClassBody = z.output<typeof classInput> | string;
export type ClassQuery = z.output<typeof classQuery>;

/**
 * The program that a document is for, and where the request names it.
 * @throws {Problem} 422 where it is named in the wrong place or not at all
 */
export function programOf(body: ClassBody, query: ClassQuery): { programId: string; pointer: string } {
  const pointer = '/query/programId';
  if (typeof body !== 'string') {
    const misplaced = Object.keys(query).map(
      (name): Fault => ({ pointer: `/query/${name}`, detail: 'Say it in the body' }),
    );
    if (misplaced.length > 0) throw invalid(misplaced);
    return { programId: body.programId, pointer: '/programId' };
  }
  if (query.programId === undefined) throw invalid([{ pointer, detail: 'Is needed beside a calendar' }]);
  return { programId: query.programId, pointer };
}

/**
 * What makes the next calendar of the one that stands.
 * @param programZone zone of the program, for a document that names none
 * @throws CalendarFault
 */
export function contentOf(
  body: ClassBody,
  query: ClassQuery,
  programZone: string,
  now: Instant,
): (current: ClassCalendar | null) => CalendarContent {
  if (typeof body === 'string') return icalendarContent(body, query, programZone, now);
  const { zone, endsOn, sessions } = body;
  return (current) =>
    limited({ zone: zone ?? programZone, endsOn: endsOn ?? null, sessions: mergedSessions(current, sessions, now) });
}

function icalendarContent(text: string, query: ClassQuery, programZone: string, now: Instant) {
  const { zone = null, endsOn = null } = query;
  const document = readCalendar(text, { zone, fallbackZone: programZone, endsOn, now });
  return (current: ClassCalendar | null): CalendarContent => {
    if (!document.cancelsOnly) {
      return limited({ zone: document.zone, endsOn, sessions: mergedSessions(current, document.sessions, now) });
    }
    if (!current) throw new CalendarFault([{ pointer: '', detail: 'METHOD:CANCEL needs a calendar that is there' }]);
    const ids = document.sessions.map((session) => session.id);
    const sessions = withoutCancelled(current, { ids, series: document.cancelledSeries }, now);
    return { zone: current.zone, endsOn: current.endsOn, sessions };
  };
}

function limited(content: CalendarContent): CalendarContent {
  if (content.sessions.length <= MERGED_LIMIT) return content;
  const detail = `with the sessions that took place before there are more than ${MERGED_LIMIT}`;
  throw new CalendarFault([{ pointer: '', detail }]);
}
