import { error, type LintRule, warning } from '../finding.ts';
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

const MAX_GRACE_DAYS = 14;

/** Hours count by the minute. */
const somethingIsPromised: LintRule = ({ policy: { meetings: section } }) => {
  const promise = section?.promise;
  if (!promise || (promise.kind === 'count' ? promise.meetings >= 1 : promise.hours * 60 >= 1)) return [];
  const pointer = `/policy/meetings/promise/${promise.kind === 'count' ? 'meetings' : 'hours'}`;
  return [error('promise_of_nothing', pointer, 'more than nothing, or no promise at all: null')];
};

const judgedSoon: LintRule = ({ policy: { meetings: section } }) => {
  if (!section?.promise || section.graceDays <= MAX_GRACE_DAYS) return [];
  const detail = `longer than ${MAX_GRACE_DAYS} days: staff hear of pairs that do not meet when it is late to help`;
  return [warning('grace_long', '/policy/meetings/graceDays', detail)];
};

export const meetings: Section<MeetingsPolicy> = {
  defaults: { promise: { kind: 'count', meetings: 1, per: 'week' }, graceDays: 3, askMissingAfterDays: 2 },
  rules: [somethingIsPromised, judgedSoon],
};
