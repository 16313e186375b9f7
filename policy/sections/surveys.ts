import type { Section } from './section.ts';

/** Section S of the behaviours: surveys of the match, and what a low rating brings about (S2, S3). */
export interface SurveysPolicy {
  firstAfterDays: number;
  everyDays: number;
  afterMeeting: boolean;
  /** A rating in this share of the scale, from its bottom, is low. */
  lowShare: number;
}

export const surveys: Section<SurveysPolicy> = {
  defaults: { firstAfterDays: 30, everyDays: 60, afterMeeting: false, lowShare: 0.4 },
  rules: [],
};
