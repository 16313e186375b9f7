import type { Named } from '../context.ts';

/** A safety case, to somebody who is to look at it now (K6): who and when, and none of what anybody wrote. */
export interface SafetyAlertItem {
  caseId: string;
  cause: 'safety_concern' | 'keyword' | 'discomfort' | 'opened';
  /** What a keyword stands for, such as `self_harm`; null where none was found. */
  keyword: string | null;
  /** There is more about a case that the recipient has seen already. */
  more: boolean;
  /** Who worries; null where it was staff. */
  person: Named | null;
  /** Their part in the pair; null where there is no pair, or it was staff. */
  role: 'mentor' | 'mentee' | 'guardian' | null;
  /** Who opened the case by hand; null where nobody did. */
  openedBy: Named | null;
  /** The pair that it is about; null where it is about a person alone. */
  pair: { id: string; mentor: Named; mentee: Named } | null;
  raisedOn: string;
  /** `HH:MM` in the zone of the class, else of the program. */
  raisedTime: string;
  /** Open pairs, beside that one, of those whom it is about. */
  otherPairs: readonly OtherPair[];
}

export interface OtherPair {
  id: string;
  program: Named;
  /** Whose other pair it is. */
  person: Named;
}

export type SafetyItems = SafetyAlertItem;
