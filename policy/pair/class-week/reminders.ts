import type { ClassCalendar } from '../../calendar.ts';
import type { Channel, MessageStep } from '../../step.ts';
import { DAY, type Instant } from '../../time.ts';
import { classWeekPolicyFor, decideAt, type PairContext, type PolicyInForce } from '../context.ts';
import type { ClassWeekState } from './facts.ts';
import { beforeImport, isCompleted, type JudgedWindow, judge } from './outcomes.ts';
import { type ClassWindow, type ReminderSlots, slotsOf, windowsOf } from './windows.ts';

/** One of the two reminders of a class week (W2, W3): the same for every pair of the class under one policy. */
export interface Reminder {
  session: string;
  name: 'class-email' | 'class-text';
  channel: Channel;
  /** Opening of its week: it is not decided before. */
  opensAt: Instant;
  slot: Instant;
  expiresAt: Instant;
  tooShort: boolean;
}

/** How far back an undecided reminder is still recorded as expired (W19). */
const recordExpiredFor = 60 * DAY;

/** Key of a pair's reminder. */
export function keyOf(reminder: Reminder, ctx: PairContext): string {
  return `${ctx.pairId}/${reminder.session}/${reminder.name}`;
}

/** When a pair's reminder is decided. */
export function decidedAt(reminder: Reminder, ctx: PairContext): Instant {
  return Math.max(reminder.opensAt, decideAt(reminder.slot, ctx));
}

/**
 * The reminders that the calendar and the policy ask of a window, whatever has happened in it. A slot before the pair
 * came to Tandem asks for nothing (V9), nor does one before a policy that was applied at once: what was due by then is
 * what the policy before it asked for (V7).
 */
export function remindersOf(calendar: ClassCalendar, index: number, ctx: PairContext): Reminder[] {
  const window = windowsOf(calendar)[index] as ClassWindow;
  const policy = classWeekPolicyFor(ctx, window.opensAt, window.closesAt);
  if (!policy) return [];
  const { since, applyNow } = policy.inForce;
  const from = applyNow ? Math.max(ctx.createdAt, since) : ctx.createdAt;
  const all = askedOf(window, slotsOf(calendar, index, policy.section));
  const asked = all.every((reminder) => reminder.slot >= from) ? all : all.filter((reminder) => reminder.slot >= from);
  if (!applyNow || since <= window.opensAt) return asked;
  const before = dueBefore(policy.inForce, calendar, index, ctx);
  const replaced = (earlier: Reminder): boolean => asked.some((reminder) => reminder.channel === earlier.channel);
  return [...before.filter((earlier) => !replaced(earlier)), ...asked];
}

const askedBySlots = new WeakMap<ReminderSlots, Reminder[]>();

/** The reminders of a window's slots. Made once per slots, however many pairs share them. */
function askedOf(window: ClassWindow, slots: ReminderSlots): Reminder[] {
  let reminders = askedBySlots.get(slots);
  if (!reminders) {
    reminders = [];
    const { session, opensAt } = window;
    const { emailAt, emailExpiresAt, textAt, tooShort } = slots;
    const email = {
      name: 'class-email',
      channel: 'email',
      expiresAt: emailExpiresAt,
      tooShort: tooShort.email,
    } as const;
    const text = {
      name: 'class-text',
      channel: 'sms',
      expiresAt: window.closesAt ?? 0,
      tooShort: tooShort.text,
    } as const;
    if (emailAt !== null) reminders.push({ session, opensAt, slot: emailAt, ...email });
    if (textAt !== null) reminders.push({ session, opensAt, slot: textAt, ...text });
    askedBySlots.set(slots, reminders);
  }
  return reminders;
}

/** What the policies before this one had asked for by the instant at which it was applied. */
function dueBefore(inForce: PolicyInForce, calendar: ClassCalendar, index: number, ctx: PairContext): Reminder[] {
  const policies = ctx.policies.slice(0, ctx.policies.indexOf(inForce));
  if (policies.length === 0) return [];
  return remindersOf(calendar, index, { ...ctx, policies }).filter((reminder) => reminder.slot < inForce.since);
}

/** The latest closed window, if it was missed and no late lesson has cleared it (W6, W10, W13). */
export function missedBefore(
  state: ClassWeekState,
  index: number,
  now: Instant,
  ctx: PairContext,
): JudgedWindow | null {
  const previous = index > 0 && ctx.calendar ? (windowsOf(ctx.calendar)[index - 1] as ClassWindow) : null;
  if (!previous || beforeImport(previous, ctx) || previous.opensAt < ctx.classSince) return null;
  const judged = judge(state, index - 1, now, ctx);
  return judged.outcome === 'missed' && !judged.late ? judged : null;
}

function messageOf(
  reminder: Reminder,
  state: ClassWeekState,
  index: number,
  now: Instant,
  ctx: PairContext,
): MessageStep {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const window = windows[index] as ClassWindow;
  const missed = missedBefore(state, index, now, ctx);
  const expired = now >= reminder.expiresAt;
  const key = keyOf(reminder, ctx);
  const skip = reminder.tooShort ? 'window_too_short' : expired ? 'expired' : null;
  return {
    kind: 'message',
    key,
    stepKey: key,
    personId: ctx.mentorId,
    role: 'mentor',
    template: 'class-reminder',
    variant: missed ? 'missed-week' : 'regular',
    channel: reminder.channel,
    planned: true,
    slot: reminder.slot,
    expiresAt: reminder.expiresAt,
    fields: {
      menteeId: ctx.menteeId,
      sessionDate: window.date,
      nextSessionDate: window.nextDate,
      missedDate: missed?.window.date ?? null,
    },
    heldBy: ['reminders', 'automated', 'all'],
    because: {
      rule: missed ? 'W6' : reminder.channel === 'email' ? 'W2' : 'W3',
      facts: retractedIn(state, index, now, ctx),
    },
    ...(skip ? { skip } : {}),
  };
}

/** Events that once completed the week and were taken back: without them nothing would be said. */
function retractedIn(state: ClassWeekState, index: number, now: Instant, ctx: PairContext): string[] {
  if (state.retracted.length === 0) return [];
  const judged = judge({ ...state, retracted: [] }, index, now, ctx);
  return judged.outcome === 'completed' ? judged.facts : [];
}

/** The reminders of window `index` that stand at `now`. */
export function dueReminders(state: ClassWeekState, index: number, now: Instant, ctx: PairContext): MessageStep[] {
  // Most weeks are completed, which costs less to tell than anything else.
  if (!ctx.calendar || isCompleted(state, index, ctx)) return nothing;
  const standing = remindersOf(ctx.calendar, index, ctx).filter((reminder) => stands(reminder, state, now, ctx));
  if (standing.length === 0 || judge(state, index, now, ctx).outcome === 'neutral') return nothing;
  return standing.map((reminder) => messageOf(reminder, state, index, now, ctx));
}

const nothing: MessageStep[] = [];

/** Whether a reminder is decided and in time, or is to be recorded because it never will be (W16, W19). */
function stands(reminder: Reminder, state: ClassWeekState, now: Instant, ctx: PairContext): boolean {
  if (now < decidedAt(reminder, ctx)) return false;
  if (now < reminder.expiresAt && !reminder.tooShort) return true;
  return now < reminder.expiresAt + recordExpiredFor && !state.decided.includes(keyOf(reminder, ctx));
}
