import type { MessageStep, Role } from '../../step.ts';
import { addCivilDays, type Instant } from '../../time.ts';
import { type PairContext, policyNow, zoneOf } from '../context.ts';
import type { CaseFact, ClassWeekState, Escalation } from './facts.ts';
import { leadsOf, staffMail, staffMailFor } from './staff-mail.ts';
import { windowsOf } from './windows.ts';

/** A span in which the regular reminders are paused because staff are expected to act (W9). */
export interface StaffPause {
  /** What the keys of its prompts begin with. */
  prefix: string;
  from: Instant;
  until: Instant | null;
}

/** When the escalation's case was resolved by staff; null while it is not. */
export function resolvedAt(state: ClassWeekState, escalation: Escalation): Instant | null {
  const fact = state.resolvedCases.find((item) => item.caseKey === escalation.key && item.receivedAt >= escalation.since);
  return fact?.receivedAt ?? null;
}

/** Every span in which reminders are paused for staff to act, open and past. */
export function staffPauses(state: ClassWeekState, ctx: PairContext): StaffPause[] {
  const pauses = state.pausingCases.map((fact) => pauseOfStaff(state, fact, ctx));
  const { escalation } = state;
  if (escalation && policyNow(ctx).policy.classWeek?.whileEscalated === 'pause') {
    const ends = [escalation.withdrawnAt, resolvedAt(state, escalation), actedAt(state, escalation.key, escalation.since)];
    const from = escalation.since;
    const completed = completedAfter(state, escalation, ctx);
    pauses.push({ prefix: `${ctx.pairId}/${escalation.session}`, from, until: earliest([...ends, completed]) });
  }
  return pauses;
}

function pauseOfStaff(state: ClassWeekState, fact: CaseFact, ctx: PairContext): StaffPause {
  const resolved = state.resolvedCases.find((item) => item.caseId === fact.caseId)?.receivedAt ?? null;
  const from = fact.receivedAt;
  return { prefix: `${ctx.pairId}/${fact.caseId}`, from, until: earliest([resolved, actedAt(state, fact.caseId, from)]) };
}

function earliest(instants: Array<Instant | null>): Instant | null {
  const known = instants.filter((instant): instant is Instant => instant !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

function actedAt(state: ClassWeekState, caseId: string, since: Instant): Instant | null {
  const act = state.resumptions.find(
    (item) =>
      item.receivedAt >= since &&
      (item.caseId === null || item.caseId === caseId) &&
      !state.retracted.includes(item.ref),
  );
  return act?.receivedAt ?? null;
}

/** When, after the escalation, the mentor completed a week (W9). */
export function completedAfter(state: ClassWeekState, escalation: Escalation, ctx: PairContext): Instant | null {
  const completion = policyNow(ctx).policy.classWeek?.completion;
  const windows = ctx.calendar ? windowsOf(ctx.calendar) : [];
  const opened = windows.find((window) => window.session === escalation.misses[0])?.opensAt ?? escalation.since;
  const received = state.communications
    .filter((item) => completion !== 'lesson' || item.kind === 'lesson')
    .filter((item) => item.receivedAt >= escalation.since && item.at >= opened && !state.retracted.includes(item.ref))
    .map((item) => item.receivedAt);
  return earliest(received);
}

/** The prompts of a pause that has lasted: first the coordinator, then the supervisor, then both, again and again (W11). */
function prompts(pause: StaffPause, now: Instant, ctx: PairContext): MessageStep[] {
  if (pause.until !== null) return [];
  const result: MessageStep[] = [];
  for (const { number, at, days } of promptsUntil(pause, now, ctx)) {
    if (at <= now - staffMailFor) continue;
    const roles: Role[] = number === 1 ? ['coordinator'] : number === 2 ? ['supervisor'] : ['coordinator', 'supervisor'];
    const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, since: pause.from, days, caseKey: `${pause.prefix}/escalation` };
    for (const reader of leadsOf(ctx, roles)) {
      result.push(
        staffMail(`${pause.prefix}/outreach-prompt-${number}`, reader, 'outreach-prompt', at, fields, { rule: 'W11', facts: [] }),
      );
    }
  }
  return result;
}

/** Prompts from the start of a pause to the first one after `now`. */
function promptsUntil(pause: StaffPause, now: Instant, ctx: PairContext): Array<{ number: number; at: Instant; days: number }> {
  const days = policyNow(ctx).policy.classWeek?.outreachPromptDays ?? [];
  const first = days[0];
  if (first === undefined) return [];
  const last = days[days.length - 1] as number;
  const every = days.length > 1 ? last - (days[days.length - 2] as number) : first;
  const result: Array<{ number: number; at: Instant; days: number }> = [];
  for (let number = 1; ; number++) {
    const after = days[number - 1] ?? last + every * (number - days.length);
    const at = addCivilDays(pause.from, after, zoneOf(ctx));
    result.push({ number, at, days: after });
    if (at > now) return result;
  }
}

/** The prompts that stand at `now` (W11). */
export function duePrompts(state: ClassWeekState, now: Instant, ctx: PairContext): MessageStep[] {
  return staffPauses(state, ctx)
    .flatMap((pause) => prompts(pause, now, ctx))
    .filter((step) => step.slot <= now);
}

/** The next prompt after `now` of a pause that nobody has ended. */
export function nextPromptAt(state: ClassWeekState, now: Instant, ctx: PairContext): Instant | null {
  const upcoming = staffPauses(state, ctx)
    .filter((pause) => pause.until === null)
    .flatMap((pause) => promptsUntil(pause, now, ctx).filter((prompt) => prompt.at > now));
  return earliest(upcoming.map((prompt) => prompt.at));
}
