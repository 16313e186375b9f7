import { error, type Finding, type LintRule, warning } from '../finding.ts';
import type { Policy } from '../program.ts';
import type { Section } from './section.ts';

/** How mentees find a mentor; always on, with these defaults where a program says nothing. */
export interface RequestsPolicy {
  /** Who answers a request: the mentor who was asked, or staff, who assign one from the mentee's list (R15). */
  mode: 'mentor' | 'staff';
  /** Pending requests of one mentee at most, and offers of one mentor. */
  pendingLimit: number;
  remindAfterDays: number[];
  closeAfterDays: number | null;
  reopenDays: number;
  assignReminderDays: number;
  offers: boolean;
  /** Recommended mentors of one mentee at most. */
  recommendations: number;
  /** Whether a mentee may ask recommended mentors only. */
  listHidden: boolean;
  pendingAlert: { olderThanDays: number; share: number; minimum: number };
  noRequestNudgeDays: number[];
}

function ofRequests(judge: (section: RequestsPolicy) => Finding[]): LintRule {
  return ({ policy }) => (policy.requests ? judge(policy.requests) : []);
}

/** R8; in staff-routed mode nothing closes by itself (R15). */
const closesAfterReminding = ofRequests(({ mode, remindAfterDays, closeAfterDays }) => {
  if (mode !== 'mentor' || closeAfterDays === null) return [];
  const lastReminder = Math.max(0, ...remindAfterDays);
  if (closeAfterDays - lastReminder >= 1) return [];
  const detail = `less than a day after the last reminder (day ${lastReminder})`;
  return [error('closes_with_reminder', '/policy/requests/closeAfterDays', detail)];
});

const remindsBeforeClosing = ofRequests(({ mode, remindAfterDays, closeAfterDays }) => {
  if (mode !== 'mentor' || closeAfterDays === null || remindAfterDays.length > 0) return [];
  const detail = 'a request closes without the mentor having been reminded of it';
  return [warning('closes_unreminded', '/policy/requests/remindAfterDays', detail)];
});

const nobodyWaitsForEver = ofRequests(({ mode, remindAfterDays, closeAfterDays }) => {
  if (mode !== 'mentor' || closeAfterDays !== null || remindAfterDays.length > 0) return [];
  const detail = 'with neither a reminder nor a closing date a request may wait for ever';
  return [warning('waits_for_ever', '/policy/requests/closeAfterDays', detail)];
});

const remindsLater = ofRequests(({ remindAfterDays }) => {
  if ((remindAfterDays[0] ?? 1) >= 1) return [];
  return [
    error('reminds_at_once', '/policy/requests/remindAfterDays/0', 'at least 1: the mentor needs a day to answer'),
  ];
});

const somebodyCanBeAsked = ofRequests(({ listHidden, recommendations }) => {
  if (!listHidden || recommendations > 0) return [];
  const detail = 'only recommended mentors may be asked, and none may be recommended';
  return [error('nobody_requestable', '/policy/requests/recommendations', detail)];
});

const alertHasAShare = ofRequests(({ pendingAlert }) => {
  if (pendingAlert.share > 0 || pendingAlert.minimum > 0) return [];
  return [warning('alert_without_cause', '/policy/requests/pendingAlert', 'staff are prompted with nothing pending')];
});

export const requests: Section<RequestsPolicy> = {
  defaults: {
    mode: 'mentor',
    pendingLimit: 3,
    remindAfterDays: [7],
    closeAfterDays: 14,
    reopenDays: 7,
    assignReminderDays: 7,
    offers: false,
    recommendations: 3,
    listHidden: false,
    pendingAlert: { olderThanDays: 7, share: 0.3, minimum: 5 },
    noRequestNudgeDays: [3, 10],
  },
  rules: [
    closesAfterReminding,
    remindsBeforeClosing,
    nobodyWaitsForEver,
    remindsLater,
    somebodyCanBeAsked,
    alertHasAShare,
  ],
};

/** The section that a program's requests are under; without one of its own the defaults. */
export function requestsPolicyOf(policy: Policy): RequestsPolicy {
  return policy.requests ?? requests.defaults;
}
