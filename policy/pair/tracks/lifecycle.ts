import type { PlannedStep } from '../../step.ts';
import type { Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { dueAfterClosing, exitSurveyAt, exitSurveys, nextAfterClosing, partedAt } from '../lifecycle/closing.ts';
import { type LifecycleState, nothingAnswered, withFact } from '../lifecycle/facts.ts';
import type { Track } from '../track.ts';

/** Section S of the behaviours, for one pair: what is said once its match has ended (S11). */
export const lifecycle: Track<LifecycleState> = {
  open: nothingAnswered,
  apply: withFact,
  due: dueAfterClosing,
  performed: (state) => state,
  nextAt: (_state, now, ctx) => nextAfterClosing(now, ctx),
  holds: () => [],
  plan,
  view: () => ({}),
  compact: (state) => state,
  outlivesPair: true,
};

function plan(state: LifecycleState, now: Instant, until: Instant, ctx: PairContext): PlannedStep[] {
  const at = partedAt(ctx);
  if (at === null) return [];
  const slot = exitSurveyAt(at, ctx);
  if (slot <= now || slot > until) return [];
  return exitSurveys(state, slot, ctx).map(({ key, template, channel, personId, variant }) => ({
    key,
    at: slot,
    template,
    channel,
    to: personId,
    variant,
    unless: 'they have answered an exit survey before',
  }));
}
