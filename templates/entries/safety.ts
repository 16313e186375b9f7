import { priorities, staffMail, type TemplateEntry } from './entry.ts';

/** Safety: calls to staff, which nothing keeps waiting (K6). */
export const safetyTemplates = {
  'safety-alert': {
    section: 'safety',
    ...staffMail,
    safety: true,
    urgent: true,
    priority: priorities.safety,
    channels: ['email', 'sms'],
  },
} as const satisfies Record<string, TemplateEntry>;
