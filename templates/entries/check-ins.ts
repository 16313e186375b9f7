import { invitation, priorities, staffMail, type TemplateEntry } from './entry.ts';

/** Check-ins with mentor, mentee and guardian, and what staff learn of them. */
export const checkInsTemplates = {
  'check-in': {
    section: 'checkIns',
    ...invitation,
    category: 'reminder',
    priority: priorities.checkIn,
    channels: ['email', 'sms'],
    answers: 'check-in',
  },
  'check-in-overdue': { section: 'checkIns', ...staffMail, variants: ['regular', 'live'] },
  'guardian-missing': { section: 'checkIns', ...staffMail },
  'contact-handoff': { section: 'checkIns', ...staffMail },
} as const satisfies Record<string, TemplateEntry>;
