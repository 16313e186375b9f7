import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { MessageStep, Role } from '../../step.ts';
import { addCivilDays, earliest, type Instant } from '../../time.ts';
import { covers, idOf, type PairContext, policyNow, type Span, zoneOf } from '../context.ts';
import { leadsOf } from '../leads.ts';
import { type CaseFact, type ClassWeekState, type Escalation, isTakenBack } from './facts.ts';

/** A span in which the regular reminders are paused because staff are expected to act (W9). */
export interface StaffPause extends Span {
  /** Key of the case that pauses, or the id of one that staff opened. */
  case: { caseKey: string } | { caseId: string };
  /** What the keys of its prompts begin with. */
  prompt: string;
  /** Since when staff are expected to act; its prompts are counted from then. */
  since: Instant;
}

/** What the keys of an escalation's messages begin with. */
export function prefixOf(escalation: Escalation, ctx: PairContext): string {
  return `${ctx.pairId}/${escalation.session}`;
}

/** The name of a step in a key; that of a second escalation of one miss is told apart. */
export function stepName(name: string, attempt: number): string {
  return attempt > 1 ? `${name}-${attempt}` : name;
}

/** When the escalation's case was resolved by staff; null while it is not. */
export function resolvedAt(state: ClassWeekState, escalation: Escalation): Instant | null {
  if (state.resolvedCases.length === 0) return null;
  const id = idOf('case', escalation.key);
  const fact = state.resolvedCases.find(
    (item) => (item.caseKey === escalation.key || item.caseId === id) && item.receivedAt >= escalation.since,
  );
  return fact?.receivedAt ?? null;
}

/** Every span in which reminders are paused for staff to act, open and past. */
export function staffPauses(state: ClassWeekState, ctx: PairContext): StaffPause[] {
  const pauses = state.pausingCases.map((fact) => pauseOfStaff(state, fact, ctx));
  for (const escalation of state.former) pauses.push(...pausesOf(state, escalation, ctx));
  if (state.escalation) pauses.push(...pausesOf(state, state.escalation, ctx));
  return pauses;
}

/** An escalation pauses as long as it lasts, but for the time in which the policy lets reminders go on (V7). */
function pausesOf(state: ClassWeekState, escalation: Escalation, ctx: PairContext): StaffPause[] {
  const { since } = escalation;
  const acted =
    state.resumptions.length > 0 ? actedAt(state, [escalation.key, idOf('case', escalation.key)], since) : null;
  const ends = [escalation.withdrawn?.at ?? null, resolvedAt(state, escalation), acted];
  const ended = earliest([...ends, completedAfter(state, escalation, ctx)]);
  const prompt = `${prefixOf(escalation, ctx)}/${stepName('outreach-prompt', escalation.attempt)}`;
  const result: StaffPause[] = [];
  ctx.policies.forEach((inForce, index) => {
    if (inForce.policy.classWeek?.whileEscalated !== 'pause') return;
    const from = index === 0 ? since : Math.max(since, inForce.since);
    const until = earliest([ended, ctx.policies[index + 1]?.since ?? null]);
    if (until === null || from < until) result.push({ case: { caseKey: escalation.key }, prompt, since, from, until });
  });
  return result;
}

function pauseOfStaff(state: ClassWeekState, fact: CaseFact, ctx: PairContext): StaffPause {
  const resolved = state.resolvedCases.find((item) => item.caseId === fact.caseId)?.receivedAt ?? null;
  const from = fact.receivedAt;
  const until = earliest([resolved, actedAt(state, [fact.caseId], from)]);
  const prompt = `${ctx.pairId}/${fact.caseId}/outreach-prompt`;
  return { case: { caseId: fact.caseId }, prompt, since: from, from, until };
}

/** When staff acted on a case, named by one of these, or on every case of the pair. */
function actedAt(state: ClassWeekState, names: string[], since: Instant): Instant | null {
  const act = state.resumptions.find(
    (item) =>
      item.receivedAt >= since &&
      (item.caseId === null || names.includes(item.caseId)) &&
      !isTakenBack(state.retracted, item),
  );
  return act?.receivedAt ?? null;
}

/** When, after the escalation, the mentor completed a week (W9). */
export function completedAfter(state: ClassWeekState, escalation: Escalation, ctx: PairContext): Instant | null {
  const completion = policyNow(ctx).policy.classWeek?.completion;
  const received = state.communications
    .filter((item) => completion !== 'lesson' || item.kind === 'lesson')
    .filter((item) => item.receivedAt >= escalation.since && item.at >= escalation.from)
    .filter((item) => !isTakenBack(state.retracted, item))
    .map((item) => item.receivedAt);
  return earliest(received);
}

/** The prompts of a pause that has lasted: first the coordinator, then the supervisor, then both, again and again (W11). */
function prompts(pause: StaffPause, now: Instant, ctx: PairContext): MessageStep[] {
  if (pause.until !== null) return [];
  const result: MessageStep[] = [];
  for (const { number, at, days } of promptsUntil(pause, now, ctx)) {
    if (at > now || at <= now - staffMailFor) continue;
    const roles: Role[] =
      number === 1 ? ['coordinator'] : number === 2 ? ['supervisor'] : ['coordinator', 'supervisor'];
    const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, since: pause.since, days, ...pause.case };
    for (const reader of leadsOf(ctx, roles)) {
      result.push(
        staffMail(`${pause.prompt}-${number}`, reader, 'outreach-prompt', at, fields, { rule: 'W11', facts: [] }),
      );
    }
  }
  return result;
}

interface Prompt {
  number: number;
  at: Instant;
  days: number;
}

/** When somebody may be told of a pair who is to be told at an instant: once no pause covers it; null while one has no end. */
function outOfPauses(at: Instant, pauses: Span[]): Instant | null {
  const pause = pauses.find((span) => covers(span, at));
  if (!pause) return at;
  return pause.until === null ? null : outOfPauses(pause.until, pauses);
}

/** Prompts from the start to the first one after `now`; what a pause of the pair puts off until the next one is let go (S11). */
function promptsUntil(pause: StaffPause, now: Instant, ctx: PairContext): Prompt[] {
  const planned = plannedUntil(pause, now, ctx);
  return planned.flatMap((prompt, index) => {
    const at = outOfPauses(prompt.at, ctx.pauses);
    const next = planned[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return at === null || at >= next ? [] : [{ ...prompt, at }];
  });
}

function plannedUntil(pause: StaffPause, now: Instant, ctx: PairContext): Prompt[] {
  const days = policyNow(ctx).policy.classWeek?.outreachPromptDays ?? [];
  const first = days[0];
  if (first === undefined) return [];
  const last = days[days.length - 1] as number;
  const every = Math.max(1, days.length > 1 ? last - (days[days.length - 2] as number) : first);
  const result: Prompt[] = [];
  for (let number = 1; ; number++) {
    const after = days[number - 1] ?? last + every * (number - days.length);
    const at = addCivilDays(pause.since, after, zoneOf(ctx));
    result.push({ number, at, days: after });
    if (at > now) return result;
  }
}

/** The prompts that stand at `now` (W11). */
export function duePrompts(state: ClassWeekState, now: Instant, ctx: PairContext): MessageStep[] {
  return staffPauses(state, ctx).flatMap((pause) => prompts(pause, now, ctx));
}

/** The next prompt after `now` of a pause that nobody has ended. */
export function nextPromptAt(state: ClassWeekState, now: Instant, ctx: PairContext): Instant | null {
  const upcoming = staffPauses(state, ctx)
    .filter((pause) => pause.until === null)
    .flatMap((pause) => promptsUntil(pause, now, ctx).filter((prompt) => prompt.at > now));
  return earliest(upcoming.map((prompt) => prompt.at));
}
