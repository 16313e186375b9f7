import type { CivilDate } from '../../program.ts';
import type { Respondent } from '../../sections/check-ins.ts';
import { dateOf, type Instant } from '../../time.ts';
import type { Excuse } from './holds.ts';

/** A check-in as pairs record it for lists and reports. */
export interface CheckInRecord {
  /** `chk_…` */
  id: string;
  respondent: Respondent;
  dueOn: CivilDate;
  opensOn: CivilDate;
  closesOn: CivilDate;
  askAt: Instant;
  zone: string;
  /** What satisfied it; `id` is the event's, which events of several sources may share, and `ref` its identity. */
  contact: { id: string; ref: string; at: Instant; mode: string; by: string | null } | null;
  excused: Excuse | null;
  /** The contact was by phone, video or in person. */
  live: boolean;
  policyVersion: number;
}

/** How a check-in stands; one that is excused is not owed. */
export type CheckInState = 'upcoming' | 'open' | 'satisfied' | 'late' | 'missed' | 'excused';

/**
 * Whether an answer to the question would count at `now`: nobody has made the check-in and its window is open, also where
 * staff would not be told that it is owed.
 */
export function takesAnswer(record: CheckInRecord, now: Instant): boolean {
  if (record.excused === 'ended') return false;
  return checkInState({ ...record, excused: null }, now) === 'open';
}

/** How a check-in stands at `now`, by the days of its pair's zone (K3). */
export function checkInState(record: CheckInRecord, now: Instant): CheckInState {
  const { contact, excused, zone, opensOn, closesOn } = record;
  if (excused) return 'excused';
  if (contact) return dateOf(contact.at, zone) <= closesOn ? 'satisfied' : 'late';
  const today = dateOf(now, zone);
  if (today < opensOn) return 'upcoming';
  return today <= closesOn ? 'open' : 'missed';
}
