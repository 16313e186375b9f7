import { answerMail, priorities, staffMail, type TemplateEntry } from './entry.ts';

/** Meetings: what a report left out, and the program's promise. */
export const meetingsTemplates = {
  'meeting-details': { section: 'meetings', ...answerMail, priority: priorities.unlisted },
  'promise-broken': { section: 'meetings', ...staffMail },
} as const satisfies Record<string, TemplateEntry>;
