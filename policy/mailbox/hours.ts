import { addDays, DAY, dateOf, dayOf, type Instant, instantOf, MINUTE, minuteOfDay, timeOfDay } from '../time.ts';
import type { AllowedHours, MailboxContext } from './context.ts';
import { answersText, isExempt, type MessageRow } from './row.ts';

/** Texts to a participant in any 24 hours, whatever the policy says. */
const textsPerDay = 3;

/** Quiet hours are the recipient's: their own zone, else the class's or program's (M2). */
export function zoneOf(row: MessageRow, ctx: MailboxContext): string {
  return ctx.zone ?? row.zone;
}

/** Whether quiet hours bind a message: every text to a participant, and mail that is not exempt (M2). */
function keepsHours(row: MessageRow): boolean {
  if (row.channel === 'sms') return row.classification.audience === 'participant' && !answersText(row);
  return !isExempt(row.classification);
}

function isAllowed(at: Instant, hours: AllowedHours, zone: string): boolean {
  const minute = minuteOfDay(at, zone);
  return minute >= hours.from && minute < hours.until;
}

/** The first allowed instant at or after `at`; null when the hours allow none. */
export function nextAllowed(at: Instant, hours: AllowedHours, zone: string): Instant | null {
  if (isAllowed(at, hours, zone)) return at;
  const date = dateOf(at, zone);
  for (let days = 0; days <= 2; days++) {
    const opening = instantOf(addDays(date, days), timeOfDay(hours.from), zone);
    if (opening >= at && isAllowed(opening, hours, zone)) return opening;
  }
  return null;
}

/** The last allowed minute before `at`; null when the hours allow none. */
export function lastAllowed(at: Instant, hours: AllowedHours, zone: string): Instant | null {
  if (isAllowed(at - MINUTE, hours, zone)) return at - MINUTE;
  const date = dateOf(at, zone);
  for (let days = 0; days >= -2; days--) {
    const last = instantOf(addDays(date, days), timeOfDay(hours.until - 1), zone);
    if (last < at && isAllowed(last, hours, zone)) return last;
  }
  return null;
}

function textLimitEnds(row: MessageRow, ctx: MailboxContext): Instant {
  if (row.channel !== 'sms' || row.classification.audience !== 'participant' || answersText(row)) return 0;
  const texts = ctx.sends.filter((send) => send.channel === 'sms').map((send) => send.at);
  const oldest = texts.sort((a, b) => b - a)[textsPerDay - 1];
  return oldest === undefined ? 0 : oldest + DAY;
}

/** Before when nothing goes to this person over this channel, whatever the clock says. */
export function blockedUntil(row: MessageRow, ctx: MailboxContext): Instant {
  return Math.max(textLimitEnds(row, ctx), ctx.resumeAt[row.channel] ?? 0);
}

/**
 * When a row may go, given its own times and quiet hours: at or after its slot and `floor`; if that would be past its
 * expiry, earlier where it was planned in time; null when it cannot go before it expires.
 */
export function effectiveAt(row: MessageRow, ctx: MailboxContext, now: Instant, floor: Instant): Instant | null {
  if (floor >= row.expiresAt) return null;
  const wanted = Math.max(row.notBefore, floor);
  if (!keepsHours(row)) return wanted < row.expiresAt ? wanted : null;
  const zone = zoneOf(row, ctx);
  const hours = ctx.hours[row.channel];
  const next = nextAllowed(wanted, hours, zone);
  if (next !== null && next < row.expiresAt) return next;
  if (!row.planned || row.notBefore <= now) return null;
  const pulled = lastAllowed(row.notBefore, hours, zone);
  if (pulled === null) return null;
  const at = Math.max(pulled, floor);
  return at < pulled + MINUTE && at < row.expiresAt && isAllowed(at, hours, zone) ? at : null;
}

/** The first instant of the next local day at which the row may go; null when the hours allow none. */
export function nextDayAt(row: MessageRow, at: Instant, ctx: MailboxContext): Instant | null {
  const zone = zoneOf(row, ctx);
  const midnight = instantOf(addDays(dateOf(at, zone), 1), '00:00', zone);
  return nextAllowed(midnight, ctx.hours[row.channel], zone);
}

/** The recipient's local day of an instant, as a number. */
export function localDay(row: MessageRow, at: Instant, ctx: MailboxContext): number {
  return dayOf(at, zoneOf(row, ctx));
}

/**
 * Until when a row that goes at `at` may still arrive: up to its expiry, and not into quiet hours, also where a provider
 * queues it (M2).
 */
export function deliverBy(row: MessageRow, ctx: MailboxContext, at: Instant): Instant {
  if (!keepsHours(row)) return row.expiresAt;
  const zone = zoneOf(row, ctx);
  const closing = instantOf(dateOf(at, zone), timeOfDay(ctx.hours[row.channel].until), zone);
  return Math.min(row.expiresAt, closing);
}
