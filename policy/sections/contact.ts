import type { Section } from './section.ts';

/** Section T of the behaviours: what keeps a pair in touch, and what happens when it cannot. */
export interface ContactPolicy {
  /** Without a logged conversation for so many days both are asked to log theirs (T1). */
  logReminderDays: number;
  /** Nothing at all has happened so many days after the match (T1). */
  encourageDays: number;
  /** Each ongoing message goes so often in a row without a reaction; then staff get one task (T1). */
  repeatAtMost: number;
  flagInvitationDays: number;
  howToRecheckDays: number;
  rematchCooldownDays: number;
  celebrateAtConversations: number;
  /** What becomes of the resources that carry a flag's topic (T9). */
  flagResources: 'off' | 'propose' | 'send';
}

export const contact: Section<ContactPolicy> = {
  defaults: {
    logReminderDays: 14,
    encourageDays: 21,
    repeatAtMost: 3,
    flagInvitationDays: 30,
    howToRecheckDays: 7,
    rematchCooldownDays: 14,
    celebrateAtConversations: 3,
    flagResources: 'propose',
  },
  rules: [],
};
