import { type Finding, type LintRule, warning } from '../finding.ts';
import type { ProgramDocument } from '../program.ts';
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

/** Two of the ongoing messages are never closer than this (T1). */
const DAYS_APART = 7;

/** A rule about staying in touch: says nothing where the section is off. */
function ofContact(judge: (section: ContactPolicy, document: ProgramDocument) => Finding[]): LintRule {
  return (document) => (document.policy.contact ? judge(document.policy.contact, document) : []);
}

const ongoingMessagesHaveRoom = ofContact((section) =>
  (['logReminderDays', 'encourageDays', 'flagInvitationDays'] as const)
    .filter((field) => section[field] < DAYS_APART)
    .map((field) => {
      const detail = `two of the ongoing messages are at least ${DAYS_APART} days apart: it goes less often than it says`;
      return warning('ongoing_too_close', `/policy/contact/${field}`, detail);
    }),
);

const ongoingMessagesGo = ofContact(({ repeatAtMost }) => {
  if (repeatAtMost >= 1) return [];
  const detail = 'none of the ongoing messages ever goes, and staff get no task for a silent pair';
  return [warning('ongoing_never_sent', '/policy/contact/repeatAtMost', detail)];
});

const someoneTakesReports = ofContact((_section, { staff }) => {
  if (staff.contact) return [];
  const taker = staff.coordinator ? 'the coordinator takes' : 'nobody takes';
  return [warning('no_contact', '/staff/contact', `nobody is named: ${taker} what participants report`)];
});

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
  rules: [ongoingMessagesHaveRoom, ongoingMessagesGo, someoneTakesReports],
};
