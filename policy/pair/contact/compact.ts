import { DAY, type Instant } from '../../time.ts';
import { type PairContext, policyNow } from '../context.ts';
import { withSettledConversations } from './conversations.ts';
import { type Episode, episodeEnd, episodesOf } from './episodes.ts';
import { type ContactState, type Flag, isRetracted, keptFor, type SaidMessage, type TroubleReport } from './facts.ts';
import { flagKey } from './flags.ts';
import { noReactionKey } from './no-reaction.ts';
import type { Touch } from './touches.ts';

/** What is forgotten between two runs: what neither a late fact nor a correction can bring back. */

/** Signs of life only matter by the latest of them; one that is taken back leaves the one before it. */
const touchesKeptFor = 14 * DAY;
const keptTouches = 5;

export function compactContact(before: ContactState, now: Instant, ctx: PairContext): ContactState {
  const from = now - keptFor;
  const state = withSettledConversations(before, ctx);
  const episodes = episodesOf(state, ctx);
  const troubles = state.troubles.filter((report) => isStillKnown(report, episodes, from, ctx));
  const forgotten = episodes.filter(({ reports }) => !troubles.includes(reports[0] as TroubleReport));
  const pastHolds = forgotten.map((episode) => ({ from: episode.since, until: episodeEnd(episode) ?? episode.since }));
  const kept: ContactState = {
    ...state,
    troubles,
    pastHolds: [...state.pastHolds, ...pastHolds],
    touches: state.touches.filter((touch) => touch.at >= now - touchesKeptFor || isAmongLast(touch, state)),
    flags: state.flags.filter((flag) => flag.receivedAt >= from || isUnresolved(flag, state, ctx)),
    said: state.said.filter((message) => isRecent(message, state, ctx)),
  };
  return { ...kept, resolutions: resolutionsOf(kept, from, ctx), retracted: retractionsOf(kept, before, from) };
}

function isAmongLast(touch: Touch, state: ContactState): boolean {
  const live = state.touches.filter((other) => other.who === touch.who && !isRetracted(state, other));
  return live.slice(-keptTouches).includes(touch);
}

/**
 * An episode is kept whole while anything can still reach it. What has ended a match is known for good: of a later report
 * only a stronger one acts.
 */
function isStillKnown(report: TroubleReport, episodes: Episode[], from: Instant, ctx: PairContext): boolean {
  if (ctx.closed) return true;
  const episode = episodes.find(({ reports }) => reports.includes(report));
  if (!episode) return report.receivedAt >= from;
  return (episodeEnd(episode) ?? from) >= from;
}

function isUnresolved(flag: Flag, state: ContactState, ctx: PairContext): boolean {
  const key = flagKey(flag, ctx);
  return !isRetracted(state, flag) && !state.resolutions.some(({ caseKey }) => caseKey === key);
}

/** As many as may go in a row, and one more. */
function isRecent(message: SaidMessage, { said }: ContactState, ctx: PairContext): boolean {
  const alike = said.filter(({ kind, personId }) => kind === message.kind && personId === message.personId);
  return alike.slice(-1 - Math.max(3, policyNow(ctx).policy.contact?.repeatAtMost ?? 0)).includes(message);
}

function resolutionsOf(kept: ContactState, from: Instant, ctx: PairContext): ContactState['resolutions'] {
  const keys = new Set([
    ...kept.flags.map((flag) => flagKey(flag, ctx)),
    ...episodesOf(kept, ctx).map(({ key }) => key),
    noReactionKey(kept, ctx),
  ]);
  return kept.resolutions.filter(({ receivedAt, caseKey }) => receivedAt >= from || keys.has(caseKey));
}

/** A retraction is forgotten with what it takes back, or when what it takes back will not come any more. */
function retractionsOf(kept: ContactState, before: ContactState, from: Instant): ContactState['retracted'] {
  const refsOf = (state: ContactState): Set<string> =>
    new Set([state.touches, state.conversations, state.troubles, state.flags].flat().map(({ ref }) => ref));
  const [known, remaining] = [refsOf(before), refsOf(kept)];
  return kept.retracted.filter(({ target, receivedAt }) =>
    known.has(target) ? remaining.has(target) : receivedAt >= from,
  );
}
