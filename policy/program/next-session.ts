import type { ClassCalendar, ClassSession } from '../calendar.ts';
import { staffMail, staffMailFor } from '../staff-mail.ts';
import type { CaseStep, MessageStep } from '../step.ts';
import { addDays, earliestAfter, type Instant, instantOf } from '../time.ts';
import type { ProgramConcern, ProgramContext } from './concern.ts';

/** A class that does not know when it meets next is a task for operations (W17). */

/** Civil days after the last known session began. */
const unknownDays = 7;

export interface NextSessionState {
  /** Cases that were opened and not yet withdrawn. */
  open: CaseStep[];
}

/** A class without a next session, and since when that needs someone. */
interface Gap {
  calendar: ClassCalendar;
  last: ClassSession;
  from: Instant;
}

/** None where the end of the term is known: the last session then opens its last week, and nothing is missing. */
function gapOf(calendar: ClassCalendar): Gap | null {
  const held = calendar.sessions.filter((session) => session.state === 'held');
  const [first, ...others] = held;
  if (!first || calendar.endsOn !== null) return null;
  const last = others.reduce((latest, session) => (session.date > latest.date ? session : latest), first);
  return { calendar, last, from: instantOf(addDays(last.date, unknownDays), last.start, calendar.zone) };
}

/** The gaps that may need someone: those that began before the program did are history. */
function gapsOf(ctx: ProgramContext): Gap[] {
  if (!ctx.document.policy.classWeek) return [];
  const gaps = ctx.classes.map(gapOf).filter((gap): gap is Gap => gap !== null);
  return gaps.filter((gap) => gap.from >= ctx.createdAt).sort((a, b) => (keyOf(a, ctx) < keyOf(b, ctx) ? -1 : 1));
}

function keyOf({ calendar, last }: Gap, ctx: ProgramContext): string {
  return `${ctx.programId}/${calendar.classId}/${last.date}/no-next-session`;
}

/** A gap that is new opens its case now, wherever it began: sessions may be cancelled long after the last one. */
function caseOf(gap: Gap, state: NextSessionState, now: Instant, ctx: ProgramContext): CaseStep {
  const key = keyOf(gap, ctx);
  return {
    kind: 'case',
    key,
    caseKind: 'task',
    assignee: ctx.document.staff.operations ?? null,
    supervisor: null,
    reason: 'class_without_next_session',
    openedAt: state.open.find((step) => step.key === key)?.openedAt ?? now,
    facts: [],
    details: { classId: gap.calendar.classId, lastSessionDate: gap.last.date },
    lines: [],
  };
}

function mailOf(step: CaseStep, now: Instant): MessageStep[] {
  if (step.assignee === null || now >= step.openedAt + staffMailFor) return [];
  const fields = { reason: step.reason, subject: step.details.classId };
  const reader = { role: 'operations' as const, personId: step.assignee };
  return [staffMail(step.key, reader, 'task', step.openedAt, fields, { rule: 'W17', facts: [] })];
}

function openCases(state: NextSessionState, now: Instant, ctx: ProgramContext): CaseStep[] {
  return gapsOf(ctx)
    .filter((gap) => now >= gap.from)
    .map((gap) => caseOf(gap, state, now, ctx));
}

export const nextSession: ProgramConcern<NextSessionState> = {
  open: () => ({ open: [] }),
  due(state, now, ctx) {
    const open = openCases(state, now, ctx);
    const over = state.open.filter((step) => !open.some((other) => other.key === step.key));
    const withdrawn = over.map((step): CaseStep => ({ ...step, withdrawn: true }));
    return { messages: open.flatMap((step) => mailOf(step, now)), cases: [...open, ...withdrawn] };
  },
  said: (state, now, ctx) => ({ open: openCases(state, now, ctx) }),
  nextAt: (now, ctx) =>
    earliestAfter(
      now,
      gapsOf(ctx).map(({ from }) => from),
    ),
};
