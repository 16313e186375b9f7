import { staffMail, type TemplateEntry } from './entry.ts';

/** How the program as a whole feels. */
export const sentimentTemplates = {
  'sentiment-review': { section: 'sentiment', ...staffMail },
  'sentiment-slow': { section: 'sentiment', ...staffMail },
} as const satisfies Record<string, TemplateEntry>;
