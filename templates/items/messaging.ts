import type { Named } from '../context.ts';

/** Something only staff can put right; `subject` is the id of what it is about. */
export interface TaskItem {
  reason: string;
  subject: string;
  /** Of a pair; null where it is about none. */
  pairId: string | null;
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

export type MessagingItems = TaskItem | UnreachableItem | ChannelParkedItem | OptOutConfirmedItem | HelpItem;
