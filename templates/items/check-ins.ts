import type { Named } from '../context.ts';

/** Asks a respondent how the match goes (K1, K5). */
export interface CheckInItem {
  respondent: 'mentor' | 'mentee' | 'guardian';
  mentor: Named;
  mentee: Named;
  dueOn: string;
  /** The form on which they answer. */
  link: string | null;
}

/** A check-in that nobody has made, or a quarter without a live contact (K3, K4). */
export interface CheckInOverdueItem {
  variant: 'regular' | 'live';
  pairId: string;
  mentor: Named;
  mentee: Named;
  /** Who is to be contacted, and in which part. */
  person: Named;
  respondent: string;
  /** The due day; of a quarter its last one. */
  dueOn: string;
}

/** A minor whose guardian nobody knows (K2). */
export interface GuardianMissingItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
}

/** What somebody said in a contact, for the staff who look after the pair (K7). */
export interface ContactHandoffItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
  respondent: string;
  /** Null for a guardian whom nobody has put on record. */
  person: Named | null;
  /** Who recorded it for them; null where they did. */
  recordedBy: Named | null;
  date: string;
  mode: string;
  safetyConcern: boolean;
  discomfort: boolean;
  /** Each question as it reads before its answer, `goes well:` where it is a standard one. */
  answers: ReadonlyArray<{ question: string; answer: string }>;
  notes: string | null;
  roadblocks: string | null;
}

export type CheckInsItems = CheckInItem | CheckInOverdueItem | GuardianMissingItem | ContactHandoffItem;
