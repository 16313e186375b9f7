import type { PlannedStep } from '../step.ts';
import { DAY, type Instant, toRfc3339 } from '../time.ts';
import { covers, type PairContext, policyNow } from './context.ts';
import { holdsOf, speaking } from './decide.ts';
import { isPaused, type PairState } from './state.ts';
import { trackNames, tracks } from './tracks/index.ts';

/** Each step until `until`, soonest first, with the condition that cancels it (V2). */
export function planPair(state: PairState, now: Instant, until: Instant, ctx: PairContext): PlannedStep[] {
  const holds = holdsOf(state, now, ctx);
  const pauses = holds.filter((hold) => hold.kind === 'all');
  return speaking(ctx)
    .flatMap((name) => tracks[name].plan(state.tracks[name], now, until, ctx, holds))
    .filter((step) => step.sensitive || !pauses.some((hold) => covers(hold, step.at)))
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

/** A pair as it is read, live from its workflow and in lists alike (E5). */
export function viewPair(state: PairState, now: Instant, ctx: PairContext): Record<string, unknown> {
  const views: Record<string, unknown> = {};
  const openCases: unknown[] = [];
  const heard = speaking(ctx);
  const holds = holdsOf(state, now, ctx);
  for (const name of trackNames) {
    const { openCases: cases, ...view } = tracks[name].view(state.tracks[name], now, ctx, holds);
    Object.assign(views, view);
    if (Array.isArray(cases) && heard.includes(name)) openCases.push(...cases);
  }
  const next = planPair(state, now, now + 14 * DAY, ctx)
    .filter((step) => !step.sensitive)
    .slice(0, 3);
  return {
    id: ctx.pairId,
    programId: ctx.programId,
    mentorId: ctx.mentorId,
    menteeId: ctx.menteeId,
    classId: ctx.calendar?.classId ?? null,
    state: ctx.closed ? 'closed' : isPaused(ctx, now) ? 'paused' : 'active',
    policyVersion: policyNow(ctx).version,
    ...views,
    openCases,
    next: next.map(({ key, at, template, channel, unless }) => ({ key, at: toRfc3339(at), template, channel, unless })),
  };
}
