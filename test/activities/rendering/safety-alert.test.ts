import { describe, expect, test } from 'vitest';
import { sampleContext } from '../../../activities/rendering/samples.ts';
import type { SafetyAlertItem } from '../../../templates/items/safety.ts';
import { reminder, renderer } from './drafts.ts';

const caseId = `case_${'0123456789abcdef'.repeat(2)}`;

const usual: SafetyAlertItem = {
  caseId,
  cause: 'safety_concern',
  keyword: null,
  more: false,
  person: { name: 'Amara Okafor' },
  role: 'mentee',
  openedBy: null,
  pair: { id: 'pair_17', mentor: { name: 'Rosa Lindqvist' }, mentee: { name: 'Amara Okafor' } },
  raisedOn: '2026-10-10',
  raisedTime: '22:40',
  otherPairs: [{ id: 'pair_31', program: { name: 'Other School' }, person: { name: 'Rosa Lindqvist' } }],
};

type Given = Partial<SafetyAlertItem> & { firstText?: boolean };

function alert(channel: 'email' | 'sms', { firstText, ...given }: Given = {}, programName = 'Example High School') {
  const sample = sampleContext('safety-alert', ['regular'], { firstText });
  const context = { ...sample, program: { name: programName }, items: [{ ...usual, ...given }] };
  return renderer.render(reminder({ key: 'safety-alert', channel, context }));
}

describe('a safety alert', () => {
  test('K6 says who worries, about whom, when, in which case, what is to be done, and which other pairs there are', () => {
    const { subject, body } = alert('email');
    expect(subject).toBe(`Safety: case ${caseId} needs you now`);
    for (const said of [
      'a safety concern was raised.',
      'Amara Okafor (mentee).',
      'Rosa Lindqvist (mentor) and Amara Okafor (mentee), pair_17.',
      'Saturday, October 10, 22:40.',
      `POST /v1/cases/${caseId}:acknowledge`,
      '- Rosa Lindqvist: pair_31, Other School',
      'Answering this message changes nothing.',
    ])
      expect(body).toContain(said);
  });

  test('K6 names a keyword by its code, and who opened a case by hand', () => {
    expect(alert('email', { cause: 'keyword', keyword: 'self_harm' }).body).toContain('danger (self harm).');
    expect(alert('email', { cause: 'discomfort' }).body).toContain('the mentee feels uncomfortable.');
    const byHand = alert('email', { cause: 'opened', person: null, role: null, openedBy: { name: 'Ola Berg' } }).body;
    expect(byHand).toContain('staff opened the case.');
    expect(byHand).toContain('Opened by: Ola Berg.');
  });

  test('K6 about a person alone, and about what is new, says just that', () => {
    expect(alert('email', { pair: null, otherPairs: [], role: null }).body).not.toMatch(/Pair:|Other pairs/);
    const more = alert('email', { more: true });
    expect(more.subject).toBe(`Safety: more in case ${caseId}`);
    expect(more.body).toContain('There is more about a safety case');
    expect(alert('sms', { more: true }).body).toContain('more: safety concern');
  });

  test('K6 as a text takes at most two segments, whatever people and programs are called', () => {
    const names = ['Amara', 'Ñusta Áñez Quispe Huamán de la Cruz', '李'.repeat(60)];
    for (const name of names)
      for (const cause of ['safety_concern', 'keyword', 'discomfort', 'opened'] as const)
        for (const more of [true, false]) {
          const { body, segments } = alert('sms', { cause, more, person: { name }, role: 'guardian' }, name);
          expect(segments, body).toBeLessThanOrEqual(2);
          expect(body).toContain(`Case ${caseId}. Acknowledge now.`);
        }
  });

  test('K6 names the program once, shortened where the person has had a text of it before', () => {
    const program = 'Lakeside Youth Mentoring';
    expect(alert('sms', {}, program).body).toMatch(/^Lakeside Yout\.\.\.: safety/);
    const first = alert('sms', { firstText: true }, program);
    expect(first.body).toMatch(/^Lakeside Youth Mentoring: safety/);
    expect(first.body).toContain('Reply STOP');
  });
});
