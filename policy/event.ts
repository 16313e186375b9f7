import type { StaffIds } from './program.ts';
import { type Instant, MINUTE } from './time.ts';

/**
 * The event vocabulary: what a platform may signal, what staff may command, and what Tandem itself notes on the
 * journal. A pair sees ids, codes, times and numbers only; free text stays in the database.
 */

/** Names of the events that a platform sends about a pair; on the wire each has the prefix `tandem.`. */
export const pairEventNames = [
  'lesson.completed',
  'message.sent',
  'week.excused',
  'outreach.recorded',
  'conversation.logged',
  'flag.submitted',
  'contact.trouble',
  'meeting.scheduled',
  'meeting.recorded',
  'checkin.recorded',
  'survey.answered',
  'support.recorded',
] as const;
export type PairEventName = (typeof pairEventNames)[number];

export const personEventNames = ['person.active'] as const;
export type PersonEventName = (typeof personEventNames)[number];

/** What staff ask of a pair; each may be refused. */
export type CommandName = 'pair.paused' | 'pair.resumed' | 'pair.closed' | 'reminders.resumed';

/** What Tandem notes on the journal of a pair when something that the pair rests on has changed. */
export type NoteName =
  | 'pair.opened'
  | 'policy.changed'
  | 'calendar.changed'
  | 'class.changed'
  | 'staff.changed'
  | 'person.changed'
  | 'case.opened'
  | 'case.acknowledged'
  | 'case.resolved'
  | 'policy.read'
  | 'program.changed';

/** Coded data of a journal entry. Every field is an id, a code, a date, an instant or a number. */
export interface EntryData {
  /** Role or person id of who did it. */
  by?: string;
  sessionDate?: string;
  reason?: string;
  /** Identity (`ref`) of the earlier entry that this one takes back. */
  retracts?: string;
  until?: Instant | null;
  version?: number;
  applyNow?: boolean;
  classId?: string | null;
  personId?: string;
  staff?: StaffIds;
  caseId?: string;
  /** Key of a case that a workflow opened; staff-opened ones have none. */
  caseKey?: string | null;
  caseKind?: string;
  pauseReminders?: boolean;
  /** Fields in which words were given, sorted; the words themselves stay in the database. */
  given?: string[];
  /** Code of the safety keyword that stands in any of the words (K6). */
  keyword?: string;
  safetyConcern?: boolean;
  discomfort?: boolean;
  /** Role of who was asked in a check-in, and how (K3). */
  respondent?: string;
  mode?: string;
  [code: string]: unknown;
}

/** What Tandem notes on the journal of a request, in the transaction that changes the request or the staff behind it. */
export type RequestEntryName =
  | 'request.opened'
  | 'request.reminded'
  | 'request.ended'
  | 'request.reopened'
  | 'program.changed';

/** One entry of the journal as a workflow sees it. */
export interface JournalEntry<Name extends string> {
  /** Position on the journal. */
  seq: number;
  /** Identity: the event's id and a short hash of its source, `id~hash`; an entry of Tandem's own has no `~`. */
  ref: string;
  type: Name;
  /** When it occurred. */
  at: Instant;
  /** When it was accepted. */
  receivedAt: Instant;
  /** Accepted too late to act (E2): it changes counts and views, and causes nothing. */
  history?: boolean;
  data: EntryData;
}

export type PairEvent = JournalEntry<PairEventName | CommandName | NoteName>;
export type RequestEvent = JournalEntry<RequestEntryName>;

/** Clocks differ by no more (E2). */
export const clocksDifferBy = 5 * MINUTE;

/** Whether a meeting is told as held although it lies ahead of what tells of it: such a one is none (K8, K9). */
export function isHeldAhead({ at, data }: Pick<JournalEntry<string>, 'at' | 'data'>): boolean {
  return data.occurred === true && typeof data.at === 'number' && data.at > at + clocksDifferBy;
}

/** The event id that an integrator knows, of an entry's identity. */
export function eventIdOf(ref: string): string {
  return ref.split('~', 1)[0] as string;
}
