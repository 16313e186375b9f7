import type { Classification } from '../policy/mailbox/row.ts';
import { checkInsTemplates } from './entries/check-ins.ts';
import { classWeekTemplates } from './entries/class-week.ts';
import { contactTemplates } from './entries/contact.ts';
import { customTemplates } from './entries/custom.ts';
import type { TemplateEntry } from './entries/entry.ts';
import { firstMeetingTemplates } from './entries/first-meeting.ts';
import { lifecycleTemplates } from './entries/lifecycle.ts';
import { meetingsTemplates } from './entries/meetings.ts';
import { messagingTemplates } from './entries/messaging.ts';
import { requestsTemplates } from './entries/requests.ts';
import { safetyTemplates } from './entries/safety.ts';
import { sentimentTemplates } from './entries/sentiment.ts';
import { surveysTemplates } from './entries/surveys.ts';

export { type Audience, type Channel, priorities, type TemplateEntry } from './entries/entry.ts';

/** Class and priority of every template, one file a section. */
const table = {
  ...classWeekTemplates,
  ...contactTemplates,
  ...customTemplates,
  ...requestsTemplates,
  ...lifecycleTemplates,
  ...checkInsTemplates,
  ...surveysTemplates,
  ...sentimentTemplates,
  ...meetingsTemplates,
  ...firstMeetingTemplates,
  ...safetyTemplates,
  ...messagingTemplates,
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
  const { audience, safety, answersText, category, priority, ...entry } = templateOf(key);
  const transactional = entry.transactional || (variant !== null && variant === entry.transactionalVariant);
  const urgent = entry.urgent || (variant !== null && variant === entry.urgentVariant);
  const classification = { audience, transactional, safety, urgent, answersText, category, priority };
  return entry.answers ? { ...classification, answerLink: true } : classification;
}
