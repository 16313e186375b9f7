import type { Section } from './section.ts';

/** Section S of the behaviours: the first meeting after the match (S1). */
export interface FirstMeetingPolicy {
  nudgeDays: number;
  alertDays: number;
}

export const firstMeeting: Section<FirstMeetingPolicy> = { defaults: { nudgeDays: 10, alertDays: 21 }, rules: [] };
