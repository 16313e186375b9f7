import { invitation, priorities, staffMail, type TemplateEntry } from './entry.ts';

/** Surveys of the match, and what staff learn of a low rating. */
export const surveysTemplates = {
  survey: { section: 'surveys', ...invitation, category: 'survey', priority: priorities.survey, answers: 'survey' },
  'low-rating': { section: 'surveys', ...staffMail },
} as const satisfies Record<string, TemplateEntry>;
