import type { Classification, MessageCategory } from '../policy/mailbox/row.ts';

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

const staffMail = {
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

/** Tells a participant what became of a request. */
const requestMail = {
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
const invitation = { ...requestMail, transactional: false, category: 'announcement' } as const;

/** Answers a person's own text, and goes by mail where no text goes. */
const answerToText = {
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

const table = {
  'class-reminder': {
    section: 'classWeek',
    audience: 'participant',
    transactional: false,
    safety: false,
    urgent: false,
    answersText: false,
    category: 'reminder',
    priority: priorities.classReminder,
    channels: ['email', 'sms'],
    variants: ['regular', 'missed-week'],
  },
  'escalation-flag': { section: 'classWeek', ...staffMail },
  'escalation-withdrawn': { section: 'classWeek', ...staffMail },
  'outreach-prompt': { section: 'classWeek', ...staffMail },
  'focus-digest': { section: 'classWeek', ...staffMail },
  'request-received': { section: 'requests', ...requestMail },
  'request-reminder': {
    section: 'requests',
    ...requestMail,
    transactional: false,
    category: 'reminder',
    priority: priorities.requestReminder,
    variants: ['regular', 'manual'],
    transactionalVariant: 'manual',
  },
  'request-accepted': { section: 'requests', ...requestMail },
  'request-declined': { section: 'requests', ...requestMail },
  'request-closed': { section: 'requests', ...requestMail },
  'request-withdrawn': { section: 'requests', ...requestMail },
  'mentor-full': { section: 'requests', ...requestMail },
  'offer-received': { section: 'requests', ...requestMail },
  'first-message-prompt': {
    section: 'requests',
    ...requestMail,
    transactional: false,
    priority: priorities.unlisted,
  },
  recommendations: { section: 'requests', ...invitation, priority: priorities.recommendationAndCelebration },
  'no-request-nudge': { section: 'requests', ...invitation, priority: priorities.unlisted },
  'assign-reminder': { section: 'requests', ...staffMail },
  'pending-alert': { section: 'requests', ...staffMail },
  task: { section: 'messaging', ...staffMail },
  unreachable: { section: 'messaging', ...staffMail },
  'channel-parked': { section: 'messaging', ...staffMail, urgent: true, channels: ['email', 'sms'] },
  'opt-out-confirmed': { section: 'messaging', ...answerToText },
  help: { section: 'messaging', ...answerToText },
} as const satisfies Record<string, TemplateEntry>;

/** A template this version can send. */
export type TemplateKey = keyof typeof table;

/** Every template key, in the order of the table. */
export const templateKeys = Object.keys(table) as readonly TemplateKey[];

/** Whether a string from outside names a template of this version. */
export function isTemplateKey(key: string): key is TemplateKey {
  return Object.hasOwn(table, key);
}

/** The table's entry for a key. */
export function templateOf(key: TemplateKey): TemplateEntry {
  return table[key];
}

/** A template's class as the mailbox judges it, as plain JSON, a fresh copy each time. */
export function classify(key: TemplateKey, variant: string | null = null): Classification {
  const { audience, safety, urgent, answersText, category, priority, ...entry } = templateOf(key);
  const transactional = entry.transactional || (variant !== null && variant === entry.transactionalVariant);
  return { audience, transactional, safety, urgent, answersText, category, priority };
}
