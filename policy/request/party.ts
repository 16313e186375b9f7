import type { Instant } from '../time.ts';

/** What asking and answering need to know of a person: no name, no address. */
export interface Party {
  id: string;
  isMinor: boolean;
  /** Removed from the program or altogether, or erased. */
  removed: boolean;
  /** Chose not to go on with the program. */
  optedOut: boolean;
  unconfirmed: boolean;
  /** In an open safety case (K6). */
  held: boolean;
  /** A minor's guardian has consented to contact. */
  consented: boolean;
  absence: { available: boolean; from: Instant | null; until: Instant | null };
  /** Pairs that are not closed, and how many there may be; null for any number. */
  pairs: { mentor: number; mentee: number };
  capacity: { mentor: number | null; mentee: number };
}

export type PartyRole = 'mentor' | 'mentee';

/** Why nothing may be begun with a person, as a stable code. */
export type PartyRefusal =
  | 'held'
  | 'unconfirmed'
  | 'consent_missing'
  | `${PartyRole}_unavailable`
  | 'mentor_full'
  | 'mentee_full';

/** Whether a person takes part at `now`: an absence without dates lasts, one with dates is over by itself (R13). */
export function isAvailable({ absence }: Party, now: Instant): boolean {
  const { available, from, until } = absence;
  return available || (from !== null && now < from) || (until !== null && now >= until);
}

/** Whether the person has all the pairs that they may have in that role. */
export function isFull({ pairs, capacity }: Party, role: PartyRole): boolean {
  const limit = capacity[role];
  return limit !== null && pairs[role] >= limit;
}

/** Why a person cannot be in a new pair; null when nothing stands against it. What is safest is said first. */
export function obstacleToPair(party: Party, role: PartyRole): PartyRefusal | null {
  if (party.removed || party.optedOut) return `${role}_unavailable`;
  if (party.held) return 'held';
  if (party.unconfirmed) return 'unconfirmed';
  if (party.isMinor && !party.consented) return 'consent_missing';
  return isFull(party, role) ? `${role}_full` : null;
}

/** Why a person cannot be asked or ask; who is unavailable gets nothing new, and keeps what there is (R13). */
export function obstacleToAsk(party: Party, role: PartyRole, now: Instant): PartyRefusal | null {
  return obstacleToPair(party, role) ?? (isAvailable(party, now) ? null : `${role}_unavailable`);
}
