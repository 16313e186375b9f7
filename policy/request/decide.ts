import type { MessageStep, PlannedStep } from '../step.ts';
import { earliest, type Instant, toRfc3339 } from '../time.ts';
import type { MentorRequest, RequestContext } from './request.ts';
import { stepsOf } from './steps.ts';

export interface RequestDecision {
  /** Every message that stands at `now`. */
  messages: MessageStep[];
  /** The closing date has come: the row is to be closed before anything is said (R8). */
  close: boolean;
  /** Nothing will ever be due again unless somebody does something. */
  over: boolean;
  /** When to decide again if nothing happens; null when only an entry can bring news. */
  nextAt: Instant | null;
}

/** What a request says at `now`, and when to look again. Pure: the row is the state, whoever changes it. */
export function decideRequest(request: MentorRequest, clock: Instant, ctx: RequestContext): RequestDecision {
  const steps = stepsOf(request, ctx);
  const now = Math.max(clock, lastFactAt(request));
  const pending = request.status === 'pending';
  const messages = steps
    .filter(({ from, message }) => from <= now && now < message.expiresAt)
    .map(({ message }) => message);
  const ahead = steps.map(({ from }) => from).filter((from) => from > now);
  if (pending && request.closesAt !== null) ahead.push(request.closesAt);
  return {
    messages,
    close: pending && request.closesAt !== null && now >= request.closesAt,
    over: !pending,
    nextAt: earliest(ahead),
  };
}

/** What the row says has happened, although the clock that decides may be a little behind the one that recorded it. */
function lastFactAt({ openedAt, closedAt, remindedAt }: MentorRequest): Instant {
  return Math.max(openedAt, closedAt ?? openedAt, remindedAt.at(-1) ?? openedAt);
}

/** Each message that is still to come, soonest first, with the condition that cancels it (V2). */
export function planRequest(request: MentorRequest, now: Instant, ctx: RequestContext): PlannedStep[] {
  return stepsOf(request, ctx)
    .filter(({ message }) => message.slot > now)
    .map(({ message, unless }) => ({
      key: message.key,
      at: message.slot,
      template: message.template,
      channel: message.channel,
      to: message.personId,
      variant: message.variant,
      unless,
    }))
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

/** A request as its workflow knows it; the same as its row once entries have settled (E5). */
export function viewRequest(request: MentorRequest, now: Instant, ctx: RequestContext): Record<string, unknown> {
  const { id, status, round, pairId, closesAt } = request;
  const next = planRequest(request, now, ctx).map(({ key, at, template, unless }) => ({
    key,
    at: toRfc3339(at),
    template,
    unless,
  }));
  const instant = (at: Instant | null) => (at === null ? null : toRfc3339(at));
  return { id, status, round, pairId, closesAt: instant(closesAt), policyVersion: ctx.policyVersion, next };
}
