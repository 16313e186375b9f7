import type { PairContext } from './context.ts';
import type { PairState } from './state.ts';
import { trackNames, tracks } from './tracks/index.ts';

/** What lists of pairs are filtered by (T10). */
export interface PairCounts {
  conversations: number;
  meetings: number;
}

/** How many conversations and meetings a pair has had, as its view shows them; none where no concern counts them. */
export function countsOf(state: PairState, ctx: PairContext): PairCounts {
  const counted = trackNames.map((name) => tracks[name].counts?.(state.tracks[name], ctx));
  return Object.assign({ conversations: 0, meetings: 0 }, ...counted);
}
