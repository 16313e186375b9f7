import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createRenderer, type RenderInput, UnfilledTemplateError } from '../../activities/render.ts';
import { longDay } from '../../activities/rendering/day.ts';
import { sampleContext, sampleLinks } from '../../activities/rendering/samples.ts';
import { readDefaultTexts } from '../../activities/rendering/texts.ts';
import { cleanValue } from '../../activities/rendering/values.ts';
import type { ClassReminderItem, TemplateContext } from '../../templates/context.ts';
import { templateKeys, templateOf } from '../../templates/table.ts';

const renderer = createRenderer();
const texts = readDefaultTexts();

function reminder(changes: Partial<RenderInput> = {}): RenderInput {
  return {
    key: 'class-reminder',
    channel: 'email',
    locale: 'en',
    variant: 'regular',
    context: sampleContext('class-reminder', [changes.variant ?? 'regular']),
    allowedLinks: sampleLinks,
    ...changes,
  };
}

function own(body: string, subject = 'This week'): RenderInput {
  return reminder({ own: { subject, body } });
}

function faultOf(input: RenderInput): UnfilledTemplateError {
  try {
    renderer.render(input);
  } catch (error) {
    if (error instanceof UnfilledTemplateError) return error;
    throw error;
  }
  throw new Error('rendered without a fault');
}

function withMentee(name: string, variant: ClassReminderItem['variant'] = 'regular'): TemplateContext {
  const context = sampleContext('class-reminder', [variant]);
  return { ...context, items: context.items.map((item) => ({ ...item, mentee: { name } })) };
}

describe('default texts', () => {
  test('every template, channel and variant renders alone, merged and with every optional field empty', () => {
    for (const key of templateKeys)
      for (const channel of templateOf(key).channels)
        for (const variant of templateOf(key).variants)
          for (const context of [
            sampleContext(key, [variant]),
            sampleContext(key, [variant, variant]),
            sampleContext(key, [variant], { sparse: true, firstText: true }),
          ]) {
            const { subject, body } = renderer.render(reminder({ key, channel, variant, context }));
            expect(subject === null).toBe(channel === 'sms');
            expect(body).not.toMatch(/\{\{|\{%|undefined|null|\[object/);
          }
  });

  test('W2 the mail names the class day, the mentee and the next class in words', () => {
    const { subject, body } = renderer.render(reminder());
    expect(subject).toBe('This week with Amara');
    expect(body).toContain("Amara's class met on Wednesday, November 18");
    expect(body).toContain('the next class on Wednesday, November 25');
  });

  test('W17 without a next session the mail goes without naming one', () => {
    const context = sampleContext('class-reminder', ['regular'], { sparse: true });
    expect(renderer.render(reminder({ context })).body).not.toContain('next class');
  });

  test('W6 the missed-week wording names the missed week and carries the current one', () => {
    for (const channel of ['email', 'sms'] as const) {
      const { body } = renderer.render(reminder({ channel, variant: 'missed-week' }));
      expect(body).toContain('Wednesday, November 11');
      expect(body).toContain('Wednesday, November 25');
    }
  });

  test('M4 a merged message words each mentee under its own variant', () => {
    const context = sampleContext('class-reminder', ['missed-week', 'regular']);
    const { body } = renderer.render(reminder({ variant: 'missed-week', context }));
    expect(body).toContain('went by without a lesson with Amara');
    expect(body).toContain("Diego's class met on Wednesday, November 18");
    expect(body).not.toContain('without a lesson with Diego');
  });

  test('W3 a text about one mentee stays within two segments', () => {
    for (const variant of ['regular', 'missed-week'])
      for (const firstText of [false, true]) {
        const context = sampleContext('class-reminder', [variant], { firstText });
        const { segments } = renderer.render(reminder({ channel: 'sms', variant, context }));
        expect(segments).toBeLessThanOrEqual(2);
      }
  });

  test('W21 the flag says so when no reminder reached the mentor', () => {
    const reached = sampleContext('escalation-flag', ['regular']);
    const unreached = sampleContext('escalation-flag', ['regular'], { sparse: true });
    const body = (context: TemplateContext) => renderer.render(reminder({ key: 'escalation-flag', context })).body;
    expect(body(unreached)).toContain('No reminder reached Rosa Lindqvist');
    expect(body(reached)).not.toContain('No reminder reached');
  });

  test('W9 the flag and the prompt carry the address to blind-copy as a ready mailto link', () => {
    for (const key of ['escalation-flag', 'outreach-prompt'] as const) {
      const { body } = renderer.render(reminder({ key, context: sampleContext(key, ['regular']) }));
      expect(body).toMatch(/mailto:\?bcc=\S+/);
    }
  });

  test('a locale without texts of its own gets the English text with English dates', () => {
    const english = renderer.render(reminder());
    for (const locale of ['de', 'sw-KE', 'no such locale', 'en_US'])
      expect(renderer.render(reminder({ locale }))).toEqual(english);
    expect(renderer.render(reminder({ locale: 'en-GB' })).body).toContain('Wednesday 18 November');
  });
});

describe('days', () => {
  test('V8 a civil date is the same day whatever zone the machine is in', async () => {
    const before = process.env.TZ;
    try {
      for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
        process.env.TZ = zone;
        vi.resetModules();
        const fresh = await import('../../activities/rendering/day.ts');
        expect(fresh.longDay('2026-11-18', 'en')).toBe('Wednesday, November 18');
      }
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });

  test('days are written in the locale named', () => {
    expect(longDay('2026-11-18', 'es')).toBe('miércoles, 18 de noviembre');
  });

  test('what is not a day of the calendar is no date', () => {
    for (const value of ['2026-02-30', '2026-11-18T00:00:00Z', '18.11.2026', 20261118, null, {}])
      expect(longDay(value, 'en')).toBeNull();
  });
});

describe('M11 what never leaves', () => {
  test('M11 a message with an unfilled merge field never leaves', () => {
    expect(faultOf(own('Hi {{ recipient.nickname }}'))).toMatchObject({
      reason: 'unfilled',
      part: 'body',
      field: 'recipient.nickname',
    });
    expect(faultOf(own('Hi', 'For {{ program.motto }}'))).toMatchObject({ part: 'subject', field: 'program.motto' });
    expect(faultOf(own('{% if links.profile %}x{% endif %}'))).toMatchObject({ field: 'links.profile' });
    expect(renderer.render(own('Hi {{ recipient.name }}')).body).toBe('Hi Rosa Lindqvist');
  });

  test('M11 a field that is empty, invisible or a whole object counts as unfilled', () => {
    for (const name of ['', '  ', '\u0000\r\n', '\u200b\u200d']) {
      const fault = faultOf(reminder({ context: withMentee(name) }));
      expect(fault).toMatchObject({ reason: 'unfilled', field: 'item.mentee.name' });
    }
    expect(faultOf(own('Hi {{ recipient }}'))).toMatchObject({ reason: 'unfilled', field: 'recipient' });
    expect(faultOf(own('{{ items.first.missedDate | day }}'))).toMatchObject({ field: 'items.first.missedDate' });
    expect(faultOf(own('{{ recipient.name | day }}'))).toMatchObject({ reason: 'not_a_date' });
  });

  test('M11 a message about nobody never leaves', () => {
    const context = { ...sampleContext('class-reminder', ['regular']), items: [] };
    expect(faultOf(reminder({ context }))).toMatchObject({ field: 'items' });
  });

  test('M11 a control character in a subject never leaves', () => {
    for (const bad of ['\r\nBcc: x@example.org', '\u0000', '\u0085', '\u2028'])
      expect(faultOf(own('Hi', `This week${bad}`))).toMatchObject({ reason: 'control_character', part: 'subject' });
    expect(faultOf(own('Hi\u0007'))).toMatchObject({ reason: 'control_character', part: 'body' });
    expect(renderer.render(own('Hi\r\nthere', 'This week')).body).toBe('Hi\nthere');
  });

  test('M11 a control character in a name becomes a space, so it cannot make a second header', () => {
    const context = withMentee('Amara\r\nBcc: x@example.org');
    expect(renderer.render(reminder({ context })).subject).toBe('This week with Amara Bcc: x@example.org');
  });

  test('M11 a mail without a subject and an empty body never leave', () => {
    expect(faultOf(own('Hi', '  '))).toMatchObject({ reason: 'no_subject' });
    expect(faultOf(reminder({ own: { body: 'Hi' } }))).toMatchObject({ reason: 'no_subject' });
    expect(faultOf(own('\n'))).toMatchObject({ reason: 'no_body' });
  });

  test('M11 a fault names the field and never what a field holds', () => {
    const secret = 'Amara Secret';
    const context = withMentee(secret);
    const bodies = [
      '{{ items.first.mentee.name | day }}',
      '{{ items.first[items.first.mentee.name] }}',
      'x {% oops %}',
    ];
    for (const body of [...bodies, 'https://evil.example/{{ items.first.mentee.name }}']) {
      const fault = faultOf({ ...own(body), context });
      expect(`${fault.message} ${fault.stack} ${JSON.stringify(fault)}`).not.toContain(secret);
    }
  });
});

describe('M11 links', () => {
  const allowedLinks = [
    'https://app.example.org/pairs/17',
    'https://www.example.org',
    'mailto:o+1@example.org?subject=x',
  ];
  const rendersLink = (link: string) => renderer.render({ ...own(`See (${link}).`), allowedLinks }).body;

  test('M11 a link the program set leaves, and so does one under it', () => {
    for (const link of [
      ...allowedLinks,
      'https://app.example.org/pairs/17/week?x=1#top',
      'HTTPS://APP.example.org/pairs/17',
      'www.example.org/help',
    ])
      expect(rendersLink(link)).toContain(link);
  });

  test.each([
    'https://evil.example',
    'http://app.example.org/pairs/17',
    'https://app.example.org/pairs/170',
    'https://app.example.org/pairs/18',
    'https://app.example.org/pairs/17/../18',
    'https://app.example.org:8443/pairs/17',
    'https://app.example.org.evil.example/pairs/17',
    'https://app.example.org@evil.example/pairs/17',
    'https://app.example.org\\@evil.example/pairs/17',
    'https://app.example.org/pairs/17/"https://evil.example',
    'https://app.example.org/pairs/17/www.evil.example',
    'www.evil.example',
    'WWW.evil.example',
    'ftp://app.example.org/pairs/17',
    'javascript:alert(1)',
    'mailto:o+1@example.org',
    'mailto:o+1@example.org?subject=xy',
    'tel:+15550100',
    'https:\\\\evil.example',
  ])('M11 the link %s never leaves', (link) => {
    expect(() => rendersLink(link)).toThrow(UnfilledTemplateError);
  });

  test('M11 a link in a name never leaves, and neither does one in a subject', () => {
    expect(faultOf(reminder({ context: withMentee('https://evil.example') }))).toMatchObject({
      reason: 'link_not_allowed',
    });
    expect(faultOf(own('Hi', 'See www.evil.example'))).toMatchObject({ reason: 'link_not_allowed', part: 'subject' });
  });

  test('words that only look a little like links are left alone', () => {
    for (const words of ['Note: this', 'at 16:00', 'and/or', 'awww. nice', 'data: none'])
      expect(rendersLink(words)).toContain(words);
  });
});

describe('names are data', () => {
  const syntax = [
    '{{ program.name }}',
    '{% raw %}',
    '{%',
    '}}',
    '</b>',
    '<script>',
    '| upcase',
    '\\',
    "'",
    '"',
    '$&',
    '\r\n',
  ];
  const anyName = fc
    .array(fc.oneof(fc.constantFrom(...syntax), fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 5 })
    .map((parts) => `N${parts.join('')}`)
    .filter((name) => !/:[/\\]{2}|www\./i.test(name));

  test('M11 any name stands in the message as it is, and changes nothing else in it', () => {
    const placeholder = 'Placeholder';
    fc.assert(
      fc.property(anyName, fc.constantFrom('email', 'sms'), (name, channel) => {
        const variant = 'missed-week';
        const plain = renderer.render(reminder({ channel, variant, context: withMentee(placeholder, variant) }));
        const named = renderer.render(reminder({ channel, variant, context: withMentee(name, variant) }));
        const expected = (text: string | null) => text?.split(placeholder).join(cleanValue(name)) ?? null;
        expect(named.subject).toBe(expected(plain.subject));
        expect(named.body).toBe(expected(plain.body));
      }),
      { numRuns: 60 },
    );
  });

  test('M11 no name ever brings a control character into a message, or a fault other than the ones with a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        try {
          const { subject, body } = renderer.render(reminder({ context: withMentee(name) }));
          expect(`${subject}${body.replaceAll('\n', '')}`).not.toMatch(/\p{Cc}/u);
        } catch (error) {
          expect(error).toBeInstanceOf(UnfilledTemplateError);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the same words in the template itself are code, so the check above can fail', () => {
    expect(renderer.render(own('Hi {{ program.name }}')).body).toBe('Hi Example High School');
  });
});

describe('the first text', () => {
  const first = sampleContext('class-reminder', ['regular'], { firstText: true });
  const text = (body: string, context = first) => renderer.render(reminder({ channel: 'sms', own: { body }, context }));

  test('the first text names the program and says how to stop, whatever its own words', () => {
    expect(text('Hello').body).toBe('Example High School: Hello Reply STOP to stop, HELP for help.');
    expect(renderer.render(reminder({ channel: 'sms', context: first })).body).toContain('Reply STOP to stop, HELP');
  });

  test('words that say it already are left as they are', () => {
    const body = 'Example High School. Hello. STOP ends this, HELP helps.';
    expect(text(body).body).toBe(body);
  });

  test('a name does not count as saying it', () => {
    const context = { ...first, recipient: { name: 'STOP HELP' } };
    expect(text('Hi {{ recipient.name }}.', context).body).toContain('Reply STOP to stop');
  });

  test('later texts and mail do not repeat it', () => {
    expect(text('Hello', sampleContext('class-reminder', ['regular'])).body).toBe('Hello');
    expect(renderer.render(reminder({ context: first })).body).not.toContain('STOP');
  });
});

describe('what runs a template', () => {
  test.each([
    "{% include 'x' %}",
    "{% render 'x' %}",
    "{% layout 'x' %}",
    "{{ 'now' | date: '%s' }}",
    '{{ items | shuffle }}',
    '{{ recipient.name | raw }}',
    '{{ recipient.name | no_such_filter }}',
    '{{ recipient.constructor }}',
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{{ recipient.name',
  ])('a template cannot reach files, the clock, chance or prototypes, nor run for ever: %s', (body) => {
    expect(() => renderer.render(own(body))).toThrow(UnfilledTemplateError);
  });
});

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
