import type { Classification } from '../policy/mailbox/row.ts';
import { classWeekTemplates } from './entries/class-week.ts';
import type { TemplateEntry } from './entries/entry.ts';
import { messagingTemplates } from './entries/messaging.ts';
import { requestsTemplates } from './entries/requests.ts';

export { type Audience, type Channel, priorities, type TemplateEntry } from './entries/entry.ts';

/** Class and priority of every template, one file a section. */
const table = {
  ...classWeekTemplates,
  ...requestsTemplates,
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
  const { audience, safety, urgent, answersText, category, priority, ...entry } = templateOf(key);
  const transactional = entry.transactional || (variant !== null && variant === entry.transactionalVariant);
  return { audience, transactional, safety, urgent, answersText, category, priority };
}
