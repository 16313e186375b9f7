import type { Section } from './section.ts';

/** What a program promises each pair (K9). */
export type MeetingPromise =
  | { kind: 'count'; meetings: number; per: 'week' | 'month' }
  | { kind: 'hours'; hours: number; per: 'month' };

/** Section K of the behaviours: what is known of meetings, and whether the promise is kept. */
export interface MeetingsPolicy {
  promise: MeetingPromise | null;
  /** A period is judged so many days after it ends (K9). */
  graceDays: number;
  /** What a report leaves out is asked for once, so many days after it came (K8). */
  askMissingAfterDays: number;
}

export const meetings: Section<MeetingsPolicy> = {
  defaults: { promise: { kind: 'count', meetings: 1, per: 'week' }, graceDays: 3, askMissingAfterDays: 2 },
  rules: [],
};
