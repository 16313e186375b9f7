import type { RequestsPolicy } from '../sections/requests.ts';
import type { Instant } from '../time.ts';
import { isFull, obstacleToAsk, type Party, type PartyRefusal, type PartyRole } from './party.ts';
import type { RequestKind } from './request.ts';

/** Whether a mentee may ask a mentor, or a mentor a mentee. Decided while the rows of both people are locked. */

export interface Asking {
  kind: RequestKind;
  mentee: Party;
  /** In the mentee's order; one unless it is a list. */
  mentors: Party[];
}

/** A pending request, offer or list that has to do with the one asked for. */
export interface PendingRequest {
  id: string;
  kind: RequestKind;
  menteeId: string;
  mentorId: string | null;
  mentorIds: string[];
}

export interface AskingContext {
  policy: RequestsPolicy;
  /** Everything pending of the mentee, and of the mentor where one offers. */
  pending: PendingRequest[];
  /** Whom staff recommended to the mentee. */
  recommended: string[];
  now: Instant;
}

export type AskingRefusal =
  | PartyRefusal
  | 'pending_limit'
  | 'not_recommended'
  | 'offers_off'
  | 'list_expected'
  | 'mentor_expected';

export type AskingDecision =
  | { act: 'open' }
  /** Pending already: it is answered with what there is (R10). */
  | { act: 'existing'; id: string }
  /** The other side asked for the same: mutual consent (R16). */
  | { act: 'pair'; id: string }
  | { act: 'refuse'; code: AskingRefusal; role?: PartyRole; openRequestIds?: string[] };

/** What becomes of a wish: opened, answered with the pending one, made a pair, or refused. Pure. */
export function decideAsking(asking: Asking, ctx: AskingContext): AskingDecision {
  const mode = refusalOfMode(asking, ctx.policy);
  if (mode) return { act: 'refuse', code: mode };
  const existing = ctx.pending.find((other) => isSame(other, asking));
  if (existing) return { act: 'existing', id: existing.id };
  const obstacle = obstacleOf(asking, ctx);
  if (obstacle) return { act: 'refuse', ...obstacle };
  if (
    asking.kind !== 'offer' &&
    ctx.policy.listHidden &&
    !asking.mentors.every(({ id }) => ctx.recommended.includes(id))
  )
    return { act: 'refuse', code: 'not_recommended' };
  const crossing = ctx.pending.find((other) => isCrossing(other, asking));
  if (crossing) return { act: 'pair', id: crossing.id };
  const open = ctx.pending.filter((other) => countsFor(other, asking)).map(({ id }) => id);
  if (open.length < ctx.policy.pendingLimit) return { act: 'open' };
  return { act: 'refuse', code: 'pending_limit', openRequestIds: open };
}

function refusalOfMode({ kind }: Asking, { mode, offers }: RequestsPolicy): AskingRefusal | null {
  if (kind === 'offer') return offers ? null : 'offers_off';
  if (mode === 'staff') return kind === 'list' ? null : 'list_expected';
  return kind === 'request' ? null : 'mentor_expected';
}

/** A full mentor on a list stays there: staff see the mentee's wish, and may choose another. */
function obstacleOf(
  { kind, mentee, mentors }: Asking,
  { now }: AskingContext,
): { code: AskingRefusal; role: PartyRole } | null {
  const code = obstacleToAsk(mentee, 'mentee', now);
  if (code) return { code, role: 'mentee' };
  for (const mentor of mentors) {
    const obstacle = obstacleToAsk(mentor, 'mentor', now);
    if (obstacle && !(kind === 'list' && isFull(mentor, 'mentor') && obstacle === 'mentor_full')) {
      return { code: obstacle, role: 'mentor' };
    }
  }
  return null;
}

function isSame(other: PendingRequest, { kind, mentee, mentors }: Asking): boolean {
  if (other.kind !== kind || other.menteeId !== mentee.id) return false;
  return JSON.stringify(other.mentorIds) === JSON.stringify(mentors.map(({ id }) => id));
}

function isCrossing(other: PendingRequest, { kind, mentee, mentors }: Asking): boolean {
  if (kind === 'list' || other.kind === 'list' || other.kind === kind) return false;
  return other.menteeId === mentee.id && other.mentorId === mentors[0]?.id;
}

/** The limit is that of who asks (R4): a mentee's requests and lists, a mentor's offers. */
function countsFor(other: PendingRequest, { kind, mentee, mentors }: Asking): boolean {
  if (kind === 'offer') return other.kind === 'offer' && other.mentorId === mentors[0]?.id;
  return other.kind !== 'offer' && other.menteeId === mentee.id;
}
