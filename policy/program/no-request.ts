import type { MessageStep } from '../step.ts';
import { DAY, type Instant } from '../time.ts';
import type { Joiner, ProgramConcern, ProgramContext } from './concern.ts';
import { dailyLookAfter, nextDailyLook } from './daily.ts';

/** Mentees who have joined, have asked nobody and never had a pair are nudged on some days after joining (R18). */

/** A nudge that could not go by then is left out: the next one comes soon. */
export const nudgeStandsFor = 2 * DAY;

function nudgeOf({ menteeId, joinedAt }: Joiner, days: number, ctx: ProgramContext): MessageStep {
  const slot = dailyLookAfter(joinedAt, days, ctx.document.zone);
  const key = `${ctx.programId}/no-request-nudge-${days}/${menteeId}`;
  return {
    kind: 'message',
    key,
    stepKey: key,
    personId: menteeId,
    role: 'mentee',
    template: 'no-request-nudge',
    variant: null,
    channel: 'email',
    planned: true,
    slot,
    expiresAt: slot + nudgeStandsFor,
    fields: { joinedAt },
    heldBy: [],
    because: { rule: 'R18', facts: [] },
  };
}

function standing(now: Instant, ctx: ProgramContext): MessageStep[] {
  const { requests } = ctx.document.policy;
  const nudges = (ctx.requests?.joiners ?? []).flatMap((joiner) =>
    (requests?.noRequestNudgeDays ?? []).map((days) => nudgeOf(joiner, days, ctx)),
  );
  return nudges.filter(({ slot, expiresAt }) => slot <= now && now < expiresAt && slot >= ctx.createdAt);
}

export const noRequest: ProgramConcern<null> = {
  open: () => null,
  due: (_state, now, ctx) => ({ messages: standing(now, ctx), cases: [] }),
  said: () => null,
  nextAt: (now, ctx) => nextDailyLook(now, ctx.document),
};
