import { error, type Finding, type LintRule, warning } from '../finding.ts';
import type { ProgramDocument, TimeOfDay, Weekday } from '../program.ts';
import { minutesOf } from '../time.ts';
import type { Section } from './section.ts';

/** Section W of the behaviours: the week from one class session to the next. */
export interface ClassWeekPolicy {
  completion: 'any' | 'lesson';
  email: { daysAfterSession: number; at: TimeOfDay };
  text: { daysBeforeNextSession: number; at: TimeOfDay };
  escalateAfterMisses: number;
  graceHours: number;
  whileEscalated: 'pause' | 'continue';
  outreachPromptDays: number[];
  lateArrivalDays: number;
  focusDigest: { weekday: Weekday; at: TimeOfDay } | null;
}

/** Text times this close to the end of the window leave no room for a delay. */
const TEXT_MARGIN_MINUTES = 60;
const HOURS_OF_A_WEEK = 168;
const DAYS_OF_A_WEEK = 7;

/** A rule about the class week: says nothing where the section is off. */
function ofClassWeek(judge: (section: ClassWeekPolicy, document: ProgramDocument) => Finding[]): LintRule {
  return (document) => (document.policy.classWeek ? judge(document.policy.classWeek, document) : []);
}

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

export const classWeek: Section<ClassWeekPolicy> = {
  defaults: {
    completion: 'any',
    email: { daysAfterSession: 3, at: '09:00' },
    text: { daysBeforeNextSession: 1, at: '16:00' },
    escalateAfterMisses: 2,
    graceHours: 0,
    whileEscalated: 'pause',
    outreachPromptDays: [7, 14],
    lateArrivalDays: 7,
    focusDigest: { weekday: 'monday', at: '08:00' },
  },
  rules: [
    emailInsideItsHours,
    textInsideItsHours,
    textHasMargin,
    remindersFitAWeek,
    escalationNeedsAMiss,
    escalationIsPrompt,
    remindersPauseWhileEscalated,
    staffArePrompted,
  ],
};
