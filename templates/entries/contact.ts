import { answerMail, invitation, priorities, staffMail, type TemplateEntry } from './entry.ts';

/** Staying in touch: the ongoing messages, trouble, flags and the end of a match. */
export const contactTemplates = {
  'log-conversation': { section: 'contact', ...invitation, category: 'reminder', priority: priorities.unlisted },
  'flag-invitation': { section: 'contact', ...invitation, category: 'reminder', priority: priorities.unlisted },
  'encourage-contact': { section: 'contact', ...invitation, category: 'reminder', priority: priorities.unlisted },
  'how-to-reach-out': { section: 'contact', ...answerMail, variants: ['regular', 'recheck'] },
  resources: { section: 'contact', ...answerMail, transactional: false, priority: priorities.unlisted },
  celebrate: { section: 'contact', ...invitation, priority: priorities.recommendationAndCelebration },
  'trouble-case': {
    section: 'contact',
    ...staffMail,
    channels: ['email', 'sms'],
    variants: ['regular', 'immediate'],
    urgentVariant: 'immediate',
  },
  'trouble-received': { section: 'contact', ...answerMail },
  'pair-closed': { section: 'contact', ...answerMail },
} as const satisfies Record<string, TemplateEntry>;
