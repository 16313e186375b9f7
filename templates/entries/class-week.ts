import { priorities, staffMail, type TemplateEntry } from './entry.ts';

/** The class week: reminders, missed weeks, escalation. */
export const classWeekTemplates = {
  'class-reminder': {
    section: 'classWeek',
    audience: 'participant',
    transactional: false,
    safety: false,
    urgent: false,
    answersText: false,
    category: 'reminder',
    priority: priorities.classReminder,
    channels: ['email', 'sms'],
    variants: ['regular', 'missed-week'],
  },
  'escalation-flag': { section: 'classWeek', ...staffMail },
  'escalation-withdrawn': { section: 'classWeek', ...staffMail },
  'outreach-prompt': { section: 'classWeek', ...staffMail },
  'focus-digest': { section: 'classWeek', ...staffMail },
} as const satisfies Record<string, TemplateEntry>;
