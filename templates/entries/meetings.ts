import { answerMail, staffMail, type TemplateEntry } from './entry.ts';

/** Meetings: what a report left out, and the program's promise. */
export const meetingsTemplates = {
  'meeting-details': { section: 'meetings', ...answerMail },
  'promise-broken': { section: 'meetings', ...staffMail },
} as const satisfies Record<string, TemplateEntry>;
