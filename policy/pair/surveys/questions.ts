import type { Hold, MessageStep, PlannedStep, Step } from '../../step.ts';
import { dateOf, type Instant } from '../../time.ts';
import { decideAt, type PairContext, zoneOf } from '../context.ts';
import { personOf } from '../facts.ts';
import type { SurveysState } from './facts.ts';
import { type Asked, askedOn, daysAround, expiryOf, type Occasion, occasionsOf, withAsked } from './occasions.ts';

/** The mail that asks each of the two to answer a survey (S2). */

const roles: Asked[] = ['mentor', 'mentee'];

function keyOf({ date }: Occasion, role: Asked, { pairId }: PairContext): string {
  return `${pairId}/${date}/survey-${role}`;
}

function questionOf(occasion: Occasion, role: Asked, ctx: PairContext): MessageStep {
  const { date, slot, instrument, facts } = occasion;
  const key = keyOf(occasion, role, ctx);
  return {
    kind: 'message',
    key,
    stepKey: key,
    personId: personOf(role, ctx) as string,
    role,
    template: 'survey',
    variant: null,
    channel: 'email',
    planned: true,
    slot,
    expiresAt: expiryOf(occasion, ctx),
    fields: { occasion: `${date}/survey-${role}`, instrument, mentorId: ctx.mentorId, menteeId: ctx.menteeId },
    heldBy: ['automated', 'all'],
    because: { rule: 'S2', facts },
  };
}

/** The questions that stand at `now`: decided, in time, and not answered. */
export function dueQuestions(state: SurveysState, now: Instant, ctx: PairContext, holds: Hold[]): MessageStep[] {
  const { from, to } = daysAround(now, ctx);
  const decided = occasionsOf(from, to, state, ctx).filter(
    (occasion) => decideAt(occasion.slot, ctx) <= now && now < expiryOf(occasion, ctx),
  );
  if (decided.length === 0) return [];
  return roles.flatMap((role) =>
    askedOn(decided, role, state, ctx, holds).map((occasion) => questionOf(occasion, role, ctx)),
  );
}

/** Remembers whom it was decided to ask: of what comes soon after, nothing is asked. */
export function withQuestion(state: SurveysState, step: Step, now: Instant): SurveysState {
  if (step.kind !== 'message' || step.template !== 'survey') return state;
  return { ...state, asked: withAsked(state.asked, { role: step.role as Asked, slot: step.slot }, now) };
}

/** What the two are to be asked until then, as far as is known. */
export function plannedQuestions(
  state: SurveysState,
  now: Instant,
  until: Instant,
  ctx: PairContext,
  holds: Hold[],
): PlannedStep[] {
  const zone = zoneOf(ctx);
  const ahead = occasionsOf(dateOf(now, zone), dateOf(until, zone), state, ctx).filter(
    ({ slot }) => slot > now && slot <= until,
  );
  return roles.flatMap((role) =>
    askedOn(ahead, role, state, ctx, holds).map((occasion) => ({
      key: keyOf(occasion, role, ctx),
      at: occasion.slot,
      template: 'survey',
      channel: 'email' as const,
      to: personOf(role, ctx) as string,
      variant: null,
      unless: 'a survey that they answer before then',
    })),
  );
}
