import type { Named } from '../context.ts';

/** Asks who reported a meeting for what the report left out (K8). */
export interface MeetingDetailsItem {
  /** The other one of the pair; to a guardian the mentor. */
  counterpart: Named;
  /** Whose meeting it was, where a guardian is asked; null to mentor and mentee themselves. */
  mentee: Named | null;
  date: string;
  /** Codes of what is missing: `present`, `activity`, `place`, `mood`. */
  missing: readonly string[];
  link: string | null;
}

/** Less was held than the program promises each pair (K9). */
export interface PromiseBrokenItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
  from: string;
  to: string;
  kind: 'count' | 'hours';
  /** Meetings; or hours, to two decimals. */
  promised: number;
  held: number;
  minutes: number;
  /** How many periods in a row. */
  inRow: number;
}

export type MeetingsItems = MeetingDetailsItem | PromiseBrokenItem;
