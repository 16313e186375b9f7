import type { Channel, SkipReason } from '../step.ts';
import { DAY, type Instant, MINUTE } from '../time.ts';
import type { MailboxContext } from './context.ts';
import { answersText, isExempt, type MessageRow } from './row.ts';

/** What the gates before the clock say of one row (M1). */
export type GateVerdict =
  | { pass: true }
  | { pass: false; act: 'skip'; reason: SkipReason; gate: string }
  | { pass: false; act: 'fall-back'; gate: string }
  | { pass: false; act: 'wait'; until: Instant; reason: SkipReason | null; gate: string };

type Gate = (row: MessageRow, ctx: MailboxContext, now: Instant) => GateVerdict | null;

/**
 * Whether an address is not to get this. What nobody may miss (staff, safety, transactional) is stopped by `all` alone: a
 * STOP, a complaint, a bounce (M8).
 */
function isSuppressed(row: MessageRow, channel: Channel, ctx: MailboxContext): boolean {
  const categories = ctx.suppressed[channel];
  if (categories.includes('all')) return true;
  const { category } = row.classification;
  const optional = !isExempt(row.classification) && category !== 'essential';
  return optional && (categories.includes('optional') || categories.includes(category));
}

function mayMail(row: MessageRow, ctx: MailboxContext): boolean {
  return ctx.hasEmail && !isSuppressed(row, 'email', ctx) && (!ctx.isMinor || ctx.guardianConsent);
}

/** Whether an earlier message went, and whether it still may: what was never written does neither. */
function wentOut(state: string | undefined): boolean {
  return state === 'sent' || state === 'merged';
}

function mayGo(state: string | undefined): boolean {
  return state === 'waiting' || state === 'sending' || state === 'unknown';
}

/** Looks again soon what became of the message on which a row depends. */
function waitFor(row: MessageRow, now: Instant): GateVerdict {
  return { pass: false, act: 'wait', until: Math.min(now + MINUTE, row.expiresAt), reason: null, gate: 'depends_on' };
}

/**
 * A text that cannot be sent becomes a mail where mail is allowed; where nothing is, the person is unreachable (M5). One
 * that is said by mail too is left at that mail once it went.
 */
function noText(gate: string, row: MessageRow, ctx: MailboxContext, now: Instant): GateVerdict {
  const twin = row.mailTwin === null ? undefined : ctx.statesByKey[row.mailTwin];
  if (wentOut(twin)) return { pass: false, act: 'skip', reason: 'merged', gate };
  if (!mayMail(row, ctx)) return { pass: false, act: 'skip', reason: 'unreachable', gate };
  if (mayGo(twin) && now < row.expiresAt) return waitFor(row, now);
  return { pass: false, act: 'fall-back', gate };
}

const removed: Gate = (_row, ctx) =>
  ctx.removed ? { pass: false, act: 'skip', reason: 'removed', gate: 'removed' } : null;

/** The direct answer to a text goes once although nothing else may; what the carrier refused is not tried there again. */
function answersOnce(row: MessageRow): boolean {
  return answersText(row) && row.attempts === 0;
}

const suppressed: Gate = (row, ctx, now) => {
  if (answersOnce(row) || !isSuppressed(row, row.channel, ctx)) return null;
  return row.channel === 'sms'
    ? noText('suppressed', row, ctx, now)
    : { pass: false, act: 'skip', reason: 'suppressed', gate: 'suppressed' };
};

const reachable: Gate = (row, ctx, now) => {
  if (row.channel === 'email' && !ctx.hasEmail)
    return { pass: false, act: 'skip', reason: 'unreachable', gate: 'address' };
  return row.channel === 'sms' && !ctx.hasPhone ? noText('address', row, ctx, now) : null;
};

const consented: Gate = (row, ctx, now) => {
  if (row.classification.audience === 'staff' || answersText(row)) return null;
  if (ctx.isMinor && !ctx.guardianConsent)
    return { pass: false, act: 'skip', reason: 'no_consent', gate: 'guardian_consent' };
  return row.channel === 'sms' && !ctx.textConsent ? noText('consent', row, ctx, now) : null;
};

/** Held rows wait for a person; only when the case is cleared is it asked whether they are still in time (K6). */
const safetyHold: Gate = (row, ctx, now) => {
  if (row.classification.audience === 'staff' || row.classification.safety) return null;
  if (!row.pairIds.some((pairId) => ctx.heldPairs.includes(pairId))) return null;
  const until = row.expiresAt > now ? row.expiresAt : now + DAY;
  return { pass: false, act: 'wait', until, reason: 'held', gate: 'safety_hold' };
};

const expired: Gate = (row, _ctx, now) =>
  now >= row.expiresAt ? { pass: false, act: 'skip', reason: 'expired', gate: 'expired' } : null;

/** A notice about an earlier message makes sense only if that one went out (M6). */
const dependsOnSent: Gate = (row, ctx, now) => {
  if (row.onlyIfSent === null) return null;
  const state = ctx.statesByKey[row.onlyIfSent];
  if (wentOut(state)) return null;
  if (mayGo(state)) return waitFor(row, now);
  return { pass: false, act: 'skip', reason: 'withdrawn', gate: 'depends_on' };
};

/** What staff wrote to people because of their pairs is not said once all of these have ended (M6). */
const stillPaired: Gate = (row, ctx) => {
  if (row.fields.whilePaired !== true || !row.pairIds.every((pairId) => ctx.closedPairs.includes(pairId))) return null;
  return { pass: false, act: 'skip', reason: 'withdrawn', gate: 'pairs_closed' };
};

/** A fact about the owner is still on its way to it: what it means is not judged here, the row waits for its say. */
const factsSettled: Gate = (row, ctx) => {
  if (row.classification.safety || !ctx.unsettledOwners.includes(row.owner)) return null;
  return { pass: false, act: 'wait', until: row.expiresAt, reason: null, gate: 'unsettled_facts' };
};

/** The order is the law's: the first failing gate is the recorded reason. */
const gates: Gate[] = [
  removed,
  suppressed,
  consented,
  reachable,
  safetyHold,
  expired,
  dependsOnSent,
  stillPaired,
  factsSettled,
];

/** Whether a row may go as far as everything but the clock, the cap and merging is concerned. */
export function passGates(row: MessageRow, ctx: MailboxContext, now: Instant): GateVerdict {
  for (const gate of gates) {
    const verdict = gate(row, ctx, now);
    if (verdict) return verdict;
  }
  return { pass: true };
}
