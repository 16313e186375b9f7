import type { Because, Channel, Role, SkipReason } from '../step.ts';
import type { Instant } from '../time.ts';

/** What the mailbox ranks and gates a message by; one table beside the templates says it for each template key. */
export interface Classification {
  audience: 'participant' | 'staff';
  transactional: boolean;
  safety: boolean;
  /** Goes at once; the others gather for some minutes. */
  urgent: boolean;
  /** The direct answer to a person's own text, which goes whatever the hour and although they said STOP (M2). */
  answersText: boolean;
  /** What a person may choose not to get. */
  category: MessageCategory;
  /** Rank for the day's place, 0 first (M3). */
  priority: number;
  /** Carries a link by which its recipient answers: nobody else may get a copy (M7). */
  answerLink?: true;
}

/** Kinds of messages that a participant can switch off; `essential` ones cannot be. */
export type MessageCategory = 'essential' | 'reminder' | 'survey' | 'announcement';

export type MessageState = 'waiting' | 'sending' | 'sent' | 'unknown' | 'skipped' | 'failed';

/** One message to one person: a row of the ledger and, while it waits, of the person's mailbox. */
export interface MessageRow {
  id: string;
  key: string;
  stepKey: string;
  /** The workflow or broadcast that wrote it; nobody else touches it. */
  owner: string;
  programId: string;
  pairIds: string[];
  personId: string;
  role: Role;
  template: string;
  variant: string | null;
  channel: Channel;
  /** The channel it was written for, when it fell back to mail (M5). */
  fallbackFrom: Channel | null;
  classification: Classification;
  fields: Record<string, unknown>;
  /** Zone of the class or program, for people without one of their own. */
  zone: string;
  state: MessageState;
  reason: SkipReason | null;
  planned: boolean;
  plannedFor: Instant;
  notBefore: Instant;
  expiresAt: Instant;
  onlyIfSent: string | null;
  /** Key of the mail that says the same as this text (M5). */
  mailTwin: string | null;
  /** Withdrawn after it was claimed: settled, and not handed over again. */
  withdrawn: boolean;
  /** Hand-overs that did not go out and counted. */
  attempts: number;
  /** Whether it was tried once more after a failure that passes (M10). */
  retriedPassing: boolean;
  policyVersion: number;
  because: Because;
  acceptedAt: Instant;
}

/** Neither capped nor kept to quiet hours: transactional, staff and safety messages (M3). */
export function isExempt(classification: Classification): boolean {
  return classification.transactional || classification.safety || classification.audience === 'staff';
}

/** Whether a row is a text that answers the person's own one (M2). */
export function answersText({ channel, classification }: MessageRow): boolean {
  return channel === 'sms' && classification.answersText;
}

/** Keys of the messages whose fate decides over a row's own. */
export function dependsOn({ onlyIfSent, mailTwin }: MessageRow): string[] {
  return [onlyIfSent, mailTwin].filter((key) => key !== null);
}

/** Rows that go at once have a dispatcher of their own, apart from those that the mailbox ranks. */
export function goesAtOnce(classification: Classification): boolean {
  return isExempt(classification);
}
