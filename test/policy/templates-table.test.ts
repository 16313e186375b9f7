import { expect, test } from 'vitest';
import { classify, isTemplateKey, priorities, templateKeys, templateOf } from '../../templates/table.ts';

test('M3 the ranks run from safety to celebration as the rule lists them', () => {
  const ranked = Object.entries(priorities).sort(([, a], [, b]) => a - b);
  expect(ranked.map(([name]) => name)).toEqual([
    'safety',
    'answersAndClosures',
    'classReminder',
    'custom',
    'requestReminder',
    'checkIn',
    'unlisted',
    'survey',
    'recommendationAndCelebration',
  ]);
  expect(new Set(Object.values(priorities)).size).toBe(ranked.length);
});

test('M3 a class reminder counts for the cap and outranks a survey', () => {
  const { priority, transactional } = classify('class-reminder');
  expect(transactional).toBe(false);
  expect(priority).toBeLessThan(priorities.survey);
});

test('W6 a class reminder has two wordings, by mail and by text', () => {
  expect(templateOf('class-reminder').variants).toEqual(['regular', 'missed-week']);
  expect(templateOf('class-reminder').channels).toEqual(['email', 'sms']);
});

test('M4 staff mail gathers, so that mail of one kind can merge', () => {
  const staff = templateKeys.filter((key) => classify(key).audience === 'staff');
  expect(staff).toEqual(expect.arrayContaining(['escalation-flag', 'task', 'trouble-case']));
  expect(staff.filter((key) => classify(key).urgent)).toEqual(['safety-alert', 'channel-parked']);
});

test('M2 only the direct answer to a text goes past quiet hours and a STOP, and no staff message is one', () => {
  expect(templateKeys.filter((key) => classify(key).answersText)).toEqual(['opt-out-confirmed', 'help']);
  for (const key of templateKeys) expect(classify(key).answersText && classify(key).audience === 'staff').toBe(false);
});

test('R9 a reminder of a request counts for the cap, and one by hand is transactional', () => {
  expect(classify('request-reminder').transactional).toBe(false);
  expect(classify('request-reminder', 'regular').transactional).toBe(false);
  expect(classify('request-reminder', 'manual').transactional).toBe(true);
  expect(classify('class-reminder', 'missed-week').transactional).toBe(false);
});

test('T9 a report to staff gathers, and an immediate one goes at once', () => {
  expect([null, 'regular', 'immediate'].map((variant) => classify('trouble-case', variant).urgent)).toEqual([
    false,
    false,
    true,
  ]);
  expect(classify('escalation-flag', 'immediate').urgent).toBe(false);
});

test('a class is plain JSON that the caller may change without changing the table', () => {
  const first = classify('task');
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  first.priority = -1;
  expect(classify('task').priority).toBe(priorities.unlisted);
});

test('every template can go by mail', () => {
  for (const key of templateKeys) expect(templateOf(key).channels).toContain('email');
});

test('a key of another version, or a property of objects, is no template', () => {
  expect(isTemplateKey('class-reminder')).toBe(true);
  expect(isTemplateKey('carrier-pigeon')).toBe(false);
  expect(isTemplateKey('constructor')).toBe(false);
});

test('K6 a safety alert goes to staff at once, before everything else, by mail and by text', () => {
  expect(classify('safety-alert')).toMatchObject({ audience: 'staff', safety: true, urgent: true, priority: 0 });
  expect(templateOf('safety-alert').channels).toEqual(['email', 'sms']);
  expect(templateKeys.filter((key) => classify(key).safety)).toEqual(['safety-alert']);
});
