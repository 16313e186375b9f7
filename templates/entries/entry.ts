import type { ResponseKind } from '../../policy/delivery/answer-link.ts';
import type { MessageCategory } from '../../policy/mailbox/row.ts';

/** How a template reaches a person. */
export type Channel = 'email' | 'sms';

/** Who a template is written for; staff and participants never share one text. */
export type Audience = 'participant' | 'staff';

/** What the mailbox needs to know about a template, and which texts belong to it. */
export interface TemplateEntry {
  /** The section of the program policy that switches the template on. */
  readonly section: string;
  readonly audience: Audience;
  /** Exempt from the daily cap, and for mail from quiet hours (M2, M3). */
  readonly transactional: boolean;
  /** Never merged, capped or held (M3, M4, K6). */
  readonly safety: boolean;
  /** Goes at once instead of gathering with others of its kind. */
  readonly urgent: boolean;
  /** The direct answer to a person's own text (M2). */
  readonly answersText: boolean;
  /** What a participant may choose not to get; `essential` cannot be switched off. */
  readonly category: MessageCategory;
  /** Rank within a person's day, 0 first (M3). */
  readonly priority: number;
  readonly channels: readonly Channel[];
  readonly variants: readonly string[];
  /** A variant that is transactional although the template is not. */
  readonly transactionalVariant?: string;
  /** A variant that goes at once although the template gathers. */
  readonly urgentVariant?: string;
  /** Carries a signed link to a form on which its recipient answers: to which (M7). */
  readonly answers?: ResponseKind;
}

/** The ranks of M3; where two messages want the same day, the lower number goes first. */
export const priorities = {
  safety: 0,
  answersAndClosures: 1,
  classReminder: 2,
  custom: 3,
  requestReminder: 4,
  checkIn: 5,
  unlisted: 6,
  survey: 7,
  recommendationAndCelebration: 8,
} as const;

/** To staff. */
export const staffMail = {
  audience: 'staff',
  transactional: false,
  safety: false,
  urgent: false,
  answersText: false,
  category: 'essential',
  priority: priorities.unlisted,
  channels: ['email'],
  variants: ['regular'],
} as const;

/** Tells a participant what became of something that concerns them. */
export const answerMail = {
  audience: 'participant',
  transactional: true,
  safety: false,
  urgent: false,
  answersText: false,
  category: 'essential',
  priority: priorities.answersAndClosures,
  channels: ['email'],
  variants: ['regular'],
} as const;

/** Invites a participant to something; who does not want that says so. */
export const invitation = { ...answerMail, transactional: false, category: 'announcement' } as const;

/** Answers a person's own text, and goes by mail where no text goes. */
export const answerToText = {
  audience: 'participant',
  transactional: true,
  safety: false,
  urgent: true,
  answersText: true,
  category: 'essential',
  priority: priorities.answersAndClosures,
  channels: ['email', 'sms'],
  variants: ['regular'],
} as const;
