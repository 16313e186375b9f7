import { describe, expect, test } from 'vitest';
import { sampleContext } from '../../../activities/rendering/samples.ts';
import type { CheckInItem, ContactHandoffItem } from '../../../templates/items/check-ins.ts';
import { reminder, renderer } from './drafts.ts';

const link = `https://tandem.example.org/responses/${'x'.repeat(100)}`;
const usual: CheckInItem = {
  respondent: 'mentor',
  mentor: { name: 'Rosa Lindqvist' },
  mentee: { name: 'Amara Okafor' },
  dueOn: '2026-11-27',
  link,
};

function question(channel: 'email' | 'sms', items: CheckInItem[]) {
  const context = { ...sampleContext('check-in', ['regular']), items };
  return renderer.render(reminder({ key: 'check-in', channel, context }));
}

describe('the question of a check-in', () => {
  test.each([
    ['mentor', 'Amara Okafor'],
    ['mentee', 'Rosa Lindqvist'],
    ['guardian', 'Amara Okafor'],
  ] as const)('K5 asks the %s about the other by name, by mail and by text', (respondent, name) => {
    for (const channel of ['email', 'sms'] as const) {
      const { body } = question(channel, [{ ...usual, respondent }]);
      expect(body).toContain(name);
      expect(body).toContain(link);
      expect(body).not.toMatch(/miss|late|overdue|fail/i);
    }
  });

  test('K3 as a text takes two segments at most with its link, and says that an answer by text will do', () => {
    const { body, segments } = question('sms', [usual]);
    expect(segments, body).toBeLessThanOrEqual(2);
    expect(body).toContain('reply 1 (hard) to 5 (great), or in words');
  });

  test('M4 a mentor of two is asked about both at once, each with a form of its own', () => {
    const other = { ...usual, mentee: { name: 'Diego' }, link: `${link}y` };
    const { body, subject } = question('email', [usual, other]);
    expect(subject).not.toContain('Amara');
    for (const said of ['Amara Okafor', 'Diego', other.link]) expect(body).toContain(said);
    expect(question('sms', [usual, other]).body).not.toContain('reply');
  });

  test('K5 without a form somebody will be in touch', () => {
    expect(question('email', [{ ...usual, link: null }]).body).toContain('will be in touch');
  });
});

describe('the hand-off of a contact', () => {
  const contact: ContactHandoffItem = {
    pairId: 'pair_17',
    mentor: { name: 'Rosa Lindqvist' },
    mentee: { name: 'Amara Okafor' },
    respondent: 'mentee',
    person: { name: 'Amara Okafor' },
    recordedBy: { name: 'Kim Doyle' },
    date: '2026-11-24',
    mode: 'in_person',
    safetyConcern: true,
    discomfort: true,
    answers: [{ question: 'going:', answer: '4' }],
    notes: 'They liked the fair.',
    roadblocks: 'Exams.',
  };
  const mailOf = (...items: ContactHandoffItem[]) => {
    const context = { ...sampleContext('contact-handoff', ['regular']), items };
    return renderer.render(reminder({ key: 'contact-handoff', channel: 'email', context }));
  };
  const bodyOf = (item: ContactHandoffItem): string => mailOf(item).body;

  test('K7 says who, when, how, by whom, what raised a concern, and what was said', () => {
    for (const said of [
      'Amara Okafor (mentee), on Tuesday, November 24, mode: in person, recorded by Kim Doyle.',
      'A safety concern was raised',
      'not comfortable',
      '- going: 4',
      'Notes: They liked the fair.',
      'Roadblocks: Exams.',
      'for staff alone',
    ])
      expect(bodyOf(contact)).toContain(said);
  });

  test('K2 M11 says whose guardian it was where the guardian is not on record, alone and among others', () => {
    const unnamed = { ...contact, respondent: 'guardian', person: null };
    const { subject, body } = mailOf(unnamed);
    expect(subject).toBe('Contact with the guardian of Amara Okafor');
    expect(body).toContain('The guardian of Amara Okafor, who is not on record, on Tuesday');
    const both = mailOf(contact, unnamed);
    expect(both.subject).toBe('2 contacts to take up');
    for (const said of ['Amara Okafor (mentee), on', 'The guardian of Amara Okafor,'])
      expect(both.body).toContain(said);
  });

  test('K7 says nothing of what was not said', () => {
    const quiet = { ...contact, recordedBy: null, safetyConcern: false, discomfort: false, answers: [] };
    expect(bodyOf({ ...quiet, notes: null, roadblocks: null })).not.toMatch(
      /recorded by|concern|comfortable|Notes|Road/,
    );
  });
});
