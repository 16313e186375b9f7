import { readdirSync, readFileSync } from 'node:fs';
import { type Channel, type TemplateKey, templateKeys, templateOf } from '../../templates/table.ts';
import { knownLocale } from './day.ts';

const folder = new URL('../../templates/texts/', import.meta.url);

/** A default text as it lies in its file, with the locale it is written in. */
export interface DefaultText {
  locale: string;
  subject: string | null;
  body: string;
}

/** The default texts, read once. */
export interface DefaultTexts {
  /** The text in this locale, else in its language, else in English; undefined where the template has no such text. */
  find(key: TemplateKey, channel: Channel, variant: string, locale: string): DefaultText | undefined;
}

/**
 * Reads `{template}.{channel}.{locale}.{variant}.liquid` for every template of the table. A mail's file begins with its
 * `Subject:` line and a blank line.
 * @throws Error when a template of the table has no English text, so that a broken installation does not start.
 */
export function readDefaultTexts(): DefaultTexts {
  const texts = new Map<string, DefaultText>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.liquid'))) {
    const [key = '', channel = '', locale = '', variant = ''] = file.split('.');
    const source = readFileSync(new URL(file, folder), 'utf8').replaceAll('\r\n', '\n');
    texts.set(nameOf(key, channel, variant, locale), { locale, ...splitSubject(source, channel) });
  }
  const find: DefaultTexts['find'] = (key, channel, variant, locale) =>
    candidates(locale)
      .map((candidate) => texts.get(nameOf(key, channel, variant, candidate)))
      .find((text) => text !== undefined);
  assertComplete(find);
  return { find };
}

function nameOf(key: string, channel: string, variant: string, locale: string): string {
  return `${key}.${channel}.${locale}.${variant}`;
}

function candidates(locale: string): string[] {
  const known = knownLocale(locale);
  return [known, new Intl.Locale(known).language, 'en'];
}

function splitSubject(source: string, channel: string): { subject: string | null; body: string } {
  const found = channel === 'email' ? /^Subject: (.+)\n\n/.exec(source) : null;
  return found === null
    ? { subject: null, body: source }
    : { subject: found[1] ?? null, body: source.slice(found[0].length) };
}

function assertComplete(find: DefaultTexts['find']): void {
  for (const key of templateKeys)
    for (const channel of templateOf(key).channels)
      for (const variant of templateOf(key).variants) {
        const text = find(key, channel, variant, 'en');
        const complete = text !== undefined && (channel === 'sms' || text.subject !== null);
        if (!complete) throw new Error(`template text missing: ${nameOf(key, channel, variant, 'en')}`);
      }
}
