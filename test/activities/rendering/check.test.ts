import { describe, expect, test } from 'vitest';
import { readDefaultTexts } from '../../../activities/rendering/texts.ts';
import { templateKeys, templateOf } from '../../../templates/table.ts';
import { renderer } from './drafts.ts';

const texts = readDefaultTexts();

describe('checking a draft', () => {
  const good = 'Hi{% for item in items %} {{ item.mentee.name }}{% endfor %}';
  const draft = {
    key: 'class-reminder',
    channel: 'email',
    variant: 'regular',
    locale: 'en',
    subject: 'Hi',
    body: good,
  } as const;
  const check = (changes: object) => renderer.checkTemplate({ ...draft, ...changes });

  test('W5 a draft that works has no findings', () => {
    expect(check({})).toEqual([]);
    expect(check({ channel: 'sms', subject: undefined })).toEqual([]);
  });

  test('W5 the default texts pass the check that a program’s own texts have to pass', () => {
    for (const key of templateKeys)
      for (const channel of templateOf(key).channels)
        for (const variant of templateOf(key).variants) {
          const { subject, body } = texts.find(key, channel, variant, 'en') ?? expect.fail('no text');
          const words = { subject: subject ?? undefined, body };
          expect(renderer.checkTemplate({ key, channel, variant, locale: 'en', ...words })).toEqual([]);
        }
  });

  test.each([
    ['a syntax error, with its line', { body: 'Hi\n{% if %}x' }, '/body', /line:2/],
    ['an unknown field', { body: `${good} {{ item.grade }}` }, '/body', /item/],
    ['an optional field without a condition', { body: `${good} {{ links.pair }}` }, '/body', /links\.pair/],
    ['a mail without a subject', { subject: undefined }, '/subject', /needs a subject/],
    ['a text with a subject', { channel: 'sms' }, '/subject', /no subject/],
    ['a line break in the subject', { subject: 'Hi\nBcc: x' }, '/subject', /line break/],
    ['a control character in the body', { body: `${good}\u0000` }, '/body', /control character/],
    ['only the first mentee named', { body: 'Hi {{ items.first.mentee.name }}' }, '/body', /every mentee/],
    ['a missed week that is not named', { variant: 'missed-week' }, '/body', /missed week/],
    [
      'too many segments',
      { channel: 'sms', subject: undefined, body: `${good}${'x'.repeat(620)}` },
      '/body',
      /segments/,
    ],
    ['a body that is too long', { body: `${good}${'x'.repeat(20_001)}` }, '/body', /20000 characters/],
    ['a link the program did not set', { body: `${good} https://other.example` }, '/body', /link/],
    ['a channel the template does not have', { key: 'task', channel: 'sms' }, '/channel', /task/],
    ['a variant the template does not have', { variant: 'autumn' }, '/variant', /autumn/],
  ])('V6 the check finds %s', (_what, changes, pointer, detail) => {
    expect(check(changes)).toContainEqual({ pointer, detail: expect.stringMatching(detail) });
  });

  test('M11 a link of the program may stand in its own words', () => {
    expect(check({ body: `${good} https://school.example/help`, allowedLinks: ['https://school.example'] })).toEqual(
      [],
    );
  });

  test('W6 a missed-week draft that names the week has no findings', () => {
    const body = `${good}{% for item in items %}{% if item.missedDate %} {{ item.missedDate | day }}{% endif %}{% endfor %}`;
    expect(check({ variant: 'missed-week', body })).toEqual([]);
  });

  test('a preview shows the draft with sample data and its segments', () => {
    const preview = renderer.preview({ ...draft, channel: 'sms', subject: undefined });
    expect(preview).toEqual({ subject: null, body: 'Hi Amara', segments: 1 });
    const byDefault = renderer.preview({ key: 'task', channel: 'email', variant: 'regular', locale: 'en' });
    expect(byDefault.subject).toBe('No next session for class class_a');
  });
});
