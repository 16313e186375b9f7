import type { StaffIds } from './program.ts';
import type { Instant } from './time.ts';

/** What a decision can ask for. Every step is plain JSON and has a key that is the same each time it is asked for. */

export type Channel = 'email' | 'sms';
export type Role = 'mentor' | 'mentee' | 'guardian' | keyof StaffIds;

/** What can stop a step: `reminders` (regular reminders), `automated` (every automated message), `all`. */
export type HoldKind = 'reminders' | 'automated' | 'all';

/** A span in which steps of a kind do not happen; `until` is null while nobody has ended it. */
export interface Hold {
  kind: HoldKind;
  from: Instant;
  until: Instant | null;
}

/** Why a step exists: the behaviour, and the ids of the events it rests on. */
export interface Because {
  rule: string;
  facts: string[];
}

/** Reasons of the ledger, as integrators read them. */
export type SkipReason =
  | 'removed'
  | 'suppressed'
  | 'no_consent'
  | 'held'
  | 'expired'
  | 'capped'
  | 'withdrawn'
  | 'merged'
  | 'window_too_short'
  | 'unreachable'
  | 'unfilled_template'
  | 'provider_refused';

export interface MessageStep {
  kind: 'message';
  key: string;
  /** The key without the person: what is said, whoever hears it. */
  stepKey: string;
  personId: string;
  role: Role;
  template: string;
  variant: string | null;
  channel: Channel;
  /** Decided ahead for a slot; the others gather for some minutes instead. */
  planned: boolean;
  slot: Instant;
  expiresAt: Instant;
  /** Ids, dates, codes and numbers that the template needs; names are read when it is rendered. */
  fields: Record<string, unknown>;
  heldBy: HoldKind[];
  because: Because;
  /** Recorded in the ledger with this reason, never sent. */
  skip?: SkipReason;
  /** Key of the message without which this one makes no sense. */
  onlyIfSent?: string;
}

/** A coded line in a case's history; `ref` tells two lines of one code apart. */
export interface CaseLine {
  code: string;
  ref: string;
}

export interface CaseStep {
  kind: 'case';
  key: string;
  caseKind: string;
  assignee: string | null;
  supervisor: string | null;
  reason: string;
  openedAt: Instant;
  facts: string[];
  details: Record<string, unknown>;
  lines: CaseLine[];
  /** The case is over: nothing that it rested on is true any more. */
  withdrawn?: true;
}

/** Read the policy document that is current now, and decide under it from `since` on. */
export interface ReadPolicyStep {
  kind: 'read-policy';
  key: string;
  since: Instant;
}

export type Step = MessageStep | CaseStep | ReadPolicyStep;

/** A step of the future, as a person reads it. */
export interface PlannedStep {
  key: string;
  at: Instant;
  template: string;
  channel: Channel;
  to: string;
  variant: string | null;
  /** The condition that cancels it. */
  unless: string;
}
