import type { CivilDate, StaffIds } from './program.ts';
import type { Instant } from './time.ts';

/** What a decision can ask for. Every step is plain JSON and has a key that is the same each time it is asked for. */

export type Channel = 'email' | 'sms';
export type Role = 'mentor' | 'mentee' | 'guardian' | keyof StaffIds;

/**
 * What can stop a step: `reminders` (regular reminders), `automated` (every automated message), `all`. A `safety` hold
 * stops none, since rows stand and a gate holds them (K6): it tells other concerns that nobody is to be pressed now.
 */
export type HoldKind = 'reminders' | 'automated' | 'safety' | 'all';

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
  /** Key of the mail that says the same as this text: where no text can go, that mail is enough (M5). */
  mailTwin?: string;
}

/** A coded line in a case's history; `ref` tells two lines of one code apart. */
export interface CaseLine {
  code: string;
  ref: string;
}

/** In the details of a case that is done otherwise than by resolving it: by what. */
export type DoneBy = 'acknowledging';

export interface CaseStep {
  kind: 'case';
  key: string;
  caseKind: string;
  /** Whom it is about; of a pair, both, where there is nobody in particular. */
  personId?: string;
  assignee: string | null;
  supervisor: string | null;
  reason: string;
  openedAt: Instant;
  facts: string[];
  details: Record<string, unknown>;
  lines: CaseLine[];
  /** Who has seen it, by what the pair knows. */
  acknowledged?: { by: string; at: Instant };
  /** The case is over: nothing that it rested on is true any more. */
  withdrawn?: true;
  /** It has ended by itself, with this outcome; one that ended with its pair still takes what is said of it. */
  outcome?: 'moot' | 'resolved';
}

/** Read the policy document that is current now, and decide under it from `since` on. */
export interface ReadPolicyStep {
  kind: 'read-policy';
  key: string;
  since: Instant;
}

/** What a decision brings about beyond its own pair, in the transaction that says it: once for each key. */
export interface EffectStep {
  kind: 'effect';
  key: string;
  /** Names what is done; the store knows how. */
  effect: string;
  personId: string;
  at: Instant;
  details: Record<string, unknown>;
}

/**
 * What a program decides about many of its people at once, without naming them: the store finds and treats them by
 * statements over sets, once for each key, and goes on where it was interrupted.
 */
export interface SweepStep {
  kind: 'sweep';
  key: string;
  /** Names what is done; the store knows how. */
  name: string;
  /** What its messages belong to: those of a group that no sweep names any more are withdrawn. */
  group: string;
  /** Since when it is due. */
  at: Instant;
  /** Dates, instants, codes and ids that the statements need. */
  parameters: Record<string, unknown>;
}

/** A step that is carried out by a say. */
export type SaidStep = MessageStep | CaseStep | EffectStep;
export type Step = SaidStep | ReadPolicyStep;

/** What a concern shows of itself to reports and lists, apart from its pair's whole state; codes, ids and numbers only. */
export interface PairRecord {
  key: string;
  personId: string | null;
  /** The civil day that it belongs to. */
  day: CivilDate;
  data: Record<string, unknown>;
}

/** Everything of a kind that a pair has from a day on: what is not in it any more is gone. */
export interface RecordSet {
  kind: string;
  from: CivilDate;
  items: PairRecord[];
}

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
  /** Only who may know of safety cases sees it. */
  sensitive?: true;
}
