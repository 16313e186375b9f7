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
  /** What satisfied it; `id` is the event's. */
  contact: { id: string; at: Instant; mode: string; by: string | null } | null;
  excused: Excuse | null;
  /** The contact was by phone, video or in person. */
  live: boolean;
  policyVersion: number;
}

/** How a check-in stands; one that is excused is not owed. */
export type CheckInState = 'upcoming' | 'open' | 'satisfied' | 'late' | 'missed' | 'excused';

/** How a check-in stands at `now`, by the days of its pair's zone (K3). */
export function checkInState(record: CheckInRecord, now: Instant): CheckInState {
  const { contact, excused, zone, opensOn, closesOn } = record;
  if (excused) return 'excused';
  if (contact) return dateOf(contact.at, zone) <= closesOn ? 'satisfied' : 'late';
  const today = dateOf(now, zone);
  if (today < opensOn) return 'upcoming';
  return today <= closesOn ? 'open' : 'missed';
}
