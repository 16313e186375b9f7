import type { CivilDate, TimeOfDay } from './program.ts';

/** A meeting of a class. Its id stays when it moves to another date. */
export interface ClassSession {
  id: string;
  date: CivilDate;
  start: TimeOfDay;
  state: 'held' | 'cancelled';
}

/** The sessions of a class in its zone; `endsOn` is the last day of its term, null while unknown. */
export interface ClassCalendar {
  classId: string;
  version: number;
  zone: string;
  endsOn: CivilDate | null;
  sessions: ClassSession[];
}
