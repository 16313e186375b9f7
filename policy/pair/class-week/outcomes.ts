import { eventIdOf } from '../../event.ts';
import type { Instant } from '../../time.ts';
import { classWeekPolicyFor, type PairContext, type Span } from '../context.ts';
import type { ClassWeekState, Communication } from './facts.ts';
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
    if (state.retracted.includes(excusal.ref)) continue;
    if (windowIndexOfSession(windows, excusal.sessionDate) === index) return 'excused';
  }
  if (window.endsTerm && window.closesAt !== null && now >= window.closesAt) return 'term_ended';
  return null;
}

interface KnownOutcomes {
  restsOn: unknown[];
  ofWindow: Array<JudgedWindow | undefined>;
}

const known = new WeakMap<Communication[], KnownOutcomes>();

/** What was already judged of closed windows, as long as nothing that it rests on has changed. */
function knownFor(state: ClassWeekState, ctx: PairContext): KnownOutcomes['ofWindow'] {
  const { calendar, policies, pauses, mentorLeaves, classSince } = ctx;
  const restsOn = [state.excusals, state.retracted, calendar, policies, pauses, mentorLeaves, classSince];
  const entry = known.get(state.communications);
  if (entry?.restsOn.every((item, place) => item === restsOn[place])) return entry.ofWindow;
  const ofWindow: KnownOutcomes['ofWindow'] = [];
  known.set(state.communications, { restsOn, ofWindow });
  return ofWindow;
}

/** The outcome of one window as the facts stand at `now`; that of a closed one no longer depends on the time. */
export function judge(state: ClassWeekState, index: number, now: Instant, ctx: PairContext): JudgedWindow {
  const closesAt = ctx.calendar ? windowsOf(ctx.calendar)[index]?.closesAt : null;
  if (typeof closesAt !== 'number' || now < closesAt) return judged(state, index, now, ctx);
  const ofWindow = knownFor(state, ctx);
  ofWindow[index] ??= judged(state, index, now, ctx);
  return ofWindow[index];
}

function judged(state: ClassWeekState, index: number, now: Instant, ctx: PairContext): JudgedWindow {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const window = windows[index] as ClassWindow;
  const policy = classWeekPolicyFor(ctx, window.opensAt, window.closesAt);
  let late: Communication | null = null;
  const end = window.closesAt ?? Number.POSITIVE_INFINITY;
  for (const item of state.communications) {
    if (item.sessionDate === null && (item.at < window.opensAt || item.at >= end)) continue;
    if (policy?.section.completion === 'lesson' && item.kind !== 'lesson') continue;
    if (state.retracted.includes(item.ref)) continue;
    if (item.sessionDate !== null && windowIndexOfSession(windows, item.sessionDate) !== index) continue;
    if (item.at < end) {
      return { window, outcome: 'completed', reason: null, late: false, facts: [eventIdOf(item.ref)] };
    }
    late ??= item;
  }
  const reason = neutralReason(state, index, windows, now, ctx);
  const closed = window.closesAt !== null && now >= window.closesAt;
  if (reason !== null) return { window, outcome: 'neutral', reason, late: false, facts: [] };
  if (!closed) return { window, outcome: 'open', reason: null, late: false, facts: [] };
  return { window, outcome: 'missed', reason: null, late: late !== null, facts: late ? [eventIdOf(late.ref)] : [] };
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
    const judged = judge(state, index, now, ctx);
    if (judged.outcome === 'completed' || judged.late) break;
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
