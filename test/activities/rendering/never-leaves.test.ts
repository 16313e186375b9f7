import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnfilledTemplateError } from '../../../activities/render.ts';
import { sampleContext } from '../../../activities/rendering/samples.ts';
import { cleanValue } from '../../../activities/rendering/values.ts';
import { faultOf, own, reminder, renderer, withMentee } from './drafts.ts';

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

  test.each([
    ['https://evil.example', 'https: //evil.example'],
    ['See http:\\\\evil.example now', 'See http: \\\\evil.example now'],
    ['www.evil.example', 'www. evil.example'],
    ['mailto:x@evil.example', 'mailto: x@evil.example'],
    ['tel:+1212 and sms:+1212', 'tel: +1212 and sms: +1212'],
  ])('M11 a link in a name is broken, so that the message leaves and the link does not: %s', (name, shown) => {
    const { body, subject } = renderer.render(reminder({ context: withMentee(name) }));
    expect(body).toContain(shown);
    expect(`${subject}\n${body}`).not.toContain(name);
  });

  test('M11 a link in the name or the address of a program is broken as well, at the end of a mail and in a first text', () => {
    const program = { name: 'www.school.example' };
    const footer = { sender: program.name, postalAddress: 'see www.school.example', preferences: null };
    const mail = renderer.render({ ...reminder({}), footer });
    expect(mail.body).toContain('www. school.example, see www. school.example');
    const draft = reminder({ channel: 'sms' });
    const text = renderer.render({ ...draft, context: { ...draft.context, program, firstText: true } });
    expect(text.body).toContain('www. school.example');
  });

  test('M11 a link in a subject never leaves', () => {
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
