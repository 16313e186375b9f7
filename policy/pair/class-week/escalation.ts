import type { CaseLine, CaseStep, MessageStep, Step } from '../../step.ts';
import { HOUR, type Instant } from '../../time.ts';
import { classWeekPolicyFor, type PairContext, staffOf } from '../context.ts';
import type { ClassWeekState, Escalation } from './facts.ts';
import { judge, lastClosedIndex, missedRow } from './outcomes.ts';
import { leadsOf, staffMail, staffMailFor } from './staff-mail.ts';
import { completedAfter, duePrompts, resolvedAt } from './staff-pause.ts';
import { type ClassWindow, windowIndexAt, windowsOf } from './windows.ts';

function isOpen(state: ClassWeekState, escalation: Escalation): boolean {
  return escalation.withdrawnAt === null && resolvedAt(state, escalation) === null;
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
  const key = `${ctx.pairId}/${deciding.session}/escalation`;
  const misses = row.slice(0, policy.section.escalateAfterMisses).map((window) => window.session);
  return { key, session: deciding.session, misses, since: now, withdrawnAt: null };
}

/** Why an escalation no longer rests on enough misses, with the events that say so; null while it does (W13, W15). */
function groundLost(
  state: ClassWeekState,
  escalation: Escalation,
  now: Instant,
  ctx: PairContext,
): { reason: string; facts: string[] } | null {
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

/** The misses that a case names: those it rests on, and those that came while it was open (W12). */
function missesOf(state: ClassWeekState, escalation: Escalation, now: Instant, ctx: PairContext): ClassWindow[] {
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const opened = windowIndexAt(windows, now);
  const result: ClassWindow[] = [];
  for (let index = Math.max(0, opened - 60); index <= opened; index++) {
    const window = windows[index] as ClassWindow;
    const later = window.closesAt !== null && window.closesAt > escalation.since && window.closesAt <= now;
    const named = escalation.misses.includes(window.session);
    if (named || (later && judge(state, index, now, ctx).outcome === 'missed')) result.push(window);
  }
  return result;
}

function caseOf(state: ClassWeekState, escalation: Escalation, now: Instant, ctx: PairContext): CaseStep {
  const misses = missesOf(state, escalation, now, ctx);
  const completed = completedAfter(state, escalation, ctx) !== null;
  const lines: CaseLine[] = misses
    .filter((window) => !escalation.misses.includes(window.session))
    .map((window) => ({ code: 'missed_again', ref: window.session }));
  if (completed) lines.push({ code: 'week_completed_propose_closing', ref: escalation.session });
  return {
    kind: 'case',
    key: escalation.key,
    caseKind: 'escalation',
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'missed_weeks',
    openedAt: escalation.since,
    facts: [],
    details: {
      session: escalation.session,
      misses: escalation.misses,
      missedDates: misses.map((window) => window.date),
      streak: misses.length,
    },
    lines,
  };
}

function flags(escalation: Escalation, now: Instant, ctx: PairContext): MessageStep[] {
  if (now >= escalation.since + staffMailFor) return [];
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const dates = windows.filter((window) => escalation.misses.includes(window.session)).map((window) => window.date);
  const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, missedDates: dates, caseKey: escalation.key };
  return leadsOf(ctx).map((reader) =>
    staffMail(`${ctx.pairId}/${escalation.session}/escalation-flag`, reader, 'escalation-flag', escalation.since, fields, {
      rule: 'W7',
      facts: [],
    }),
  );
}

function withdrawal(escalation: Escalation, lost: { reason: string; facts: string[] }, now: Instant, ctx: PairContext): Step[] {
  const at = escalation.withdrawnAt ?? now;
  if (now >= at + staffMailFor) return [];
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const missedDates = windows.filter((window) => escalation.misses.includes(window.session)).map((window) => window.date);
  const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, missedDates, reason: lost.reason };
  const prefix = `${ctx.pairId}/${escalation.session}`;
  const notices = leadsOf(ctx).map((reader) => ({
    ...staffMail(`${prefix}/escalation-withdrawn`, reader, 'escalation-withdrawn', at, fields, { rule: 'W13', facts: lost.facts }),
    onlyIfSent: `${prefix}/escalation-flag/${reader.personId}`,
  }));
  return notices;
}

/** What the escalation of missed weeks asks for at `now`: case, flag, prompts, or its withdrawal. */
export function dueEscalation(state: ClassWeekState, now: Instant, ctx: PairContext): Step[] {
  const steps: Step[] = [...duePrompts(state, now, ctx)];
  const { escalation } = state;
  const lost = escalation ? groundLost(state, escalation, now, ctx) : null;
  if (escalation && lost && resolvedAt(state, escalation) === null) {
    steps.push(...withdrawal(escalation, lost, now, ctx));
    if (escalation.withdrawnAt === null) {
      steps.push({ ...caseOf(state, escalation, now, ctx), reason: lost.reason, facts: lost.facts, withdrawn: true });
    }
  }
  const standing = escalation && !lost && isOpen(state, escalation) ? escalation : proposed(openAgain(state, lost), now, ctx);
  if (standing) steps.push(...flags(standing, now, ctx), caseOf(state, standing, now, ctx));
  return steps;
}

/** While a withdrawal is still to be carried out no other escalation is proposed. */
function openAgain(state: ClassWeekState, lost: object | null): ClassWeekState {
  const waiting = lost !== null && state.escalation !== null && state.escalation.withdrawnAt === null;
  return waiting ? { ...state, countFrom: Number.MAX_SAFE_INTEGER } : state;
}

/** Remembers an escalation that was made or withdrawn, as the step said it. */
export function performedEscalation(state: ClassWeekState, step: CaseStep, now: Instant): ClassWeekState {
  if (step.caseKind !== 'escalation') return state;
  const { escalation } = state;
  if (escalation && escalation.key === step.key && escalation.since === step.openedAt) {
    return step.withdrawn ? { ...state, escalation: { ...escalation, withdrawnAt: now } } : state;
  }
  const { session, misses } = step.details as { session: string; misses: string[] };
  const made = { key: step.key, session, misses, since: step.openedAt, withdrawnAt: null };
  return { ...state, countFrom: countFrom(state), escalation: made };
}
