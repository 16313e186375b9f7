import { DAY, type Instant } from '../time.ts';
import { type AskingContext, decideAsking } from './asking.ts';
import { obstacleToPair, type Party, type PartyRefusal, type PartyRole } from './party.ts';
import {
  answererOf,
  askerOf,
  closesAtOf,
  type MentorRequest,
  type RequestContext,
  type RequestStatus,
  reopenableUntil,
} from './request.ts';

/** What happens to a request: by those concerned, by staff, or by its own clock. Decided while its row is locked. */
export type Answer =
  | { act: 'accept'; by: string }
  | { act: 'decline'; by: string; reason: string }
  | { act: 'withdraw'; by: string }
  | { act: 'close'; by: string }
  | { act: 'remind'; by: string }
  | { act: 'reopen'; by: string }
  /** @param override why staff assign somebody outside the list; null inside it */
  | { act: 'assign'; by: string; mentorId: string; override: string | null }
  /** The closing date has come for that round (R8). */
  | { act: 'expire'; round: number };

export interface AnswerContext extends Pick<RequestContext, 'policy' | 'zone'> {
  now: Instant;
  /** Both people, locked, for what makes a pair or begins anew; null for the rest. */
  parties: { mentee: Party; mentors: Party[] } | null;
  /** The mentee's guardian, who may withdraw for a minor. */
  guardianId: string | null;
  /** As for asking: what else is pending, and who is recommended; needed for reopening alone. */
  asking: Pick<AskingContext, 'pending' | 'recommended'> | null;
}

export type AnswerRefusal =
  | PartyRefusal
  | 'already_answered'
  | 'not_reopenable'
  | 'pending'
  | 'too_soon'
  | 'not_the_one_asked'
  | 'not_the_asker'
  | 'staff_assign'
  | 'not_a_list'
  | 'not_on_list'
  | 'not_due'
  | 'pending_limit'
  | 'not_recommended'
  | 'duplicate';

export type AnswerDecision =
  | { act: 'pair'; mentorId: string }
  | { act: 'end'; status: RequestStatus; reason: string | null }
  | { act: 'remind' }
  | { act: 'reopen'; closesAt: Instant | null }
  | { act: 'refuse'; code: AnswerRefusal; role?: PartyRole; members?: Record<string, unknown> };

/** Manual reminders of one request are at least so far apart (R9). */
const betweenReminders = DAY;

/** What an answer does to a request as it stands: the first one recorded wins (R5). Pure. */
export function decideAnswer(request: MentorRequest, answer: Answer, ctx: AnswerContext): AnswerDecision {
  if (answer.act === 'reopen') return reopened(request, ctx);
  if (request.status !== 'pending') return refuse('already_answered');
  switch (answer.act) {
    case 'accept':
      if (request.kind === 'list') return refuse('staff_assign');
      if (answer.by !== answererOf(request)) return refuse('not_the_one_asked');
      return paired(request.mentorId as string, ctx);
    case 'assign':
      if (request.kind !== 'list') return refuse('not_a_list');
      if (!request.mentorIds.includes(answer.mentorId) && answer.override === null) return refuse('not_on_list');
      return paired(answer.mentorId, ctx);
    case 'decline':
      if (request.kind === 'list') return refuse('staff_assign');
      if (answer.by !== answererOf(request)) return refuse('not_the_one_asked');
      return { act: 'end', status: 'declined', reason: answer.reason };
    case 'withdraw':
      if (answer.by !== askerOf(request) && answer.by !== guardianOf(request, ctx)) return refuse('not_the_asker');
      return { act: 'end', status: 'withdrawn', reason: null };
    case 'close':
      return { act: 'end', status: 'closed_by_staff', reason: null };
    case 'remind':
      return reminded(request, ctx);
    case 'expire':
      return expired(request, answer.round, ctx);
  }
}

function refuse(code: AnswerRefusal, members?: Record<string, unknown>): AnswerDecision {
  return { act: 'refuse', code, ...(members ? { members } : {}) };
}

function guardianOf({ kind }: MentorRequest, { guardianId }: AnswerContext): string | null {
  return kind === 'offer' ? null : guardianId;
}

/** Being unavailable is no obstacle: what was asked before stays answerable (R13). */
function paired(mentorId: string, { parties }: AnswerContext): AnswerDecision {
  const mentor = parties?.mentors.find(({ id }) => id === mentorId);
  if (!parties || !mentor) return { act: 'refuse', code: 'mentor_unavailable', role: 'mentor' };
  const ofMentee = obstacleToPair(parties.mentee, 'mentee');
  if (ofMentee) return { act: 'refuse', code: ofMentee, role: 'mentee' };
  const ofMentor = obstacleToPair(mentor, 'mentor');
  return ofMentor ? { act: 'refuse', code: ofMentor, role: 'mentor' } : { act: 'pair', mentorId };
}

function reminded({ remindedAt }: MentorRequest, { now }: AnswerContext): AnswerDecision {
  const last = remindedAt.at(-1);
  if (last === undefined || now >= last + betweenReminders) return { act: 'remind' };
  return refuse('too_soon', { allowedFrom: new Date(last + betweenReminders).toISOString() });
}

function expired({ round, closesAt }: MentorRequest, ofRound: number, { now }: AnswerContext): AnswerDecision {
  if (round !== ofRound || closesAt === null || now < closesAt) return refuse('not_due');
  return { act: 'end', status: 'closed_unanswered', reason: null };
}

/** Reopening asks once more: everything that stands against asking stands against it. */
function reopened(request: MentorRequest, ctx: AnswerContext): AnswerDecision {
  if (request.status === 'pending') return refuse('pending');
  const until = reopenableUntil(request, ctx.policy, ctx.zone);
  if (until === null || ctx.now >= until) return refuse('not_reopenable');
  if (!ctx.parties || !ctx.asking) return refuse('mentee_unavailable');
  // Offers may have been switched off since: what was asked under an earlier version goes on under it.
  const policy = { ...ctx.policy, offers: true };
  const asked = decideAsking({ kind: request.kind, ...ctx.parties }, { ...ctx.asking, policy, now: ctx.now });
  if (asked.act === 'existing' || asked.act === 'pair') return refuse('duplicate', { openRequestIds: [asked.id] });
  if (asked.act === 'refuse') {
    const { code, role, openRequestIds } = asked;
    const members = openRequestIds && { openRequestIds };
    return { act: 'refuse', code: code as AnswerRefusal, ...(role && { role }), ...(members && { members }) };
  }
  return { act: 'reopen', closesAt: closesAtOf(request.kind, ctx.now, ctx.policy, ctx.zone) };
}
