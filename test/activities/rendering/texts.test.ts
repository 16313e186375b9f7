import { describe, expect, test, vi } from 'vitest';
import { longDay } from '../../../activities/rendering/day.ts';
import { sampleContext } from '../../../activities/rendering/samples.ts';
import type { TemplateContext } from '../../../templates/context.ts';
import { templateKeys, templateOf } from '../../../templates/table.ts';
import { reminder, renderer } from './drafts.ts';

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
        const fresh = await import('../../../activities/rendering/day.ts');
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
