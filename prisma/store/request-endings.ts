import type { MentorRequest, RequestStatus } from '../../policy/request/request.ts';
import type { Instant } from '../../policy/time.ts';
import { execute, queryRows, type Transaction } from '../database.ts';
import { writeEntry } from './own-entries.ts';

/** How requests end: the row and the entry for its workflow, together. */

export interface Ending {
  status: RequestStatus;
  reason: string | null;
  by: string | null;
  mentorId?: string;
  pairId?: string;
  reply?: string | null;
  staffNote?: string | null;
}

type Ended = Pick<MentorRequest, 'id' | 'round' | 'programId'> & { owner: string };

/** Ends a request whose row is locked and pending. Answers the position of its entry on the journal. */
export async function endRequest(
  on: Transaction,
  request: Ended,
  ending: Ending,
  now: Instant,
  leaseSeconds = 0,
): Promise<number> {
  const { status, reason, by, mentorId = null, pairId = null, reply = null, staffNote = null } = ending;
  const sql = `
    update requests set status = $2, reason = $3, ended_by = $4, closed_at = $5, mentor_id = coalesce($6, mentor_id),
      pair_id = $7, reply = $8, staff_note = $9
    where id = $1`;
  await execute(on, sql, request.id, status, reason, by, new Date(now), mentorId, pairId, reply, staffNote);
  const ref = endedRef(request);
  const entry = { type: 'request.ended', ref, subject: request, pairId, data: { status } } as const;
  return writeEntry(on, { ...entry, now, leaseSeconds });
}

/** Identity of the entry by which a round ends: the journal takes one of them. */
export function endedRef({ id, round }: Pick<MentorRequest, 'id' | 'round'>): string {
  return `request.ended:${id}:${round}`;
}

interface PendingRow extends Ended {
  kind: string;
  menteeId: string;
  mentorId: string | null;
  menteeFull: boolean;
  mentorFull: boolean;
}

/** Everything pending of the two, with whether they have room for another pair; locked in the order of ids. */
const pendingSql = `
  select r.id, r.owner, r.round, r.program_id as "programId", r.kind, r.mentee_id as "menteeId", r.mentor_id as "mentorId",
    (select count(*) from pairs where pairs.mentee_id = $1 and pairs.state <> 'closed')
      >= coalesce((select capacity_mentee from people where id = $1), 1) as "menteeFull",
    coalesce((select count(*) from pairs where pairs.mentor_id = $2 and pairs.state <> 'closed')
      >= (select capacity_mentor from people where id = $2), false) as "mentorFull"
  from requests r
  where r.status = 'pending' and (r.mentee_id = $1 or r.mentor_id = $2)
  order by r.id for update of r`;

/**
 * Ends what a new pair leaves no room for (R12): what the two had pending with each other, everything of a mentee who is
 * full, and what was asked of a mentor who is full. The rows of both people are locked.
 */
export async function endRequestsForPair(
  on: Transaction,
  pair: { id: string; menteeId: string; mentorId: string },
  now: Instant,
): Promise<void> {
  const pending = await queryRows<PendingRow>(on, pendingSql, pair.menteeId, pair.mentorId);
  for (const request of pending) {
    const ending = endingOf(request, pair);
    if (ending) await endRequest(on, request, { by: null, ...ending }, now);
  }
}

function endingOf(
  request: PendingRow,
  pair: { id: string; menteeId: string; mentorId: string },
): Omit<Ending, 'by'> | null {
  const ofMentee = request.menteeId === pair.menteeId;
  if (ofMentee && request.mentorId === pair.mentorId)
    return { status: 'superseded', reason: 'paired', pairId: pair.id };
  if (ofMentee && request.menteeFull) return { status: 'withdrawn', reason: 'mentee_full' };
  const ofMentor = request.mentorId === pair.mentorId;
  return ofMentor && request.mentorFull ? { status: 'mentor_full', reason: 'mentor_full' } : null;
}
