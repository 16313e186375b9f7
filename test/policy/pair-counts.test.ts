import { expect, test } from 'vitest';
import { countsOf } from '../../policy/pair/counts.ts';
import { openContext } from '../../policy/pair/documents.ts';
import { applyEvent, openPair } from '../../policy/pair/state.ts';
import { viewPair } from '../../policy/pair/view.ts';
import { DAY } from '../../policy/time.ts';
import { documents, entry } from './support.ts';

const matchedAt = Date.UTC(2026, 8, 8, 16);

/** A pair with its history, after so many conversations and meetings. */
function lived(history: object, talks: number, meetings: number) {
  const ctx = openContext(documents({ matchedAt, history }), 1);
  const days = (count: number) => Array.from({ length: count }, (_, index) => matchedAt + (index + 1) * 3 * DAY);
  const events = [
    ...days(talks).map((at) => entry('conversation.logged', at, { by: 'mentor' })),
    ...days(meetings).map((at) => entry('meeting.recorded', at, { by: 'mentor', occurred: true, at })),
  ];
  let carried = { state: openPair(ctx), ctx };
  for (const event of events) carried = applyEvent(carried.state, event, carried.ctx, event.receivedAt);
  return carried;
}

test.each([
  [{}, 0, 0],
  [{}, 2, 0],
  [{}, 0, 3],
  [{ conversations: 4, meetings: 2 }, 1, 1],
])(
  'T10 what a list filters by is what the pair shows: %j, %i conversations and %i meetings',
  (history, talks, meetings) => {
    const { state, ctx } = lived(history, talks, meetings);
    const now = matchedAt + 30 * DAY;
    const given = { conversations: 0, meetings: 0, ...history };
    const counts = countsOf(state, ctx);
    expect(counts).toEqual({ conversations: given.conversations + talks, meetings: given.meetings + meetings });
    expect(viewPair(state, now, ctx)).toMatchObject(counts);
  },
);
