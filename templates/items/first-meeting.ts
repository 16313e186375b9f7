import type { Named } from '../context.ts';

/** The two have not met yet (S1). */
export interface FirstMeetingNudgeItem {
  counterpart: Named;
  link: string | null;
}

/** Staff learn that the two have not met, with what they have said (S1). */
export interface FirstMeetingAlertItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
  matchedOn: string;
  comments: ReadonlyArray<{ by: string; date: string; text: string }>;
}

export type FirstMeetingItems = FirstMeetingNudgeItem | FirstMeetingAlertItem;
