import { answerMail, invitation, priorities, type TemplateEntry } from './entry.ts';

/** How people and pairs come to an end. */
export const lifecycleTemplates = {
  'inactivity-notice': { section: 'lifecycle', ...answerMail, answers: 'enrolment' },
  'cohort-opt-out': { section: 'lifecycle', ...answerMail, variants: ['regular', 'reminder'], answers: 'enrolment' },
  'exit-survey': {
    section: 'lifecycle',
    ...invitation,
    category: 'survey',
    priority: priorities.survey,
    answers: 'exit-survey',
  },
  'closure-rule': { section: 'lifecycle', ...answerMail, transactional: false },
} as const satisfies Record<string, TemplateEntry>;
