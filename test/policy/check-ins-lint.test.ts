import { expect, test } from 'vitest';
import { lintProgram } from '../../policy/lint.ts';
import { type Partially, withDefaults } from '../../policy/program.ts';
import type { CheckInsPolicy } from '../../policy/sections/check-ins.ts';

const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup', safety: ['sup'] };

function lint(checkIns: Partially<CheckInsPolicy>): string[] {
  const own = { name: 'A school', zone: 'America/New_York', postalAddress: '1 School Street', staff };
  const findings = lintProgram(withDefaults({ ...own, policy: { checkIns } }));
  return findings.map(
    ({ severity, code, pointer }) => `${severity} ${code} ${pointer.replace('/policy/checkIns', '')}`,
  );
}

test('V6 the section with its defaults leaves nothing to say', () => {
  expect(lint({})).toEqual([]);
});

test('V6 K1 less than the field asks for is warned about', () => {
  expect(lint({ firstMonthDays: [7] })).toEqual(['warning few_early_check_ins /firstMonthDays']);
  expect(lint({ firstMonthDays: [7, 40] })).toEqual(['warning few_early_check_ins /firstMonthDays']);
  expect(lint({ everyMonths: 3 })).toEqual(['warning rare_check_ins /everyMonths']);
  expect(lint({ respondents: ['mentor', 'mentee'] })).toEqual(['warning respondent_left_out /respondents']);
  expect(lint({ livePerQuarter: 0 })).toEqual(['warning no_live_contact /livePerQuarter']);
});

test('V6 K3 windows of which one contact would do for two are warned about', () => {
  expect(lint({ windowDays: 13 })).toEqual([]);
  expect(lint({ windowDays: 14 })).toEqual(['warning check_in_windows_overlap /windowDays']);
});

test('V6 K3 a miss that nobody hears of is refused, and one that staff hear of too late is warned about', () => {
  expect(lint({ overdueDays: [] })).toEqual(['error overdue_unheard /overdueDays']);
  expect(lint({ overdueDays: [0, 7] })).toEqual(['error overdue_at_once /overdueDays/0']);
  expect(lint({ overdueDays: [3] })).toEqual(['warning overdue_unsupervised /overdueDays']);
  expect(lint({ overdueDays: [3, 31] })).toEqual(['warning overdue_late /overdueDays/1']);
  expect(lint({ overdueDays: [7, 3] })).toEqual(['error days_not_ascending /overdueDays/1']);
});

test('V6 K5 two questions of one id are refused', () => {
  const text = 'How is it going?';
  expect(lint({ questions: [{ id: 'going', text }] })).toEqual([]);
  const twice = [
    { id: 'going', text },
    { id: 'going', text },
  ];
  expect(lint({ questions: twice })).toEqual(['error question_twice /questions/1/id']);
});
