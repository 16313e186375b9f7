import type { Lead } from '../pair/context.ts';
import type { StaffIds } from '../program.ts';
import type { RequestsPolicy } from '../sections/requests.ts';
import { addCivilDays, type Instant } from '../time.ts';

/** A mentee asks a mentor (`request`), a mentor a mentee (`offer`), or staff to choose among mentors (`list`). */
export type RequestKind = 'request' | 'offer' | 'list';

export const requestStatuses = [
  'pending',
  'accepted',
  'declined',
  'withdrawn',
  'closed_unanswered',
  'closed_by_staff',
  'mentor_full',
  'superseded',
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export const declineReasons = ['too_busy', 'not_a_fit', 'unavailable', 'other'] as const;

/** A request as decisions see it: the whole of its row but for the words that people wrote. */
export interface MentorRequest {
  id: string;
  programId: string;
  kind: RequestKind;
  menteeId: string;
  /** Who is asked, or asks; null for a list from which nobody was assigned yet. */
  mentorId: string | null;
  /** In the mentee's order; one of them unless it is a list. */
  mentorIds: string[];
  status: RequestStatus;
  /** How often it was opened; reopening starts a fresh clock (R11). */
  round: number;
  createdAt: Instant;
  /** When the present round began. */
  openedAt: Instant;
  closesAt: Instant | null;
  closedAt: Instant | null;
  /** Who ended it; null when nobody did. */
  endedBy: string | null;
  /** Coded: of a decline, or why it ended without an answer. */
  reason: string | null;
  pairId: string | null;
  /** When staff reminded by hand in this round, oldest first. */
  remindedAt: Instant[];
}

/** All that a request's decisions rest on besides its row. */
export interface RequestContext {
  /** The section of the version under which it was opened (V7). */
  policy: RequestsPolicy;
  policyVersion: number;
  zone: string;
  /** As they are now (V7). */
  staff: StaffIds;
  gatherMinutes: number;
  lead: Lead;
}

/** Who asked: the mentor of an offer, else the mentee. */
export function askerOf({ kind, menteeId, mentorId }: MentorRequest): string {
  return kind === 'offer' ? (mentorId ?? menteeId) : menteeId;
}

/** Who answers: the mentee of an offer, the mentor of a request; of a list nobody but staff. */
export function answererOf({ kind, menteeId, mentorId }: MentorRequest): string | null {
  if (kind === 'list') return null;
  return kind === 'offer' ? menteeId : mentorId;
}

/** The civil time of asking so many days later (R8); null where nothing closes by itself (R15). */
export function closesAtOf(kind: RequestKind, openedAt: Instant, policy: RequestsPolicy, zone: string): Instant | null {
  if (kind === 'list' || policy.closeAfterDays === null) return null;
  return addCivilDays(openedAt, policy.closeAfterDays, zone);
}

/** Until when a request that ended without an answer can be opened again (R11); null for any other. */
export function reopenableUntil(request: MentorRequest, policy: RequestsPolicy, zone: string): Instant | null {
  const { status, closedAt } = request;
  if (closedAt === null || (status !== 'closed_unanswered' && status !== 'closed_by_staff')) return null;
  return addCivilDays(closedAt, policy.reopenDays, zone);
}

/** Id of the pair that accepting makes. */
export function pairIdOf(requestId: string): string {
  return `pair_${requestId}`;
}
