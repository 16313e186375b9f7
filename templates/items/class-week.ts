import type { Named } from '../context.ts';

/** One pair's week in a reminder to the mentor (W2, W3, W6). */
export interface ClassReminderItem {
  variant: 'regular' | 'missed-week';
  mentee: Named;
  /** The class session that opened the week the reminder is about. */
  sessionDate: string;
  /** The session that closes it; null while none is known (W17). */
  nextSessionDate: string | null;
  /** The session that opened the missed week. */
  missedDate: string | null;
  link: string | null;
}

/** A pair whose mentor missed enough weeks in a row (W7, W21). */
export interface EscalationFlagItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
  missedDates: readonly string[];
  streak: number;
  since: string;
  /** None arrived. */
  noReminderReached: boolean;
  /** None is known to have arrived, and one may have. */
  reachUnknown: boolean;
  reminders: readonly ReminderOutcome[];
  outreachAddress: string | null;
  outreachMailto: string | null;
}

export interface ReminderOutcome {
  channel: string;
  date: string;
  delivered: boolean;
  /** Handed over, and nobody can tell yet whether it arrived. */
  unknown: boolean;
  /** Code of why it was not delivered, or is not known to be. */
  reason: string | null;
}

/** An escalation that turned out to rest on something untrue (W13, W14, W15). */
export interface EscalationWithdrawnItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
  missedDates: readonly string[];
  reason: 'late_arrival' | 'calendar_changed' | 'retracted' | 'excused';
}

/** An escalation nobody has acted on yet (W11). */
export interface OutreachPromptItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
  since: string;
  days: number;
  outreachAddress: string | null;
  outreachMailto: string | null;
}

/** One coordinator's Focus List (W20). */
export interface FocusDigestItem {
  coordinator: Named;
  entries: readonly FocusEntry[];
}

export interface FocusEntry {
  mentor: Named;
  mentee: Named;
  reason: string;
  streak: number;
  since: string;
  lastOutreach: string | null;
}

export type ClassWeekItems =
  | ClassReminderItem
  | EscalationFlagItem
  | EscalationWithdrawnItem
  | OutreachPromptItem
  | FocusDigestItem;
