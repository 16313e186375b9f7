import type { Hold, PlannedStep, Step } from '../../step.ts';
import { type Instant, toRfc3339 } from '../../time.ts';
import { dueEscalation, escalatesAt, isOpen, performedEscalation } from '../class-week/escalation.ts';
import { type ClassWeekState, copyOfFacts, keptFor, noFacts, withFact } from '../class-week/facts.ts';
import { isCompleted, judge, lastClosedIndex, missedRow, streakAt } from '../class-week/outcomes.ts';
import { decidedAt, dueReminders, keyOf, missedBefore, remindersOf } from '../class-week/reminders.ts';
import { nextPromptAt, staffPauses } from '../class-week/staff-pause.ts';
import { type ClassWindow, windowIndexAt, windowIndexOfSession, windowsOf } from '../class-week/windows.ts';
import { covers, idOf, type PairContext, policyNow } from '../context.ts';
import type { Track } from '../track.ts';

/** Section W of the behaviours: reminders, missed weeks and their escalation. */
export const classWeek: Track<ClassWeekState> = {
  open: noFacts,
  apply: withFact,
  due,
  performed(state, step) {
    if (step.kind === 'case') return performedEscalation(state, step);
    if (step.kind !== 'message' || step.template !== 'class-reminder' || state.decided.includes(step.key)) return state;
    const next = copyOfFacts(state);
    next.decided = [...state.decided, step.key].sort();
    return next;
  },
  nextAt,
  holds(state, _now, ctx) {
    return staffPauses(state, ctx).map((pause): Hold => ({ kind: 'reminders', from: pause.from, until: pause.until }));
  },
  plan,
  view,
  compact,
};

function windowsFor(ctx: PairContext): ClassWindow[] {
  return ctx.calendar ? windowsOf(ctx.calendar) : [];
}

function due(state: ClassWeekState, now: Instant, ctx: PairContext): Step[] {
  const windows = windowsFor(ctx);
  const opened = windowIndexAt(windows, now);
  const steps: Step[] = [];
  const window = windows[opened];
  if (window && window.opensAt > ctx.policyReadAt) {
    steps.push({ kind: 'read-policy', key: `${ctx.pairId}/${window.session}/policy`, since: window.opensAt });
  }
  const escalation = dueEscalation(state, now, ctx);
  const pauses = escalatesNow(state, escalation) && policyNow(ctx).policy.classWeek?.whileEscalated === 'pause';
  for (let index = Math.max(0, opened - 9); index <= opened; index++) {
    for (const step of dueReminders(state, index, now, ctx)) if (!pauses || step.skip) steps.push(step);
  }
  steps.push(...escalation);
  return steps;
}

/** Whether an escalation is made in this very decision: it pauses the reminders before they go out beside it (W9). */
function escalatesNow(state: ClassWeekState, steps: Step[]): boolean {
  return steps.some((step) => step.kind === 'case' && step.key !== state.escalation?.key);
}

function nextAt(state: ClassWeekState, now: Instant, ctx: PairContext): Instant | null {
  const windows = windowsFor(ctx);
  const opened = windowIndexAt(windows, now);
  let next = nextPromptAt(state, now, ctx);
  const window = windows[opened];
  if (window && ctx.calendar) {
    if (!isCompleted(state, opened, ctx) && judge(state, opened, now, ctx).outcome === 'open')
      for (const reminder of remindersOf(ctx.calendar, opened, ctx)) next = sooner(next, decidedAt(reminder, ctx), now);
    next = sooner(next, window.closesAt, now);
  }
  for (let index = lastClosedIndex(windows, opened, now); index >= 0; index--) {
    const at = escalatesAt(windows[index] as ClassWindow, ctx);
    if (at <= now) break;
    next = sooner(next, at, now);
  }
  return sooner(next, windows[opened + 1]?.opensAt ?? null, now);
}

/** The first of two instants; one that is not after `now` does not count. */
function sooner(next: Instant | null, at: Instant | null, now: Instant): Instant | null {
  return at !== null && at > now && (next === null || at < next) ? at : next;
}

function plan(state: ClassWeekState, now: Instant, until: Instant, ctx: PairContext): PlannedStep[] {
  const windows = windowsFor(ctx);
  const pauses = staffPauses(state, ctx);
  const steps: PlannedStep[] = [];
  for (let index = Math.max(0, windowIndexAt(windows, now)); index < windows.length; index++) {
    const window = windows[index] as ClassWindow;
    if (window.opensAt > until || !ctx.calendar) break;
    const { outcome } = judge(state, index, Math.max(now, window.opensAt), ctx);
    if (outcome !== 'open') continue;
    const variant = missedBefore(state, index, now, ctx) ? 'missed-week' : 'regular';
    for (const reminder of remindersOf(ctx.calendar, index, ctx)) {
      const held = pauses.some(
        (pause) => pause.from <= reminder.slot && (pause.until === null || reminder.slot < pause.until),
      );
      if (held || reminder.tooShort || reminder.slot <= now || reminder.slot > until) continue;
      const to = ctx.mentorId;
      const unless = 'lesson or message before then';
      steps.push({
        key: keyOf(reminder, ctx),
        at: reminder.slot,
        template: 'class-reminder',
        channel: reminder.channel,
        to,
        variant,
        unless,
      });
    }
  }
  return steps;
}

function view(state: ClassWeekState, now: Instant, ctx: PairContext): Record<string, unknown> {
  const windows = windowsFor(ctx);
  const opened = windowIndexAt(windows, now);
  const window = windows[opened];
  const { escalation } = state;
  const open = isOpen(state, escalation);
  const openCases = open
    ? [{ id: idOf('case', escalation.key), kind: 'escalation', since: toRfc3339(escalation.since) }]
    : [];
  return {
    openCases,
    classWeek: {
      sessionDate: window?.date ?? null,
      complete: window !== undefined && isCompleted(state, opened, ctx),
      missedStreak: streakAt(state, now, ctx),
      escalated: open,
      remindersPaused: staffPauses(state, ctx).some((pause) => covers(pause, now)),
    },
  };
}

/** Opening of the first window that can still matter: to a late fact, to the streak, or to an open escalation. */
function keepFrom(state: ClassWeekState, now: Instant, ctx: PairContext): Instant {
  const windows = windowsFor(ctx);
  const recent = windows.find((window) => window.closesAt === null || window.closesAt > now - keptFor);
  const last = lastClosedIndex(windows, windowIndexAt(windows, now), now);
  const streak = missedRow(state, last, now, ctx, { countFrom: 0 })[0];
  const escalated = isOpen(state, state.escalation) ? state.escalation.from : now;
  return Math.max(
    state.forgottenBefore,
    Math.min(now - keptFor, recent?.opensAt ?? now, streak?.opensAt ?? now, escalated),
  );
}

/** Weeks are kept whole while anything can still reach them. */
function compact(state: ClassWeekState, now: Instant, ctx: PairContext): ClassWeekState {
  const windows = windowsFor(ctx);
  const from = keepFrom(state, now, ctx);
  const reaches = (sessionDate: string): boolean =>
    (windows[windowIndexOfSession(windows, sessionDate)]?.opensAt ?? Number.NEGATIVE_INFINITY) >= from;
  const kept = state.communications.filter(
    (item) => item.at >= from || item.receivedAt >= from || (item.sessionDate !== null && reaches(item.sessionDate)),
  );
  const excusals = state.excusals.filter((item) => item.receivedAt >= from || reaches(item.sessionDate));
  const remaining = new Set([...kept, ...excusals]);
  const known = new Set([...remaining, ...state.resumptions].map(({ ref }) => ref));
  const gone = new Set(
    [...state.communications, ...state.excusals].filter((item) => !remaining.has(item)).map((item) => item.ref),
  );
  const prefixes = windows
    .filter((window) => window.opensAt >= from)
    .map((window) => `${ctx.pairId}/${window.session}/`);
  return {
    ...state,
    communications: kept,
    excusals,
    // A retraction is forgotten with what it takes back, or when what it takes back will not come any more.
    retracted: state.retracted.filter(
      ({ ref, receivedAt }) => known.has(ref) || (!gone.has(ref) && receivedAt > now - keptFor),
    ),
    decided: state.decided.filter((key) => prefixes.some((prefix) => key.startsWith(prefix))),
    former: state.former.filter((escalation) => (escalation.withdrawn?.at ?? escalation.since) >= from),
    forgottenBefore: from,
  };
}
