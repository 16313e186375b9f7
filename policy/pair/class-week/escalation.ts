import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseLine, CaseStep, MessageStep, Step } from '../../step.ts';
import { HOUR, type Instant } from '../../time.ts';
import { classWeekPolicyFor, type PairContext, staffOf } from '../context.ts';
import { leadsOf } from '../leads.ts';
import type { ClassWeekState, Escalation, GroundLost } from './facts.ts';
import { judge, lastClosedIndex, missedRow, streakAt } from './outcomes.ts';
import { completedAfter, duePrompts, prefixOf, resolvedAt, stepName } from './staff-pause.ts';
import { type ClassWindow, windowIndexAt, windowsOf } from './windows.ts';

/** Whether an escalation was neither withdrawn nor resolved. */
export function isOpen(state: ClassWeekState, escalation: Escalation | null): escalation is Escalation {
  return escalation !== null && escalation.withdrawn === null && resolvedAt(state, escalation) === null;
}

/** From when misses count for a new escalation: after the last case was resolved (W12). */
function countFrom(state: ClassWeekState): Instant {
  const resolved = state.escalation ? resolvedAt(state, state.escalation) : null;
  return Math.max(state.countFrom, resolved ?? 0);
}

/** When two (or as many as the policy says) misses in a row are escalated: at the close plus the grace (W7). */
export function escalatesAt(window: ClassWindow, ctx: PairContext): Instant {
  const policy = classWeekPolicyFor(ctx, window.opensAt, window.closesAt);
  return (window.closesAt ?? 0) + (policy?.section.graceHours ?? 0) * HOUR;
}

/** How often a miss of this session was already escalated. */
function attemptsOf(state: ClassWeekState, session: string): number {
  return [...state.former, state.escalation].filter((made) => made?.session === session).length;
}

/** An escalation that is due now and was not made yet. */
function proposed(state: ClassWeekState, now: Instant, ctx: PairContext): Escalation | null {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  let last = lastClosedIndex(windows, windowIndexAt(windows, now), now);
  while (last >= 0 && escalatesAt(windows[last] as ClassWindow, ctx) > now) last--;
  if (last < 0) return null;
  const closed = windows[last] as ClassWindow;
  const policy = classWeekPolicyFor(ctx, closed.opensAt, closed.closesAt);
  if (!policy) return null;
  const row = missedRow(state, last, now, ctx, { countFrom: countFrom(state) });
  const deciding = row[policy.section.escalateAfterMisses - 1];
  if (!deciding) return null;
  const misses = row.slice(0, policy.section.escalateAfterMisses);
  const attempt = attemptsOf(state, deciding.session) + 1;
  return {
    key: `${ctx.pairId}/${deciding.session}/${stepName('escalation', attempt)}`,
    session: deciding.session,
    misses: misses.map((window) => window.session),
    dates: misses.map((window) => window.date),
    from: (misses[0] as ClassWindow).opensAt,
    attempt,
    since: now,
    withdrawn: null,
  };
}

/** Why an escalation no longer rests on enough misses; null while it does (W13, W15). */
function groundLost(state: ClassWeekState, escalation: Escalation, now: Instant, ctx: PairContext): GroundLost | null {
  if (escalation.since < ctx.classSince) return null;
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  for (const session of escalation.misses) {
    const index = windows.findIndex((window) => window.session === session);
    const window = windows[index];
    if (!window || window.closesAt === null || window.closesAt > escalation.since) {
      return { reason: 'calendar_changed', facts: [] };
    }
    const judged = judge(state, index, now, ctx);
    if (judged.outcome === 'completed') return { reason: 'late_arrival', facts: judged.facts };
    if (judged.outcome !== 'missed') return { reason: 'excused', facts: judged.facts };
  }
  return null;
}

/** The dates of the misses that an escalation rests on; one whose session is no longer known keeps its date. */
function datesOf(escalation: Escalation, ctx: PairContext): string[] {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  return escalation.misses.map((session, index) => {
    const window = windows.find((item) => item.session === session);
    return window?.date ?? (escalation.dates[index] as string);
  });
}

/** The misses that came after those which a case rests on (W12). */
function laterMisses(state: ClassWeekState, escalation: Escalation, now: Instant, ctx: PairContext): ClassWindow[] {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const last = escalation.dates[escalation.dates.length - 1] as string;
  const result: ClassWindow[] = [];
  for (let index = lastClosedIndex(windows, windowIndexAt(windows, now), now); index >= 0; index--) {
    const window = windows[index] as ClassWindow;
    if (window.date <= last || window.opensAt < state.forgottenBefore) break;
    const named = escalation.misses.includes(window.session);
    if (!named && judge(state, index, now, ctx).outcome === 'missed') result.unshift(window);
  }
  return result;
}

function caseOf(state: ClassWeekState, escalation: Escalation, now: Instant, ctx: PairContext): CaseStep {
  const later = laterMisses(state, escalation, now, ctx);
  const lines: CaseLine[] = later.map((window) => ({ code: 'missed_again', ref: window.session }));
  if (completedAfter(state, escalation, ctx) !== null) {
    lines.push({ code: 'week_completed_propose_closing', ref: escalation.session });
  }
  const { session, misses, dates, from, attempt } = escalation;
  const missedDates = [...datesOf(escalation, ctx), ...later.map((window) => window.date)];
  return {
    kind: 'case',
    key: escalation.key,
    caseKind: 'escalation',
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'missed_weeks',
    openedAt: escalation.since,
    facts: [],
    details: { session, misses, dates, from, attempt, missedDates, streak: streakAt(state, now, ctx) },
    lines,
  };
}

function flags(escalation: Escalation, now: Instant, ctx: PairContext): MessageStep[] {
  if (now >= escalation.since + staffMailFor) return [];
  const missedDates = datesOf(escalation, ctx);
  const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, missedDates, caseKey: escalation.key };
  const key = `${prefixOf(escalation, ctx)}/${stepName('escalation-flag', escalation.attempt)}`;
  return leadsOf(ctx).map((reader) =>
    staffMail(key, reader, 'escalation-flag', escalation.since, fields, { rule: 'W7', facts: [] }),
  );
}

/** One notice to those who got the flag (W13); what it says stays as it was when the escalation was withdrawn. */
function notices(escalation: Escalation | null, now: Instant, ctx: PairContext): MessageStep[] {
  const lost = escalation?.withdrawn;
  if (!escalation || !lost || now >= lost.at + staffMailFor) return [];
  const missedDates = datesOf(escalation, ctx);
  const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, missedDates, reason: lost.reason };
  const prefix = prefixOf(escalation, ctx);
  const key = `${prefix}/${stepName('escalation-withdrawn', escalation.attempt)}`;
  const flag = `${prefix}/${stepName('escalation-flag', escalation.attempt)}`;
  const because = { rule: 'W13', facts: lost.facts };
  return leadsOf(ctx).map((reader) => ({
    ...staffMail(key, reader, 'escalation-withdrawn', lost.at, fields, because),
    onlyIfSent: `${flag}/${reader.personId}`,
  }));
}

/**
 * What the escalation of missed weeks asks for at `now`: case, flag, prompts, or its withdrawal. While a withdrawal is
 * still to be carried out no other escalation is proposed.
 */
export function dueEscalation(state: ClassWeekState, now: Instant, ctx: PairContext): Step[] {
  const { escalation } = state;
  const before = state.former.flatMap((made) => notices(made, now, ctx));
  if (!isOpen(state, escalation)) {
    const steps: Step[] = [...duePrompts(state, now, ctx), ...before, ...notices(escalation, now, ctx)];
    const next = proposed(state, now, ctx);
    if (next) steps.push(...flags(next, now, ctx), caseOf(state, next, now, ctx));
    return steps;
  }
  const lost = groundLost(state, escalation, now, ctx);
  if (!lost) {
    return [
      ...duePrompts(state, now, ctx),
      ...before,
      ...flags(escalation, now, ctx),
      caseOf(state, escalation, now, ctx),
    ];
  }
  const ended = { ...escalation, withdrawn: { at: now, ...lost } };
  const step = caseOf(state, escalation, now, ctx);
  const withdrawal: CaseStep = { ...step, ...lost, details: { ...step.details, withdrawnAt: now }, withdrawn: true };
  return [...duePrompts({ ...state, escalation: ended }, now, ctx), ...before, ...notices(ended, now, ctx), withdrawal];
}

/** Remembers an escalation that was made or withdrawn, as the step said it. */
export function performedEscalation(state: ClassWeekState, step: CaseStep): ClassWeekState {
  if (step.caseKind !== 'escalation') return state;
  const { escalation, former } = state;
  if (escalation && escalation.key === step.key && escalation.since === step.openedAt) {
    if (!step.withdrawn) return state;
    const at = step.details.withdrawnAt as Instant;
    const lost = { reason: step.reason as GroundLost['reason'], facts: step.facts };
    return { ...state, escalation: { ...escalation, withdrawn: { at, ...lost } } };
  }
  const told = step.details as Pick<Escalation, 'session' | 'misses' | 'dates' | 'from' | 'attempt'>;
  const { session, misses, dates, from, attempt } = told;
  const made = { key: step.key, session, misses, dates, from, attempt, since: step.openedAt, withdrawn: null };
  const earlier = escalation ? [...former, escalation] : former;
  return { ...state, countFrom: countFrom(state), escalation: made, former: earlier };
}
