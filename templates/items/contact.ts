import type { Named } from '../context.ts';

/** The other one of a pair, in what keeps the two in touch or thanks them (T1, T11). */
export interface CounterpartItem {
  counterpart: Named;
  /** The shared area of the pair; null where the program has set no link. */
  link: string | null;
}

/** Something that helps, with its words or its address (T3, T9). */
export interface HelpfulResource {
  title: string;
  text: string | null;
  url: string | null;
}

/** Help for somebody who cannot reach the other (T3). */
export interface HowToReachOutItem extends CounterpartItem {
  variant: 'regular' | 'recheck';
  resources: readonly HelpfulResource[];
  /** Where they lead: links that the program has set. */
  links: readonly string[];
}

/** What there is on the topic of somebody's flag (T9). */
export interface ResourcesItem {
  resources: readonly HelpfulResource[];
  links: readonly string[];
  link: string | null;
}

/** A report of trouble, or a flag, to who takes it (T4, T9). */
export interface TroubleCaseItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
  /** Who reported it; null where it is not known. */
  reporter: Named | null;
  /** What was chosen; null of a flag. */
  option: string | null;
  /** Of a flag; null where it has none in the program's own words. */
  topic: string | null;
  immediate: boolean;
  since: string;
  /** Titles of what could be proposed. */
  resources: readonly Named[];
}

/** Who will be in touch about something reported, and by when (T4, T9). */
export interface TroubleReceivedItem {
  contact: Named | null;
  answerBy: string;
}

/** The end of a match, to either side: neither who asked nor why (T4). */
export interface PairClosedItem {
  counterpart: Named;
  contact: Named | null;
}

export type ContactItems =
  | CounterpartItem
  | HowToReachOutItem
  | ResourcesItem
  | TroubleCaseItem
  | TroubleReceivedItem
  | PairClosedItem;
