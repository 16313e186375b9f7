import type { ClassCalendar } from '../calendar.ts';
import type { ProgramDocument } from '../program.ts';
import type { CaseStep, MessageStep, SweepStep } from '../step.ts';
import type { Instant } from '../time.ts';
import type { SentimentInProgram } from './sentiment.ts';

/** Who is responsible for an open escalation case, by person id. */
export interface FocusCase {
  coordinator: string | null;
  supervisor: string | null;
}

/** A mentee who has asked nobody and never had a pair. */
export interface Joiner {
  menteeId: string;
  joinedAt: Instant;
}

/** How requests stand in a program; only what decisions of today look at. */
export interface RequestsInProgram {
  /** What is pending, and how much of it for longer than the policy's days (R14). */
  waiting: { pending: number; longPending: number };
  /** Those whose nudge is due about now (R18). */
  joiners: Joiner[];
}

/** An open safety case about nobody's pair (K6). */
export interface SafetyCaseInProgram {
  caseId: string;
  /** Whom it is about; null where that is not known. */
  personId: string | null;
  /** What the keyword in somebody's words stands for; null for a case that staff opened. */
  code: string | null;
  openedBy: string | null;
  openedAt: Instant;
  /** Since when everybody is called again; null where what opened it calls them. */
  callingSince: Instant | null;
  /** Of the version under which it was opened. */
  climbMinutes: number;
  /** Who looks after it. */
  acknowledged: { by: string; at: Instant } | null;
  /** What else the person wrote lately, oldest first. */
  more: Array<{ ref: string; at: Instant }>;
}

/** All that a program's decisions rest on besides its own state; read afresh at each wake. */
export interface ProgramContext {
  programId: string;
  /** The newest version of the document. */
  document: ProgramDocument;
  /** What was due before this is not said. */
  createdAt: Instant;
  classes: ClassCalendar[];
  /** One entry per escalation case that is open now. */
  focus: FocusCase[];
  /** Absent where the program has no section for requests. */
  requests?: RequestsInProgram;
  /** Absent where there is none that has to be said. */
  safetyCases?: SafetyCaseInProgram[];
  /** Absent where the program has no section on sentiment. */
  sentiment?: SentimentInProgram;
  /** Since when the section on the life cycle has named this kind and this end; absent where there is no such section. */
  lifecycleSince?: Instant;
}

/** What one concern says at an instant. */
export interface ProgramSteps {
  messages: MessageStep[];
  cases: CaseStep[];
  /** What is to be done to many people at once, as long as it stands. */
  sweeps?: SweepStep[];
}

/** One concern of a program. All functions are pure, all values plain JSON, and `S` is the concern's own state. */
export interface ProgramConcern<S> {
  open(): S;
  /** The messages and cases that stand at `now`, and the cases that it withdraws. */
  due(state: S, now: Instant, ctx: ProgramContext): ProgramSteps;
  /** The state once what `due` says at `now` is written. */
  said(state: S, now: Instant, ctx: ProgramContext): S;
  /** The first instant after `now` at which `due` says something new without a change of the context. */
  nextAt(now: Instant, ctx: ProgramContext): Instant | null;
}
