import { invitation, priorities, type TemplateEntry } from './entry.ts';

/** What staff write to the people of many pairs (T10). */
export const customTemplates = {
  custom: { section: 'contact', ...invitation, priority: priorities.custom, channels: ['email', 'sms'] },
} as const satisfies Record<string, TemplateEntry>;
