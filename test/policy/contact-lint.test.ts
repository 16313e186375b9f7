import { expect, test } from 'vitest';
import { lintProgram } from '../../policy/lint.ts';
import { type Partially, type Policy, type StaffIds, withDefaults } from '../../policy/program.ts';

const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup', contact: 'contact_1', safety: ['sup'] };

function lint(contact: Partially<Policy['contact']>, people: StaffIds = staff): string[] {
  const own = { name: 'A school', zone: 'America/New_York', postalAddress: '1 School Street', staff: people };
  const findings = lintProgram(withDefaults({ ...own, policy: { contact: contact as Policy['contact'] } }));
  return findings.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`);
}

test('V6 the section with its defaults and a contact person leaves nothing to say', () => {
  expect(lint({})).toEqual([]);
});

test('V6 T1 what is closer than a week is warned about, since it goes less often than it says', () => {
  expect(lint({ logReminderDays: 6, encourageDays: 7, flagInvitationDays: 1 })).toEqual([
    'warning ongoing_too_close /policy/contact/logReminderDays',
    'warning ongoing_too_close /policy/contact/flagInvitationDays',
  ]);
});

test('V6 T1 messages that never go are warned about', () => {
  expect(lint({ repeatAtMost: 0 })).toEqual(['warning ongoing_never_sent /policy/contact/repeatAtMost']);
});

test('V6 T4 a program without a contact person is warned about', () => {
  const { contact: _, ...others } = staff;
  expect(lint({}, others)).toEqual(['warning no_contact /staff/contact']);
});
