import { eventIdOf } from '../../event.ts';
import type { Instant } from '../../time.ts';
import { classWeekPolicyFor, type PairContext, type Span } from '../context.ts';
import { type ClassWeekState, type Communication, isTakenBack, type Retraction } from './facts.ts';
import { type FiledWeek, filed } from './filing.ts';
import { type ClassWindow, windowIndexAt, windowIndexOfSession, windowsOf } from './windows.ts';

/** What became of a class week. A neutral one neither adds to a streak nor resets it (W14, W17, W18). */
export type Outcome = 'open' | 'completed' | 'missed' | 'neutral';

export interface JudgedWindow {
  window: ClassWindow;
  outcome: Outcome;
  reason: 'excused' | 'paused' | 'leave' | 'matched_inside' | 'term_ended' | 'off' | null;
  /** A missed week whose lesson was done after it closed (W13). */
  late: boolean;
  /** Events that the outcome rests on. */
  facts: string[];
}

function touches(spans: Span[], window: ClassWindow, now: Instant): boolean {
  const end = window.closesAt ?? Math.max(now, window.opensAt) + 1;
  return spans.some((span) => span.from < end && (span.until === null || span.until > window.opensAt));
}

function neutralReason(
  state: ClassWeekState,
  index: number,
  windows: ClassWindow[],
  now: Instant,
  ctx: PairContext,
): JudgedWindow['reason'] {
  const window = windows[index] as ClassWindow;
  if (classWeekPolicyFor(ctx, window.opensAt, window.closesAt) === null) return 'off';
  if (ctx.classSince > window.opensAt) return 'matched_inside';
  if (touches(ctx.pauses, window, now)) return 'paused';
  if (touches(ctx.mentorLeaves, window, now)) return 'leave';
  for (const excusal of state.excusals) {
    if (isTakenBack(state.retracted, excusal)) continue;
    if (windowIndexOfSession(windows, excusal.sessionDate) === index) return 'excused';
  }
  if (window.endsTerm && window.closesAt !== null && now >= window.closesAt) return 'term_ended';
  return null;
}

/** Communications by week, and what they were filed from. */
interface FiledWeeks {
  communications: Communication[];
  retracted: Retraction[];
  windows: ClassWindow[];
  weeks: Array<FiledWeek | undefined>;
}

/** The list that was filed last: one decision asks for many windows of it. A memory only, nothing depends on it. */
let last: FiledWeeks = { communications: [], retracted: [], windows: [], weeks: [] };

function weekOf(
  { communications, retracted }: ClassWeekState,
  index: number,
  windows: ClassWindow[],
): FiledWeek | null {
  if (last.communications !== communications || last.retracted !== retracted || last.windows !== windows) {
    last = { communications, retracted, windows, weeks: filed(communications, retracted, windows) };
  }
  return last.weeks[index] ?? null;
}

/** What completed a window, by its identity (W1); null while nothing has. */
function completion(state: ClassWeekState, index: number, windows: ClassWindow[], ctx: PairContext): string | null {
  const week = weekOf(state, index, windows);
  if (!week?.first || week.first === week.firstLesson) return week?.first ?? null;
  return lessonsOnly(windows[index] as ClassWindow, ctx) ? week.firstLesson : week.first;
}

/** Whether a week was completed: what most weeks are, told without judging it. */
export function isCompleted(state: ClassWeekState, index: number, ctx: PairContext): boolean {
  return ctx.calendar !== null && completion(state, index, windowsOf(ctx.calendar), ctx) !== null;
}

/** The outcome of one window as the facts stand at `now`. */
export function judge(state: ClassWeekState, index: number, now: Instant, ctx: PairContext): JudgedWindow {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const window = windows[index] as ClassWindow;
  const done = completion(state, index, windows, ctx);
  if (done) return { window, outcome: 'completed', reason: null, late: false, facts: [eventIdOf(done)] };
  const reason = neutralReason(state, index, windows, now, ctx);
  const closed = window.closesAt !== null && now >= window.closesAt;
  if (reason !== null) return { window, outcome: 'neutral', reason, late: false, facts: [] };
  if (!closed) return { window, outcome: 'open', reason: null, late: false, facts: [] };
  const late = weekOf(state, index, windows)?.late ?? null;
  return { window, outcome: 'missed', reason: null, late: late !== null, facts: late ? [eventIdOf(late)] : [] };
}

function lessonsOnly(window: ClassWindow, ctx: PairContext): boolean {
  return classWeekPolicyFor(ctx, window.opensAt, window.closesAt)?.section.completion === 'lesson';
}

/** Whether a window was already over when the pair came to Tandem: it is neither said nor counted (V9). */
export function beforeImport(window: ClassWindow, ctx: PairContext): boolean {
  return window.closesAt !== null && window.closesAt <= ctx.createdAt;
}

/**
 * The missed windows in a row that end at window `last`, oldest first; neutral ones between them are skipped (W8, W14).
 * A late lesson ends the row (W13).
 */
export function missedRow(
  state: ClassWeekState,
  last: number,
  now: Instant,
  ctx: PairContext,
  options: { countFrom: Instant },
): ClassWindow[] {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const row: ClassWindow[] = [];
  for (let index = last; index >= 0; index--) {
    const window = windows[index] as ClassWindow;
    if (beforeImport(window, ctx) || window.opensAt < state.forgottenBefore) break;
    if (window.closesAt !== null && window.closesAt <= options.countFrom) break;
    if (isCompleted(state, index, ctx)) break;
    const judged = judge(state, index, now, ctx);
    if (judged.late) break;
    if (judged.outcome === 'missed') row.unshift(window);
  }
  return row;
}

/** The streak as it is shown: how many weeks in a row were missed by `now`; a completed current week ends it. */
export function streakAt(state: ClassWeekState, now: Instant, ctx: PairContext): number {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const opened = windowIndexAt(windows, now);
  const last = lastClosedIndex(windows, opened, now);
  if (opened >= 0 && opened > last && judge(state, opened, now, ctx).outcome === 'completed') return 0;
  return missedRow(state, last, now, ctx, { countFrom: 0 }).length;
}

/** Index of the latest window that has closed by `now`, given the index of the one that was last opened. */
export function lastClosedIndex(windows: ClassWindow[], opened: number, now: Instant): number {
  const window = windows[opened];
  if (window && window.closesAt !== null && window.closesAt <= now) return opened;
  return opened - 1;
}
