import { error, type Finding, type LintRule, warning } from './finding.ts';
import type { ProgramDocument } from './program.ts';
import { sections } from './sections/index.ts';

export type { Finding, LintRule };

/**
 * What a program may not or should not say (V6). Types and ranges are checked before; here it is judged whether a
 * document makes sense as a whole. A rule is one function in one list; those of a section lie with it.
 */

/** Lists of days, by section and field, of which each must be later than the one before. */
const ascendingLists = [
  ['classWeek', 'outreachPromptDays'],
  ['requests', 'remindAfterDays'],
  ['requests', 'noRequestNudgeDays'],
  ['checkIns', 'firstMonthDays'],
  ['checkIns', 'overdueDays'],
] as const;

const listsOfDaysAscend: LintRule = ({ policy }) =>
  ascendingLists.flatMap(([section, field]) => {
    const days = (policy[section] as Record<string, unknown> | undefined)?.[field];
    if (!Array.isArray(days)) return [];
    const at = days.findIndex((day, index) => index > 0 && day <= days[index - 1]);
    if (at < 0) return [];
    return [error('days_not_ascending', `/policy/${section}/${field}/${at}`, 'must be later than the one before')];
  });

const someoneIsResponsible: LintRule = ({ staff, policy }) => {
  const { copyOperations } = policy.messaging;
  const consequences = {
    operations: `${copyOperations ? 'mail to mentors is copied to nobody, and ' : ''}tasks open without assignee`,
    coordinator: 'a case of a pair without coordinator opens without assignee',
    supervisor: 'of an escalation nobody hears but the coordinator',
  };
  return Object.entries(consequences)
    .filter(([role]) => !staff[role as keyof typeof consequences])
    .map(([role, consequence]) => warning(`no_${role}`, `/staff/${role}`, `nobody is named: ${consequence}`));
};

/** Sections that write to participants without being asked. */
const writing = ['classWeek', 'contact', 'requests', 'checkIns', 'firstMeeting', 'surveys', 'lifecycle'] as const;

const mailSaysFromWhere: LintRule = ({ policy, postalAddress }) => {
  if (postalAddress !== null || writing.every((section) => policy[section] === undefined)) return [];
  const detail = 'mail to participants would end without the address of who sends it, which the law asks for';
  return [warning('no_postal_address', '/postalAddress', detail)];
};

/** Every rule, in the order in which findings are reported. */
export const lintRules: readonly LintRule[] = [
  ...Object.values(sections).flatMap((section) => section.rules),
  listsOfDaysAscend,
  someoneIsResponsible,
  mailSaysFromWhere,
];

/** Everything that is wrong or unwise in a document whose types and ranges are in order (V6). */
export function lintProgram(document: ProgramDocument): Finding[] {
  return lintRules.flatMap((rule) => rule(document));
}
