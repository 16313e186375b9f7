import { staffMail, staffMailFor } from '../staff-mail.ts';
import type { MessageStep } from '../step.ts';
import { addDays, dateOf, type Instant } from '../time.ts';
import type { ProgramConcern, ProgramContext } from './concern.ts';
import { nextDailyLook } from './daily.ts';

/** When too large a share of requests waits for long, staff are prompted to train those who answer (R14). */

const atMostEveryDays = 14;

export interface PendingAlertState {
  /** The prompt that was raised last, as it was said. */
  last: { at: Instant; pending: number; longPending: number; olderThanDays: number } | null;
}

/** By the calendar: a look that comes a moment later than the day before is not a day late. */
function isSoonAfter(last: Instant, now: Instant, zone: string): boolean {
  return dateOf(now, zone) < addDays(dateOf(last, zone), atMostEveryDays);
}

function raised(state: PendingAlertState, now: Instant, ctx: ProgramContext): PendingAlertState {
  const alert = ctx.document.policy.requests?.pendingAlert;
  const waiting = ctx.requests?.waiting;
  if (!alert || !waiting || (state.last && isSoonAfter(state.last.at, now, ctx.document.zone))) return state;
  const { pending, longPending } = waiting;
  if (longPending < Math.max(1, alert.minimum) || longPending <= alert.share * pending) return state;
  return { last: { at: now, pending, longPending, olderThanDays: alert.olderThanDays } };
}

function mails({ last }: PendingAlertState, now: Instant, ctx: ProgramContext): MessageStep[] {
  if (!last || !ctx.document.policy.requests || now >= last.at + staffMailFor) return [];
  const { at, ...fields } = last;
  const { operations, coordinator } = ctx.document.staff;
  const key = `${ctx.programId}/${dateOf(at, ctx.document.zone)}/pending-alert`;
  const because = { rule: 'R14', facts: [] };
  const readers = [
    ...(coordinator ? [{ role: 'coordinator' as const, personId: coordinator }] : []),
    ...(operations && operations !== coordinator ? [{ role: 'operations' as const, personId: operations }] : []),
  ];
  return readers.map((reader) => staffMail(key, reader, 'pending-alert', at, fields, because));
}

export const pendingAlert: ProgramConcern<PendingAlertState> = {
  open: () => ({ last: null }),
  due: (state, now, ctx) => ({ messages: mails(raised(state, now, ctx), now, ctx), cases: [] }),
  said: raised,
  nextAt: (now, ctx) => nextDailyLook(now, ctx.document),
};
