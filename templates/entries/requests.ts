import { answerMail, invitation, priorities, staffMail, type TemplateEntry } from './entry.ts';

/** Requests, offers and recommendations. */
export const requestsTemplates = {
  'request-received': { section: 'requests', ...answerMail },
  'request-reminder': {
    section: 'requests',
    ...answerMail,
    transactional: false,
    category: 'reminder',
    priority: priorities.requestReminder,
    variants: ['regular', 'manual'],
    transactionalVariant: 'manual',
  },
  'request-accepted': { section: 'requests', ...answerMail },
  'request-declined': { section: 'requests', ...answerMail },
  'request-closed': { section: 'requests', ...answerMail },
  'request-withdrawn': { section: 'requests', ...answerMail },
  'mentor-full': { section: 'requests', ...answerMail },
  'offer-received': { section: 'requests', ...answerMail },
  'first-message-prompt': {
    section: 'requests',
    ...answerMail,
    transactional: false,
    priority: priorities.unlisted,
  },
  recommendations: { section: 'requests', ...invitation, priority: priorities.recommendationAndCelebration },
  'no-request-nudge': { section: 'requests', ...invitation, priority: priorities.unlisted },
  'assign-reminder': { section: 'requests', ...staffMail },
  'pending-alert': { section: 'requests', ...staffMail },
} as const satisfies Record<string, TemplateEntry>;
