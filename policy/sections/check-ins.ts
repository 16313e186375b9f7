import type { Section } from './section.ts';

/** Who is asked in a check-in. */
export type Respondent = 'mentor' | 'mentee' | 'guardian';

/** A program's own question; the standard ones are known by their ids (K5). */
export interface CheckInQuestion {
  id: string;
  text: string;
}

/** Section K of the behaviours: when mentor, mentee and guardian are asked how the match goes. */
export interface CheckInsPolicy {
  /** Days after the match on which each is asked in the first month (K1). */
  firstMonthDays: number[];
  /** Then every so many months, on the match's day of the month (K1). */
  everyMonths: number;
  /** A contact counts so many days before and after the due day (K3). */
  windowDays: number;
  respondents: Respondent[];
  /** Days after the due day on which the coordinator and the supervisor are alerted (K3). */
  overdueDays: number[];
  /** Contacts by phone, video or in person with each respondent per quarter (K4). */
  livePerQuarter: number;
  questions: 'standard' | CheckInQuestion[];
}

export const checkIns: Section<CheckInsPolicy> = {
  defaults: {
    firstMonthDays: [7, 21],
    everyMonths: 1,
    windowDays: 5,
    respondents: ['mentor', 'mentee', 'guardian'],
    overdueDays: [3, 7],
    livePerQuarter: 1,
    questions: 'standard',
  },
  rules: [],
};
