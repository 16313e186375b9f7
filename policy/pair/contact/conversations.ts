import { eventIdOf } from '../../event.ts';
import type { MessageStep, RecordSet, Step } from '../../step.ts';
import { DAY, dateOf, type Instant } from '../../time.ts';
import { type PairContext, policyNow, zoneOf } from '../context.ts';
import { bothOf } from '../facts.ts';
import { mergeReports } from '../merge-reports.ts';
import { type ParticipantMail, participantMail } from '../participant-mail.ts';
import { type ContactState, type Conversation, takesBack } from './facts.ts';

/** Conversations are counted per pair (T10), and enough of them are thanked for, once (T11). */

/** The reports that nobody has taken back, by the conversation that they are about; the oldest first. */
function conversationsOf(state: ContactState, ctx: PairContext): Conversation[][] {
  const standing = state.conversations.filter((item) => !isTakenBack(state, item));
  return mergeReports(standing, zoneOf(ctx));
}

/** Whether a report was taken back, be it too late to act: it is not counted (E2). */
function isTakenBack(state: ContactState, item: Conversation): boolean {
  return state.retracted.some((retraction) => takesBack(retraction, item));
}

/** Those from before the pair was known here, and those that are no longer kept one by one. */
function countedBefore(state: ContactState, ctx: PairContext): number {
  return (ctx.history.conversations ?? 0) + state.settled.count;
}

export function conversationCount(state: ContactState, ctx: PairContext): number {
  return countedBefore(state, ctx) + conversationsOf(state, ctx).length;
}

function firstDayOf(conversation: Conversation[], ctx: PairContext): string {
  return dateOf((conversation[0] as Conversation).at, zoneOf(ctx));
}

/** What reports read of conversations. Each key is a whole identity: two sources may have given one event id. */
export function conversationRecords(state: ContactState, ctx: PairContext): RecordSet {
  const items = conversationsOf(state, ctx).map((reports) => {
    const { ref, at } = reports[0] as Conversation;
    const told = reports.map((report) => ({ id: eventIdOf(report.ref), by: report.by }));
    return { key: ref, personId: null, day: firstDayOf(reports, ctx), data: { at, reports: told } };
  });
  return { kind: 'conversation', from: state.settled.before ?? '0000-01-01', items };
}

/** When the pair came to have so many conversations, by facts in time to act; null where it has not, or had them before. */
function reachedAt(count: number, state: ContactState, ctx: PairContext): Instant | null {
  const known = conversationsOf(state, ctx).map((reports) => reports.reduce(earlierKnown));
  const sorted = known.sort((a, b) => a.receivedAt - b.receivedAt || (a.ref < b.ref ? -1 : 1));
  const deciding = sorted[count - countedBefore(state, ctx) - 1];
  return deciding && !deciding.late ? deciding.receivedAt : null;
}

function earlierKnown(a: Conversation, b: Conversation): Conversation {
  return b.receivedAt < a.receivedAt ? b : a;
}

/** A thank-you is of use for a week. */
const thanksFor = 7 * DAY;

/**
 * The thank-you to both, once said and once due (T11). Once said, a correction does not undo it: it stands as it was.
 */
export function dueCelebration(state: ContactState, now: Instant, ctx: PairContext): MessageStep[] {
  const { policy, since } = policyNow(ctx);
  const enough = policy.contact?.celebrateAtConversations ?? 0;
  if (ctx.closed || enough === 0) return [];
  const slot = state.celebrated ?? reachedAt(enough, state, ctx);
  // Nothing is thanked for under a policy that came later (V7).
  if (slot === null || now >= slot + thanksFor || (state.celebrated === null && slot < since)) return [];
  const mail: ParticipantMail = {
    stepKey: `${ctx.pairId}/${dateOf(slot, zoneOf(ctx))}/celebrate`,
    template: 'celebrate',
    planned: false,
    slot,
    expiresAt: slot + thanksFor,
    heldBy: ['automated', 'all'],
    because: { rule: 'T11', facts: [] },
  };
  return bothOf(ctx).map((party) => participantMail(party, mail, ctx));
}

/** Remembers that the thank-you was said. */
export function withCelebrated(state: ContactState, step: Step): ContactState {
  if (state.celebrated !== null || step.kind !== 'message' || step.template !== 'celebrate') return state;
  return { ...state, celebrated: step.slot };
}

/** So many conversations are kept one by one: a correction reaches back as far as these. */
const keptConversations = 24;

/** Only the number of what lies further back. */
export function withSettledConversations(state: ContactState, ctx: PairContext): ContactState {
  const conversations = conversationsOf(state, ctx);
  const oldestKept = conversations[conversations.length - keptConversations];
  if (!oldestKept) return state;
  const before = firstDayOf(oldestKept, ctx);
  const settled = conversations.filter((reports) => firstDayOf(reports, ctx) < before);
  if (settled.length === 0) return state;
  const gone = new Set(settled.flat());
  const isGone = (item: Conversation): boolean =>
    gone.has(item) || (isTakenBack(state, item) && dateOf(item.at, zoneOf(ctx)) < before);
  return {
    ...state,
    conversations: state.conversations.filter((item) => !isGone(item)),
    settled: { count: state.settled.count + settled.length, before: laterDay(state.settled.before, before) },
  };
}

function laterDay(a: string | null, b: string): string {
  return a === null || b > a ? b : a;
}
