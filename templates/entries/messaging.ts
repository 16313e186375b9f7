import { answerToText, staffMail, type TemplateEntry } from './entry.ts';

/** Tandem's own messages to staff, and answers to texts. */
export const messagingTemplates = {
  task: { section: 'messaging', ...staffMail },
  unreachable: { section: 'messaging', ...staffMail },
  'channel-parked': { section: 'messaging', ...staffMail, urgent: true, channels: ['email', 'sms'] },
  'opt-out-confirmed': { section: 'messaging', ...answerToText },
  help: { section: 'messaging', ...answerToText },
} as const satisfies Record<string, TemplateEntry>;
