import type { CivilDate } from '../program.ts';
import { staffMail, staffMailFor } from '../staff-mail.ts';
import type { CaseStep, DoneBy, MessageStep } from '../step.ts';
import type { Instant } from '../time.ts';
import type { ProgramContext, ProgramSteps } from './concern.ts';

/** A task about the program's sentiment, for its coordinator, with a mail. One of a kind is open at a time (S6, S7). */
export interface SentimentTask {
  on: CivilDate;
  openedAt: Instant;
  /** What it tells, as it was when it opened. */
  figures: Record<string, number | string | null>;
  /** The days on which another one would have opened. */
  again: CivilDate[];
}

/** What tells the tasks of a concern from others. */
export interface TaskKind {
  /** Template of the mail, and end of the keys. */
  template: 'sentiment-review' | 'sentiment-slow';
  reason: 'sentiment_review' | 'sentiment_slow';
  /** Code of the line for each day on which another one would have opened. */
  again: string;
  rule: 'S6' | 'S7';
}

function keyOf({ template }: TaskKind, { on }: SentimentTask, { programId }: ProgramContext): string {
  return `${programId}/${on}/${template}`;
}

/** Nobody has done it: it is done once somebody acknowledges it, or resolves it. */
export function isLeft(kind: TaskKind, task: SentimentTask, ctx: ProgramContext): boolean {
  return ctx.sentiment?.tasks.includes(keyOf(kind, task, ctx)) ?? false;
}

function caseOf(kind: TaskKind, task: SentimentTask, ctx: ProgramContext): CaseStep {
  const { coordinator, supervisor } = ctx.document.staff;
  return {
    kind: 'case',
    key: keyOf(kind, task, ctx),
    caseKind: 'task',
    assignee: coordinator ?? null,
    supervisor: supervisor ?? null,
    reason: kind.reason,
    openedAt: task.openedAt,
    facts: [],
    details: { on: task.on, ...task.figures, doneBy: 'acknowledging' satisfies DoneBy },
    lines: task.again.map((on) => ({ code: kind.again, ref: on })),
  };
}

function mailOf(kind: TaskKind, task: SentimentTask, now: Instant, ctx: ProgramContext): MessageStep[] {
  const { coordinator } = ctx.document.staff;
  if (!coordinator || now >= task.openedAt + staffMailFor) return [];
  const reader = { role: 'coordinator' as const, personId: coordinator };
  const fields = { on: task.on, ...task.figures };
  const because = { rule: kind.rule, facts: [] };
  return [staffMail(keyOf(kind, task, ctx), reader, kind.template, task.openedAt, fields, because)];
}

/** The case and the mail of a concern's open task. */
export function stepsOf(kind: TaskKind, open: SentimentTask | null, now: Instant, ctx: ProgramContext): ProgramSteps {
  const standing = open ? [open] : [];
  return {
    messages: standing.flatMap((task) => mailOf(kind, task, now, ctx)),
    cases: standing.map((task) => caseOf(kind, task, ctx)),
  };
}
