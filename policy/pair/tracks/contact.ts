import type { PlannedStep } from '../../step.ts';
import { earliest, toRfc3339 } from '../../time.ts';
import { compactContact } from '../contact/compact.ts';
import { conversationCount, conversationRecords, dueCelebration, withCelebrated } from '../contact/conversations.ts';
import { dueEffects, duePairClosed, effectsNamedUntil, endOf } from '../contact/endings.ts';
import { troubleHolds } from '../contact/episodes.ts';
import { type ContactState, noContact, withFact } from '../contact/facts.ts';
import { dueFlags, openFlagCases } from '../contact/flags.ts';
import { dueNoReaction, nextNoReactionAt, openNoReaction } from '../contact/no-reaction.ts';
import { dueMessages, nextMessageAt, plannedMessages, withSaid } from '../contact/ongoing-messages.ts';
import { dueTrouble, nextTroubleAt, openTroubles, plannedRechecks } from '../contact/trouble.ts';
import type { PairContext } from '../context.ts';
import type { Track } from '../track.ts';

/** Section T of the behaviours: what keeps two people in touch, and what happens when they cannot be. */
export const contact: Track<ContactState> = {
  open: noContact,
  apply: withFact,
  due: (state, now, ctx, holds) => [
    ...dueEffects(state, now, ctx),
    ...dueTrouble(state, now, ctx),
    ...dueFlags(state, now, ctx),
    ...duePairClosed(state, now, ctx),
    ...dueMessages(state, now, ctx, holds),
    ...dueNoReaction(state, now, ctx, holds),
    ...dueCelebration(state, now, ctx),
  ],
  performed: (state, step) => withCelebrated(withSaid(state, step), step),
  nextAt: (state, now, ctx, holds) =>
    earliest([
      nextMessageAt(state, now, ctx, holds),
      nextNoReactionAt(state, now, ctx, holds),
      nextTroubleAt(state, now, ctx),
      effectsNamedUntil(state, now),
    ]),
  holds: (state, _now, ctx) => troubleHolds(state, ctx),
  plan: (state, now, until, ctx, holds): PlannedStep[] => [
    ...plannedRechecks(state, now, until, ctx),
    ...plannedMessages(state, now, until, ctx, holds),
  ],
  view(state, now, ctx, holds) {
    const reported = [...openTroubles(state, now, ctx), ...openFlagCases(state, ctx)];
    const open = [...reported, ...openNoReaction(state, now, ctx, holds)];
    const openCases = open.map((one) => ({ ...one, since: toRfc3339(one.since) }));
    return { openCases, ...counts(state, ctx) };
  },
  counts,
  compact: compactContact,
  ends: endOf,
  outlivesPair: true,
  records: (state, _now, ctx) => [conversationRecords(state, ctx)],
};

function counts(state: ContactState, ctx: PairContext): { conversations: number } {
  return { conversations: conversationCount(state, ctx) };
}
