import type { PairEvent } from '../event.ts';
import type { Instant } from '../time.ts';
import { covers, type PairContext } from './context.ts';
import { holdsOf } from './decide.ts';
import { isPaused, type PairState } from './state.ts';

const codes = ['pair_closed', 'already_paused', 'not_paused', 'until_is_past', 'reminders_not_paused'] as const;

/** Why a command cannot be carried out, as a stable code. */
export type Refusal = (typeof codes)[number];
export const refusals: ReadonlySet<string> = new Set(codes);

/** Whether staff's command fits the pair as it stands (S11, W9). */
export function refusalOf(state: PairState, command: PairEvent, now: Instant, ctx: PairContext): Refusal | null {
  if (ctx.closed) return 'pair_closed';
  switch (command.type) {
    case 'pair.paused':
      if (isPaused(ctx, now)) return 'already_paused';
      return typeof command.data.until === 'number' && command.data.until <= now ? 'until_is_past' : null;
    case 'pair.resumed':
      return isPaused(ctx, now) ? null : 'not_paused';
    case 'reminders.resumed':
      return areRemindersPaused(state, now, ctx) ? null : 'reminders_not_paused';
    default:
      return null;
  }
}

function areRemindersPaused(state: PairState, now: Instant, ctx: PairContext): boolean {
  return holdsOf(state, now, ctx).some((hold) => hold.kind === 'reminders' && covers(hold, now));
}
