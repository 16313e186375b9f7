import type { Named } from '../context.ts';

/** Nothing was heard of somebody for long (S8). */
export interface InactivityNoticeItem {
  /** The day on which they are marked unavailable unless something is heard of them. */
  answerBy: string;
  /** Where they say whether they stay; null where the program has no such page. */
  link: string | null;
}

/** The run of a cohort ends, and its people may opt out of the next (S9). */
export interface CohortOptOutItem {
  variant: 'regular' | 'reminder';
  /** The last day of the run. */
  endsOn: string;
  link: string | null;
}

/** A match has ended: how the two may meet from now on, and what they look back on (S11). */
export interface PartingItem {
  counterpart: Named;
  link: string | null;
}

export type LifecycleItems = InactivityNoticeItem | CohortOptOutItem | PartingItem;
