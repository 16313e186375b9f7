import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Hold, Step } from '../../step.ts';
import { dateOf, earliestAfter, type Instant } from '../../time.ts';
import { idOf, type PairContext, policyNow, staffOf, zoneOf } from '../context.ts';
import { type ContactState, type OngoingKind, ongoingKinds } from './facts.ts';
import { heldAt, isWanted, listenersOf, silenceOf, slotAfter, unansweredOf } from './ongoing.ts';

/** Messages without a reaction are not repeated for ever: then a person looks, once for each silence of the pair (T1). */

interface Unanswered {
  kind: OngoingKind;
  personId: string;
  /** When the next message would have gone. */
  at: Instant;
}

/** Whose messages of which kind went as often in a row as they may, and would go again by `at`. */
function unanswered(state: ContactState, ctx: PairContext, holds: Hold[]): Unanswered[] {
  const atMost = policyNow(ctx).policy.contact?.repeatAtMost ?? 0;
  if (ctx.closed || atMost === 0) return [];
  const silence = silenceOf(state, ctx);
  return listenersOf(state, ctx, holds).flatMap((listener) =>
    ongoingKinds.flatMap((kind): Unanswered[] => {
      const messages = unansweredOf(listener, kind);
      const last = messages[messages.length - 1];
      if (!last || messages.length < atMost) return [];
      if (!isWanted(kind, last.slot, last.days, silence, ctx)) return [];
      const at = unheld(slotAfter(last.slot, last.days, ctx), last.days, ctx, holds);
      return at === null ? [] : [{ kind, personId: listener.personId, at }];
    }),
  );
}

/** The first time of a rhythm that no hold keeps; null while one has no end. */
function unheld(slot: Instant, days: number, ctx: PairContext, holds: Hold[]): Instant | null {
  for (let at = slot; ; at = slotAfter(at, days, ctx)) {
    const hold = heldAt(at, holds);
    if (!hold) return at;
    if (hold.until === null) return null;
  }
}

function reasonOf(kind: OngoingKind): string {
  return `no_reaction_to_${kind.replaceAll('-', '_')}`;
}

/** A silence has one task: staff who have done it are not asked again before the two were in touch. */
export function noReactionKey(state: ContactState, ctx: PairContext): string {
  return `${ctx.pairId}/${dateOf(silenceOf(state, ctx).since, zoneOf(ctx))}/no-reaction`;
}

/** What has gone unanswered for long enough by `now`, the earliest first; nothing once staff have looked. */
function dueUnanswered(state: ContactState, now: Instant, ctx: PairContext, holds: Hold[]): Unanswered[] {
  const due = unanswered(state, ctx, holds).filter(({ at }) => at <= now);
  if (due.length === 0) return due;
  const key = noReactionKey(state, ctx);
  return state.resolutions.some(({ caseKey }) => caseKey === key) ? [] : due.sort((a, b) => a.at - b.at);
}

/** The task that stands at `now`, with its mail. */
export function dueNoReaction(state: ContactState, now: Instant, ctx: PairContext, holds: Hold[]): Step[] {
  const [first, ...others] = dueUnanswered(state, now, ctx, holds);
  if (!first) return [];
  const key = noReactionKey(state, ctx);
  const assignee = staffOf(ctx, 'coordinator');
  const step: CaseStep = {
    kind: 'case',
    key,
    caseKind: 'task',
    assignee,
    supervisor: staffOf(ctx, 'supervisor'),
    reason: reasonOf(first.kind),
    openedAt: first.at,
    facts: [],
    details: {},
    lines: others.map(({ kind, personId }) => ({ code: reasonOf(kind), ref: personId })),
  };
  if (assignee === null || now >= first.at + staffMailFor) return [step];
  const fields = { reason: step.reason, subject: ctx.pairId };
  const reader = { role: 'coordinator' as const, personId: assignee };
  return [step, staffMail(key, reader, 'task', first.at, fields, { rule: 'T1', facts: [] })];
}

/** When the next of them would come to staff. */
export function nextNoReactionAt(state: ContactState, now: Instant, ctx: PairContext, holds: Hold[]): Instant | null {
  const instants = unanswered(state, ctx, holds).map(({ at }) => at);
  return earliestAfter(now, instants);
}

/** The open task, as the pair shows it. */
export function openNoReaction(
  state: ContactState,
  now: Instant,
  ctx: PairContext,
  holds: Hold[],
): Array<{ id: string; kind: string; since: Instant }> {
  const [first] = dueUnanswered(state, now, ctx, holds);
  return first ? [{ id: idOf('case', noReactionKey(state, ctx)), kind: 'task', since: first.at }] : [];
}
