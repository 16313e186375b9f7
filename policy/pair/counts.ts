import type { Instant } from '../time.ts';
import type { PairContext } from './context.ts';
import { holdsOf } from './decide.ts';
import type { PairState } from './state.ts';
import { trackNames, tracks } from './tracks/index.ts';

/** What lists of pairs are filtered by (T10). */
export interface PairCounts {
  conversations: number;
  meetings: number;
}

/** How many conversations and meetings a pair has had by `now`, as its view shows them; none where no concern counts them. */
export function countsOf(state: PairState, now: Instant, ctx: PairContext): PairCounts {
  const counts: PairCounts = { conversations: 0, meetings: 0 };
  const holds = holdsOf(state, now, ctx);
  for (const name of trackNames) {
    const { conversations, meetings } = tracks[name].view(state.tracks[name], now, ctx, holds);
    if (typeof conversations === 'number') counts.conversations = conversations;
    if (typeof meetings === 'number') counts.meetings = meetings;
  }
  return counts;
}
