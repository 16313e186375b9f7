import { error, type LintRule } from '../finding.ts';
import type { Section } from './section.ts';

/** Section S of the behaviours: the first meeting after the match (S1). */
export interface FirstMeetingPolicy {
  nudgeDays: number;
  alertDays: number;
}

const nudgedBeforeTheAlert: LintRule = ({ policy: { firstMeeting: section } }) => {
  if (!section || section.alertDays > section.nudgeDays) return [];
  const detail = `not after the nudge (day ${section.nudgeDays}): staff would be alerted before the two were asked`;
  return [error('alert_before_nudge', '/policy/firstMeeting/alertDays', detail)];
};

export const firstMeeting: Section<FirstMeetingPolicy> = {
  defaults: { nudgeDays: 10, alertDays: 21 },
  rules: [nudgedBeforeTheAlert],
};
