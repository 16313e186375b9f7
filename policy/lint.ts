import { error, type Finding, type LintRule, warning } from './finding.ts';
import { requestRules } from './lint-requests.ts';
import type { ClassWeekPolicy, ProgramDocument } from './program.ts';
import { minutesOf } from './time.ts';

export type { Finding, LintRule };

/**
 * What a program may not or should not say (V6). Types and ranges are checked before; here it is judged whether a
 * document makes sense as a whole. A rule is one function in one list.
 */

/** Text times this close to the end of the window leave no room for a delay. */
const TEXT_MARGIN_MINUTES = 60;
const MAX_GATHER_MINUTES = 60;
const HOURS_OF_A_WEEK = 168;
const DAYS_OF_A_WEEK = 7;
/** Before and after these hours of the recipient a text is a nuisance everywhere and unlawful in many places. */
const EARLIEST_TEXT = '08:00';
const LATEST_TEXT = '21:00';
const activeSections = ['classWeek', 'requests', 'messaging'];

/** A rule about the class week: says nothing where the section is off. */
function ofClassWeek(judge: (section: ClassWeekPolicy, document: ProgramDocument) => Finding[]): LintRule {
  return (document) => (document.policy.classWeek ? judge(document.policy.classWeek, document) : []);
}

const quietHoursHaveRoom: LintRule = ({ policy }) =>
  (['sms', 'email'] as const).flatMap((channel) => {
    const [from, to] = policy.messaging.quietHours[channel];
    if (minutesOf(from) < minutesOf(to)) return [];
    const detail = `nothing could ever be sent: the hours from ${from} to ${to} are empty or run backwards`;
    return [error('quiet_hours_empty', `/policy/messaging/quietHours/${channel}`, detail)];
  });

const textsAtDecentHours: LintRule = ({ policy }) => {
  const [from, to] = policy.messaging.quietHours.sms;
  if (minutesOf(from) >= minutesOf(EARLIEST_TEXT) && minutesOf(to) <= minutesOf(LATEST_TEXT)) return [];
  const detail = `texts before ${EARLIEST_TEXT} or after ${LATEST_TEXT} local time are unlawful in many places`;
  return [warning('quiet_hours_wide', '/policy/messaging/quietHours/sms', detail)];
};

const capLetsSomethingThrough: LintRule = ({ policy }) => {
  const { dailyCap } = policy.messaging;
  const pointer = '/policy/messaging/dailyCap';
  if (dailyCap === null) return [warning('no_daily_cap', pointer, 'one person may get any number of messages a day')];
  return dailyCap >= 1 ? [] : [error('daily_cap_too_small', pointer, 'at least 1, or null for no cap')];
};

const gatheringIsShort: LintRule = ({ policy }) => {
  const { gatherMinutes } = policy.messaging;
  if (gatherMinutes >= 0 && gatherMinutes <= MAX_GATHER_MINUTES) return [];
  return [error('gather_minutes', '/policy/messaging/gatherMinutes', `from 0 to ${MAX_GATHER_MINUTES}`)];
};

const emailInsideItsHours = ofClassWeek(({ email }, { policy }) => {
  const [from, to] = policy.messaging.quietHours.email;
  if (isWithin(email.at, from, to)) return [];
  return [moved('email', email.at, from, to)];
});

const textInsideItsHours = ofClassWeek(({ text }, { policy }) => {
  const [from, to] = policy.messaging.quietHours.sms;
  if (isWithin(text.at, from, to)) return [];
  if (text.daysBeforeNextSession === 0 && minutesOf(text.at) >= minutesOf(to)) {
    const detail = `on the day of the class no text can go at ${text.at}: texts end at ${to}, and the next day is too late`;
    return [error('text_never_sent', '/policy/classWeek/text/at', detail)];
  }
  return [moved('text', text.at, from, to)];
});

function isWithin(at: string, from: string, to: string): boolean {
  return minutesOf(at) >= minutesOf(from) && minutesOf(at) < minutesOf(to);
}

function moved(reminder: 'email' | 'text', at: string, from: string, to: string): Finding {
  const day = minutesOf(at) < minutesOf(from) ? 'the same day' : 'the next day';
  const detail = `${at} is outside the hours from ${from} to ${to}: it goes at ${from} ${day}`;
  return warning(`${reminder}_moved`, `/policy/classWeek/${reminder}/at`, detail);
}

const textHasMargin = ofClassWeek(({ text }, { policy }) => {
  const [from, to] = policy.messaging.quietHours.sms;
  if (!isWithin(text.at, from, to) || minutesOf(text.at) <= minutesOf(to) - TEXT_MARGIN_MINUTES) return [];
  const detail = `${text.at} is close to ${to}, when texts end: a small delay moves it to the next day`;
  return [warning('text_near_quiet_end', '/policy/classWeek/text/at', detail)];
});

const remindersFitAWeek = ofClassWeek(({ email, text }, { policy }) => {
  const days = email.daysAfterSession + text.daysBeforeNextSession;
  if (text.daysBeforeNextSession >= DAYS_OF_A_WEEK) {
    const detail = 'in a weekly class the time of the text is not after the class that opens the week: nothing is sent';
    return [warning('text_before_week', '/policy/classWeek/text/daysBeforeNextSession', detail)];
  }
  if (days < DAYS_OF_A_WEEK) return [];
  const pointer = '/policy/classWeek/email/daysAfterSession';
  if (days > DAYS_OF_A_WEEK || minutesOf(email.at) >= minutesOf(text.at)) {
    return [warning('email_always_skipped', pointer, 'in a weekly class the email would not be before the text')];
  }
  if (policy.messaging.dailyCap !== 1) return [];
  const detail = 'in a weekly class both reminders fall on one day, and only one message a day may go';
  return [warning('reminders_on_one_day', pointer, detail)];
});

const escalationNeedsAMiss = ofClassWeek(({ escalateAfterMisses }) => {
  if (escalateAfterMisses >= 1) return [];
  return [error('escalate_without_miss', '/policy/classWeek/escalateAfterMisses', 'at least 1')];
});

const escalationIsPrompt = ofClassWeek(({ graceHours }) => {
  if (graceHours <= HOURS_OF_A_WEEK) return [];
  const detail = 'longer than a week: the next week may be over before the missed ones are escalated';
  return [warning('grace_long', '/policy/classWeek/graceHours', detail)];
});

const remindersPauseWhileEscalated = ofClassWeek(({ whileEscalated }) => {
  if (whileEscalated === 'pause') return [];
  const detail = 'the mentor goes on getting automatic reminders while staff reach out';
  return [warning('reminders_while_escalated', '/policy/classWeek/whileEscalated', detail)];
});

const staffArePrompted = ofClassWeek(({ outreachPromptDays }) => {
  const pointer = '/policy/classWeek/outreachPromptDays';
  if (outreachPromptDays.length === 0) {
    return [error('no_outreach_prompt', pointer, 'paused reminders would stay silent for ever: at least one entry')];
  }
  if ((outreachPromptDays[0] as number) >= 1) return [];
  return [error('outreach_prompt_at_once', `${pointer}/0`, 'at least 1: staff need a day to reach out')];
});

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

/** The law asks for it in mail to participants, which only the class week sends by itself. */
const mailSaysFromWhere = ofClassWeek((_section, { postalAddress }) => {
  if (postalAddress !== null) return [];
  const detail = 'mail to participants would end without the address of who sends it, which the law asks for';
  return [warning('no_postal_address', '/postalAddress', detail)];
});

const sectionsAreActive: LintRule = ({ policy }) =>
  Object.keys(policy)
    .filter((section) => !activeSections.includes(section))
    .map((section) =>
      warning('section_not_active', `/policy/${section}`, 'kept as given; this version does not act on it'),
    );

/** Every rule, in the order in which findings are reported. */
export const lintRules: readonly LintRule[] = [
  quietHoursHaveRoom,
  textsAtDecentHours,
  capLetsSomethingThrough,
  gatheringIsShort,
  emailInsideItsHours,
  textInsideItsHours,
  textHasMargin,
  remindersFitAWeek,
  escalationNeedsAMiss,
  escalationIsPrompt,
  remindersPauseWhileEscalated,
  staffArePrompted,
  listsOfDaysAscend,
  ...requestRules,
  someoneIsResponsible,
  mailSaysFromWhere,
  sectionsAreActive,
];

/** Everything that is wrong or unwise in a document whose types and ranges are in order (V6). */
export function lintProgram(document: ProgramDocument): Finding[] {
  return lintRules.flatMap((rule) => rule(document));
}
