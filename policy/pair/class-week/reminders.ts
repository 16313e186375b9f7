import type { ClassCalendar } from '../../calendar.ts';
import type { Channel, MessageStep } from '../../step.ts';
import { DAY, type Instant } from '../../time.ts';
import { classWeekPolicyFor, decideAt, type PairContext, type PolicyInForce } from '../context.ts';
import type { ClassWeekState } from './facts.ts';
import { beforeImport, isCompleted, type JudgedWindow, judge } from './outcomes.ts';
import { type ClassWindow, slotsOf, windowsOf } from './windows.ts';

/** One of the two reminders of a class week (W2, W3), with when it is decided, due and pointless. */
export interface Reminder {
  key: string;
  channel: Channel;
  decideAt: Instant;
  slot: Instant;
  expiresAt: Instant;
  tooShort: boolean;
}

/** How far back an undecided reminder is still recorded as expired (W19). */
const recordExpiredFor = 60 * DAY;

interface KnownReminders {
  calendar: ClassCalendar;
  pairId: string;
  createdAt: Instant;
  lead: PairContext['lead'];
  ofWindow: Array<Reminder[] | undefined>;
}

const known = new WeakMap<PairContext['policies'], KnownReminders>();

/** What was already worked out for this pair, as long as nothing has changed that its reminders rest on. */
function knownFor(calendar: ClassCalendar, ctx: PairContext): KnownReminders['ofWindow'] {
  const { pairId, createdAt, lead } = ctx;
  const entry = known.get(ctx.policies);
  if (entry?.calendar === calendar && entry.pairId === pairId && entry.createdAt === createdAt && entry.lead === lead) {
    return entry.ofWindow;
  }
  const ofWindow: KnownReminders['ofWindow'] = [];
  known.set(ctx.policies, { calendar, pairId, createdAt, lead, ofWindow });
  return ofWindow;
}

/**
 * The reminders that the calendar and the policy ask of a window, whatever has happened in it. A slot before the pair
 * came to Tandem asks for nothing (V9), nor does one before a policy that was applied at once: what was due by then is
 * what the policy before it asked for (V7).
 */
export function remindersOf(calendar: ClassCalendar, index: number, ctx: PairContext): Reminder[] {
  const ofWindow = knownFor(calendar, ctx);
  let reminders = ofWindow[index];
  if (!reminders) {
    reminders = asked(calendar, index, ctx);
    ofWindow[index] = reminders;
  }
  return reminders;
}

function asked(calendar: ClassCalendar, index: number, ctx: PairContext): Reminder[] {
  const window = windowsOf(calendar)[index] as ClassWindow;
  const policy = classWeekPolicyFor(ctx, window.opensAt, window.closesAt);
  if (!policy) return [];
  const slots = slotsOf(calendar, index, policy.section);
  const prefix = `${ctx.pairId}/${window.session}`;
  const { since, applyNow } = policy.inForce;
  const from = applyNow ? Math.max(ctx.createdAt, since) : ctx.createdAt;
  const reminders: Reminder[] =
    applyNow && since > window.opensAt ? dueBefore(policy.inForce, calendar, index, ctx) : [];
  const add = (channel: Channel, name: string, slot: Instant | null, expiresAt: Instant, tooShort: boolean): void => {
    if (slot === null || slot < from) return;
    const decide = Math.max(window.opensAt, decideAt(slot, ctx));
    const earlier = reminders.findIndex((reminder) => reminder.channel === channel);
    if (earlier >= 0) reminders.splice(earlier, 1);
    reminders.push({ key: `${prefix}/${name}`, channel, decideAt: decide, slot, expiresAt, tooShort });
  };
  add('email', 'class-email', slots.emailAt, slots.emailExpiresAt, slots.tooShort.email);
  add('sms', 'class-text', slots.textAt, window.closesAt ?? 0, slots.tooShort.text);
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
  const skip = reminder.tooShort ? 'window_too_short' : expired ? 'expired' : null;
  return {
    kind: 'message',
    key: reminder.key,
    stepKey: reminder.key,
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
  if (!ctx.calendar) return nothing;
  const all = remindersOf(ctx.calendar, index, ctx);
  if (!all.some((reminder) => now >= reminder.decideAt && now < reminder.expiresAt + recordExpiredFor)) return nothing;
  if (isCompleted(state, index, ctx) || judge(state, index, now, ctx).outcome === 'neutral') return nothing;
  return all
    .filter((reminder) => stands(reminder, state, now))
    .map((reminder) => messageOf(reminder, state, index, now, ctx));
}

const nothing: MessageStep[] = [];

/** Whether a reminder is decided and in time, or is to be recorded because it never will be (W16, W19). */
function stands(reminder: Reminder, state: ClassWeekState, now: Instant): boolean {
  if (now < reminder.decideAt) return false;
  if (now < reminder.expiresAt && !reminder.tooShort) return true;
  return now < reminder.expiresAt + recordExpiredFor && !state.decided.includes(reminder.key);
}
