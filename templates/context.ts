/**
 * What a template may use. Every template gets the same frame; `items` holds one element per message merged into this
 * one (M4). All dates are civil dates (`YYYY-MM-DD`), shown with the filter `day`.
 */
export interface TemplateContext {
  program: Named;
  recipient: Named;
  /** The first text ever sent to this number: it names the program and says how to stop. */
  firstText: boolean;
  links: { pair?: string | null; preferences?: string | null };
  items: readonly TemplateItem[];
}

export interface Named {
  name: string;
}

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

/** Something only staff can put right; `subject` is the id of what it is about. */
export interface TaskItem {
  reason: string;
  subject: string;
}

/** A message that no channel could carry (M5). */
export interface UnreachableItem {
  person: Named;
  pairId: string;
  template: string;
  reason: string;
}

/** A channel that takes nothing until staff resume it (M10). */
export interface ChannelParkedItem {
  /** What it carries, such as `email`. */
  channel: string;
  provider: string;
  /** The refusal that parked it. */
  code: string;
  since: string;
}

/** Answer to a STOP, or to what reads like one (M8). */
export interface OptOutConfirmedItem {
  channel: string;
}

/** Answer to HELP. */
export interface HelpItem {
  channel: string;
}

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

export type TemplateItem =
  | RequestItem
  | RecommendationsItem
  | NoRequestNudgeItem
  | PendingAlertItem
  | ChannelParkedItem
  | OptOutConfirmedItem
  | HelpItem
  | ClassReminderItem
  | EscalationFlagItem
  | EscalationWithdrawnItem
  | OutreachPromptItem
  | FocusDigestItem
  | TaskItem
  | UnreachableItem;
