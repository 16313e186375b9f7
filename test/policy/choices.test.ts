import { describe, expect, test } from 'vitest';
import { choices, chosenBy, comes, nameOf } from '../../policy/delivery/choices.ts';

describe('M8 what a person may switch off', () => {
  test('M8 a channel that a form did not show keeps its switches', () => {
    expect(chosenBy([], ['email.survey'])).toEqual([]);
    expect(chosenBy(['sms'], []).map(nameOf)).toEqual(['sms.all']);
    expect(chosenBy(['email', 'sms'], []).map(nameOf)).toEqual(choices.map(nameOf));
  });

  test('M8 what was switched off is stopped, everything else that was shown comes again', () => {
    const stopped = chosenBy(['email'], ['email.survey']).map(({ category, stopped }) => [category, stopped]);
    expect(Object.fromEntries(stopped)).toEqual({
      reminder: false,
      survey: true,
      announcement: false,
      optional: false,
    });
  });

  test.each([
    ['reminder', true],
    ['survey', false],
    ['optional', false],
    ['all', false],
  ] as const)('M8 with %s stopped, surveys by mail come: %s', (category, expected) => {
    expect(comes({ channel: 'email', category: 'survey' }, [{ channel: 'email', category }])).toBe(expected);
    expect(comes({ channel: 'email', category: 'survey' }, [{ channel: 'sms', category: 'all' }])).toBe(true);
  });
});
