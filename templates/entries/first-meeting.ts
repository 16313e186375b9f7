import { invitation, priorities, staffMail, type TemplateEntry } from './entry.ts';

/** The first meeting after a match. */
export const firstMeetingTemplates = {
  'first-meeting-nudge': {
    section: 'firstMeeting',
    ...invitation,
    category: 'reminder',
    priority: priorities.unlisted,
  },
  'first-meeting-alert': { section: 'firstMeeting', ...staffMail },
} as const satisfies Record<string, TemplateEntry>;
