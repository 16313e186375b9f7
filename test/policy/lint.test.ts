import { describe, expect, test } from 'vitest';
import { lintProgram, lintRules } from '../../policy/lint.ts';
import { type Partially, type Policy, type ProgramInput, withDefaults } from '../../policy/program.ts';

const staff = { operations: 'per_ops', coordinator: 'per_pc', supervisor: 'per_sup', safety: ['per_pc'] };

function lint(policy: Partially<Policy>, rest: Partial<ProgramInput> = {}) {
  const own = { name: 'A school', zone: 'America/New_York', postalAddress: '1 School Street, Springfield', staff };
  const document = withDefaults({ ...own, ...rest, policy });
  return lintProgram(document).map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`);
}

describe('V6 a policy is checked before it is accepted', () => {
  test('V6 the defaults with staff named leave nothing to say', () => {
    expect(lint({ classWeek: {} })).toEqual([]);
    expect(lint({})).toEqual([]);
  });

  test.each<[string, Partially<Policy>, string]>([
    [
      'empty quiet hours',
      { messaging: { quietHours: { email: ['09:00', '09:00'] } } },
      'quiet_hours_empty /policy/messaging/quietHours/email',
    ],
    [
      'inverted quiet hours',
      { messaging: { quietHours: { sms: ['20:00', '09:00'] } } },
      'quiet_hours_empty /policy/messaging/quietHours/sms',
    ],
    ['a cap of nothing', { messaging: { dailyCap: 0 } }, 'daily_cap_too_small /policy/messaging/dailyCap'],
    ['gathering over an hour', { messaging: { gatherMinutes: 61 } }, 'gather_minutes /policy/messaging/gatherMinutes'],
    ['gathering below zero', { messaging: { gatherMinutes: -1 } }, 'gather_minutes /policy/messaging/gatherMinutes'],
    [
      'a text after hours on the class day',
      { classWeek: { text: { daysBeforeNextSession: 0, at: '20:00' } } },
      'text_never_sent /policy/classWeek/text/at',
    ],
    [
      'escalation without a miss',
      { classWeek: { escalateAfterMisses: 0 } },
      'escalate_without_miss /policy/classWeek/escalateAfterMisses',
    ],
    [
      'no outreach prompt (W11)',
      { classWeek: { outreachPromptDays: [] } },
      'no_outreach_prompt /policy/classWeek/outreachPromptDays',
    ],
    [
      'an outreach prompt at once',
      { classWeek: { outreachPromptDays: [0, 7] } },
      'outreach_prompt_at_once /policy/classWeek/outreachPromptDays/0',
    ],
    [
      'outreach prompts out of order',
      { classWeek: { outreachPromptDays: [14, 7] } },
      'days_not_ascending /policy/classWeek/outreachPromptDays/1',
    ],
    [
      'R8 closing on the day of reminding',
      { requests: { remindAfterDays: [3, 14] } },
      'closes_with_reminder /policy/requests/closeAfterDays',
    ],
    [
      'R7 a reminder at once',
      { requests: { remindAfterDays: [0] } },
      'reminds_at_once /policy/requests/remindAfterDays/0',
    ],
    [
      'R17 a hidden list without recommendations',
      { requests: { listHidden: true, recommendations: 0 } },
      'nobody_requestable /policy/requests/recommendations',
    ],
    [
      'K9 a promise of no meeting',
      { meetings: { promise: { kind: 'count', meetings: 0, per: 'week' } } },
      'promise_of_nothing /policy/meetings/promise/meetings',
    ],
    [
      'K9 a promise of less than a minute',
      { meetings: { promise: { kind: 'hours', hours: 0.01, per: 'month' } } },
      'promise_of_nothing /policy/meetings/promise/hours',
    ],
    [
      'S1 an alert on the day of the nudge',
      { firstMeeting: { nudgeDays: 21 } },
      'alert_before_nudge /policy/firstMeeting/alertDays',
    ],
    [
      'reminders out of order',
      { requests: { remindAfterDays: [7, 7] } },
      'days_not_ascending /policy/requests/remindAfterDays/1',
    ],
  ])('V6 refuses %s', (_, policy, expected) => {
    expect(lint(policy)).toContain(`error ${expected}`);
  });

  test.each<[string, Partially<Policy>, string]>([
    ['an email before its hours', { classWeek: { email: { at: '06:00' } } }, 'email_moved /policy/classWeek/email/at'],
    ['a text after its hours', { classWeek: { text: { at: '20:00' } } }, 'text_moved /policy/classWeek/text/at'],
    [
      'a text close to the end',
      { classWeek: { text: { at: '19:30' } } },
      'text_near_quiet_end /policy/classWeek/text/at',
    ],
    [
      'W16 an email that is never before the text',
      { classWeek: { email: { daysAfterSession: 6, at: '17:00' } } },
      'email_always_skipped /policy/classWeek/email/daysAfterSession',
    ],
    [
      'both reminders on one day',
      { classWeek: { email: { daysAfterSession: 6 } } },
      'reminders_on_one_day /policy/classWeek/email/daysAfterSession',
    ],
    [
      'a text a week ahead',
      { classWeek: { text: { daysBeforeNextSession: 7 } } },
      'text_before_week /policy/classWeek/text/daysBeforeNextSession',
    ],
    [
      'reminders that go on',
      { classWeek: { whileEscalated: 'continue' } },
      'reminders_while_escalated /policy/classWeek/whileEscalated',
    ],
    ['more than a week of grace', { classWeek: { graceHours: 169 } }, 'grace_long /policy/classWeek/graceHours'],
    ['no cap', { messaging: { dailyCap: null } }, 'no_daily_cap /policy/messaging/dailyCap'],
    [
      'texts at night',
      { messaging: { quietHours: { sms: ['07:00', '22:00'] } } },
      'quiet_hours_wide /policy/messaging/quietHours/sms',
    ],
    [
      'R8 closing without reminding',
      { requests: { remindAfterDays: [] } },
      'closes_unreminded /policy/requests/remindAfterDays',
    ],
    [
      'R8 requests that may wait for ever',
      { requests: { remindAfterDays: [], closeAfterDays: null } },
      'waits_for_ever /policy/requests/closeAfterDays',
    ],
    [
      'R14 an alert about nothing',
      { requests: { pendingAlert: { share: 0, minimum: 0 } } },
      'alert_without_cause /policy/requests/pendingAlert',
    ],
    ['K9 a promise judged late', { meetings: { graceDays: 15 } }, 'grace_long /policy/meetings/graceDays'],
  ])('V6 warns of %s, and refuses nothing', (_, policy, expected) => {
    const found = lint(policy);
    expect(found).toContain(`warning ${expected}`);
    expect(found.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('V6 what lies just inside a bound is left alone', () => {
    const classWeek = {
      email: { at: '07:00' },
      text: { daysBeforeNextSession: 0, at: '19:00' },
      graceHours: 168,
      escalateAfterMisses: 1,
      outreachPromptDays: [1],
    };
    expect(lint({ classWeek, messaging: { gatherMinutes: 60 } })).toEqual([]);
    expect(lint({ requests: { remindAfterDays: [13] } })).toEqual([]);
    expect(lint({ meetings: { graceDays: 14 }, firstMeeting: { nudgeDays: 20 } })).toEqual([]);
    expect(lint({ meetings: { promise: null, graceDays: 30 } })).toEqual([]);
    expect(lint({ requests: { remindAfterDays: [30], closeAfterDays: null } })).not.toContain('error');
    expect(lint({ requests: { mode: 'staff', remindAfterDays: [30] } }).join()).not.toContain('error');
  });

  test('V6 warns of every staff role that nobody has', () => {
    const roles = ['operations', 'coordinator', 'supervisor'];
    const warned = roles.map((role) => `warning no_${role} /staff/${role}`);
    expect(lint({}, { staff: {} })).toEqual(['warning no_safety_ladder /staff/safety', ...warned]);
    expect(lint({}, { staff: { ...staff, safety: [] } })).toEqual(['warning no_safety_ladder /staff/safety']);
  });

  test('K6 warns where nobody is called soon or nothing is listened for, and refuses words that stand everywhere', () => {
    expect(lint({ safety: { climbMinutes: 60 } })).toEqual([]);
    expect(lint({ safety: { climbMinutes: 61 } })).toEqual(['warning climb_slow /policy/safety/climbMinutes']);
    expect(lint({ safety: { keywords: [] } })).toEqual(['warning no_keywords /policy/safety/keywords']);
    expect(lint({ safety: { keywords: ['blue lantern', 'no', '¡!', '自殺', 'red'] } })).toEqual([
      'error keyword_too_short /policy/safety/keywords/1',
      'error keyword_too_short /policy/safety/keywords/2',
    ]);
  });

  test('V6 warns of mail to participants without a postal address, and of nothing where there is one or no such mail', () => {
    const without = { postalAddress: null };
    for (const section of ['classWeek', 'contact', 'requests', 'checkIns', 'firstMeeting', 'surveys'])
      expect(lint({ [section]: {} }, without)).toContain('warning no_postal_address /postalAddress');
    expect(lint({ classWeek: {} })).toEqual([]);
    expect(lint({}, without)).toEqual([]);
  });

  test('V6 each rule says something different and nothing twice', () => {
    const document = withDefaults({ name: 'A', zone: 'UTC', policy: { classWeek: { text: { at: '21:00' } } } });
    const findings = lintProgram(document);
    expect(new Set(findings.map((finding) => JSON.stringify(finding))).size).toBe(findings.length);
    expect(new Set(lintRules).size).toBe(lintRules.length);
  });
});
