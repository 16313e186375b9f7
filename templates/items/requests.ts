import type { Named } from '../context.ts';

/** A request, an offer or a list, in every message about it (R2 to R15). */
export interface RequestItem {
  kind: 'request' | 'offer' | 'list';
  mentor: Named;
  mentee: Named;
  /** What the one who asked wrote; null where either side is a minor. */
  message: string | null;
  /** What the one who answered, or staff, wrote back; null where either side is a minor. */
  reply: string | null;
  /** Coded reason of a decline: `too_busy`, `not_a_fit`, `unavailable`, `other`; null of anything else. */
  reason: string | null;
  askedOn: string;
  /** The day on which it closes by itself; null where it does not. */
  closesOn: string | null;
  requestId: string;
  /** Where it is answered; null where the program has set no link. */
  link: string | null;
  /** The shared area of the pair that it made. */
  pairLink: string | null;
}

/** Mentors whom staff recommend to a mentee (R17). */
export interface RecommendationsItem {
  mentors: readonly Named[];
}

/** A mentee who has asked nobody yet (R18). */
export interface NoRequestNudgeItem {
  joinedOn: string;
}

/** Too many requests wait for long (R14). */
export interface PendingAlertItem {
  pending: number;
  longPending: number;
  olderThanDays: number;
}

export type RequestsItems = RequestItem | RecommendationsItem | NoRequestNudgeItem | PendingAlertItem;
