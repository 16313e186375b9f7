import { z } from 'zod';
import { civilDate, id, timeOfDay, zone } from './common.ts';
import { sessionLimit } from './icalendar.ts';

/** Class calendars as JSON, and what accompanies one that comes as iCalendar. */

/** Years in which civil times can be reckoned with safely. */
const classDate = civilDate.refine((date) => date >= '2000-01-01' && date <= '2199-12-31', {
  message: 'A date from 2000 to 2199 was expected',
});

const session = z
  .strictObject({
    id: id.optional().meta({ description: 'Stays when the session moves to another date; the date where left out' }),
    date: classDate,
    start: timeOfDay.meta({ description: 'Local time in the zone of the class' }),
    state: z.enum(['held', 'cancelled']).default('held'),
  })
  .transform((given) => ({ ...given, id: given.id ?? given.date }));

/** What a calendar document and the query beside an iCalendar document have in common. */
const frame = { programId: id, zone: zone.nullish(), endsOn: classDate.nullish() };

/** A class calendar, whole. */
export const classInput = z
  .strictObject({ ...frame, sessions: z.array(session).max(sessionLimit) })
  .superRefine(({ sessions, endsOn }, context) => {
    const ids = new Set<string>();
    const dates = new Set<string>();
    for (const [index, { id: sessionId, date }] of sessions.entries()) {
      const refuse = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['sessions', index, field], message });
      if (dates.has(date)) refuse('date', 'A class has one session per date');
      else if (ids.has(sessionId)) refuse('id', 'Another session has this id');
      if (endsOn && date > endsOn) refuse('date', 'Is after endsOn');
      ids.add(sessionId);
      dates.add(date);
    }
  })
  .meta({ id: 'ClassInput', description: 'The sessions of a class, all of them' });

/** An iCalendar document (RFC 5545); its program, zone and end come in the query. */
export const icalendarText = z.string().meta({ description: 'An iCalendar document (RFC 5545)' });

/** Beside an iCalendar document `programId` is needed; beside JSON the query stays empty. */
export const classQuery = z.strictObject({
  programId: id.optional(),
  zone: zone.optional(),
  endsOn: classDate.optional(),
});

const storedSession = z.object({ id: z.string(), date: z.string(), start: z.string(), state: z.string() });

export const classAnswer = z
  .object({
    id: z.string(),
    programId: z.string(),
    version: z.int(),
    zone: z.string(),
    endsOn: z.string().nullable(),
    sessions: z.array(storedSession),
  })
  .meta({ id: 'Class', description: 'A class and its calendar, by date' });

const localMinute = z.string().nullable().meta({ description: 'Local time in the zone of the class' });

export const classPreview = z
  .object({
    programId: z.string(),
    zone: z.string(),
    endsOn: z.string().nullable(),
    sessions: z.array(storedSession),
    changes: z.object({
      added: z.array(z.string()),
      moved: z.array(z.string()),
      cancelled: z.array(z.string()),
      removed: z.array(z.string()),
    }),
    windows: z.array(
      z.object({
        session: z.string(),
        opensAt: z.string(),
        closesAt: localMinute,
        email: localMinute,
        text: localMinute,
        skipped: z.array(z.enum(['email', 'text'])),
      }),
    ),
  })
  .meta({ id: 'ClassPreview', description: 'What a calendar would be, and when its reminders would go' });
