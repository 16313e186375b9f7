import type { z } from 'zod';
import type { ClassCalendar } from '../../policy/calendar.ts';
import { type ClassWindow, slotsOf, windowsOf } from '../../policy/pair/class-week/windows.ts';
import type { ClassWeekPolicy } from '../../policy/sections/class-week.ts';
import { localMinute } from '../../policy/time.ts';
import type { CalendarContent } from '../../prisma/store/classes.ts';
import type { classPreview } from '../schemas/class.ts';

type Preview = z.input<typeof classPreview>;

/** What a calendar would be, what it would change, and when the reminders of its weeks would go (V3). */
export function previewOf(
  programId: string,
  current: ClassCalendar | null,
  content: CalendarContent,
  classWeek: ClassWeekPolicy | undefined,
): Preview {
  const calendar = { classId: '', version: 0, ...content };
  const windows = windowsOf(calendar).map((window, index) => windowView(calendar, window, index, classWeek));
  return { programId, ...content, changes: changesOf(current, content), windows };
}

function windowView(
  calendar: ClassCalendar,
  window: ClassWindow,
  index: number,
  classWeek: ClassWeekPolicy | undefined,
): Preview['windows'][number] {
  const local = (at: number | null): string | null => (at === null ? null : localMinute(at, calendar.zone));
  const slots = classWeek ? slotsOf(calendar, index, classWeek) : null;
  const skipped = (['email', 'text'] as const).filter((reminder) => slots?.tooShort[reminder]);
  return {
    session: window.session,
    opensAt: localMinute(window.opensAt, calendar.zone),
    closesAt: local(window.closesAt),
    email: skipped.includes('email') ? null : local(slots?.emailAt ?? null),
    text: skipped.includes('text') ? null : local(slots?.textAt ?? null),
    skipped,
  };
}

function changesOf(current: ClassCalendar | null, { sessions }: CalendarContent): Preview['changes'] {
  const before = new Map((current?.sessions ?? []).map((session) => [session.id, session]));
  const after = new Set(sessions.map((session) => session.id));
  const idsWhere = (test: (session: ClassCalendar['sessions'][number]) => boolean): string[] =>
    sessions.filter(test).map((session) => session.id);
  return {
    added: idsWhere(({ id }) => !before.has(id)),
    moved: idsWhere(({ id, date, start }) => {
      const other = before.get(id);
      return other !== undefined && (other.date !== date || other.start !== start);
    }),
    cancelled: idsWhere(({ id, state }) => state === 'cancelled' && before.get(id)?.state === 'held'),
    removed: [...before.keys()].filter((id) => !after.has(id)),
  };
}
