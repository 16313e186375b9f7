import type { Hold, PlannedStep, Step } from '../../step.ts';
import { DAY, type Instant, toRfc3339 } from '../../time.ts';
import { dueEscalation, escalatesAt, performedEscalation } from '../class-week/escalation.ts';
import { type ClassWeekState, noFacts, withFact } from '../class-week/facts.ts';
import { judge, lastClosedIndex, missedRow } from '../class-week/outcomes.ts';
import { dueReminders, missedBefore, remindersOf } from '../class-week/reminders.ts';
import { nextPromptAt, resolvedAt, staffPauses } from '../class-week/staff-pause.ts';
import { type ClassWindow, windowIndexAt, windowsOf } from '../class-week/windows.ts';
import { idOf, type PairContext } from '../context.ts';
import type { Track } from '../track.ts';

/** Section W of the behaviours: reminders, missed weeks and their escalation. */
export const classWeek: Track<ClassWeekState> = {
  open: noFacts,
  apply: withFact,
  due,
  performed(state, step, now) {
    if (step.kind === 'case') return performedEscalation(state, step, now);
    if (step.kind !== 'message' || step.template !== 'class-reminder' || state.decided.includes(step.key)) return state;
    return { ...state, decided: [...state.decided, step.key].sort() };
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
  for (let index = Math.max(0, opened - 9); index <= opened; index++) steps.push(...dueReminders(state, index, now, ctx));
  steps.push(...dueEscalation(state, now, ctx));
  return steps;
}

function nextAt(state: ClassWeekState, now: Instant, ctx: PairContext): Instant | null {
  const windows = windowsFor(ctx);
  const opened = windowIndexAt(windows, now);
  const candidates: Array<Instant | null> = [nextPromptAt(state, now, ctx)];
  const window = windows[opened];
  if (window && ctx.calendar) {
    const { outcome } = judge(state, opened, now, ctx);
    if (outcome === 'open') for (const reminder of remindersOf(ctx.calendar, opened, ctx)) candidates.push(reminder.decideAt);
    candidates.push(window.closesAt);
  }
  const closed = windows[lastClosedIndex(windows, opened, now)];
  if (closed) candidates.push(escalatesAt(closed, ctx));
  candidates.push(windows[opened + 1]?.opensAt ?? null);
  const future = candidates.filter((at): at is Instant => at !== null && at > now);
  return future.length > 0 ? Math.min(...future) : null;
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
      const held = pauses.some((pause) => pause.from <= reminder.slot && (pause.until === null || reminder.slot < pause.until));
      if (held || reminder.tooShort || reminder.slot <= now || reminder.slot > until) continue;
      const to = ctx.mentorId;
      const unless = 'lesson or message before then';
      steps.push({ key: reminder.key, at: reminder.slot, template: 'class-reminder', channel: reminder.channel, to, variant, unless });
    }
  }
  return steps;
}

function view(state: ClassWeekState, now: Instant, ctx: PairContext): Record<string, unknown> {
  const windows = windowsFor(ctx);
  const opened = windowIndexAt(windows, now);
  const window = windows[opened];
  const escalation = state.escalation;
  const open = escalation !== null && escalation.withdrawnAt === null && resolvedAt(state, escalation) === null;
  const last = lastClosedIndex(windows, opened, now);
  const current = window ? judge(state, opened, now, ctx) : null;
  const completedNow = current?.outcome === 'completed' && last < opened;
  const missed = completedNow ? 0 : missedRow(state, last, now, ctx, { countFrom: 0 }).length;
  const openCases = open ? [{ id: idOf('case', escalation.key), kind: 'escalation', since: toRfc3339(escalation.since) }] : [];
  return {
    openCases,
    classWeek: {
      sessionDate: window?.date ?? null,
      complete: current?.outcome === 'completed',
      missedStreak: missed,
      escalated: open,
      remindersPaused: staffPauses(state, ctx).some((pause) => pause.from <= now && pause.until === null),
    },
  };
}

/** Weeks are kept while a late fact, a calendar change or an open escalation can still reach them. */
function compact(state: ClassWeekState, now: Instant, ctx: PairContext): ClassWeekState {
  const windows = windowsFor(ctx);
  const firstMiss = windows.find((window) => window.session === state.escalation?.misses[0])?.opensAt ?? now;
  const streak = missedRow(state, lastClosedIndex(windows, windowIndexAt(windows, now), now), now, ctx, { countFrom: 0 });
  const keepFrom = Math.min(now - 70 * DAY, firstMiss - DAY, (streak[0]?.opensAt ?? now) - 14 * DAY);
  const recent = windows.filter((window) => window.opensAt >= keepFrom).map((window) => `${ctx.pairId}/${window.session}/`);
  const kept = state.communications.filter((item) => item.at >= keepFrom || item.receivedAt >= keepFrom);
  const excusals = state.excusals.filter((item) => item.receivedAt >= keepFrom);
  const refs = new Set([...kept, ...excusals].map((item) => item.ref));
  return {
    ...state,
    communications: kept,
    excusals,
    retracted: state.retracted.filter((ref) => refs.has(ref)),
    decided: state.decided.filter((key) => recent.some((prefix) => key.startsWith(prefix))),
    // Without its completion a week that was forgotten would read as missed.
    countFrom: Math.max(state.countFrom, keepFrom),
  };
}
