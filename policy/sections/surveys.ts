import { type Finding, type LintRule, warning } from '../finding.ts';
import type { Section } from './section.ts';

/** Section S of the behaviours: surveys of the match, and what a low rating brings about (S2, S3). */
export interface SurveysPolicy {
  firstAfterDays: number;
  everyDays: number;
  afterMeeting: boolean;
  /** A rating in this share of the scale, from its bottom, is low. */
  lowShare: number;
}

/** Nobody is asked more often than once in so many days. */
const OFTEN_DAYS = 14;
const HIGH_SHARE = 0.6;

const lowIsLow: LintRule = ({ policy }): Finding[] => {
  const share = policy.surveys?.lowShare;
  const pointer = '/policy/surveys/lowShare';
  if (share === 0) return [warning('low_share_zero', pointer, 'no rating is ever low: nobody reaches out')];
  if (share === undefined || share <= HIGH_SHARE) return [];
  return [warning('low_share_high', pointer, 'ratings above the middle of the scale open interventions too')];
};

const surveysAreRare: LintRule = ({ policy }): Finding[] => {
  const days = policy.surveys?.everyDays;
  if (days === undefined || days >= OFTEN_DAYS) return [];
  const detail = `nobody is asked more than once in ${OFTEN_DAYS} days: surveys in between are left out`;
  return [warning('surveys_too_often', '/policy/surveys/everyDays', detail)];
};

export const surveys: Section<SurveysPolicy> = {
  defaults: { firstAfterDays: 30, everyDays: 60, afterMeeting: false, lowShare: 0.4 },
  rules: [lowIsLow, surveysAreRare],
};
