import { SegmentedMessage } from 'sms-segments-calculator';
import { checkTemplate, type Finding, previewInput, type TemplateDraft } from './rendering/check.ts';
import { createEngine, type Engine } from './rendering/engine.ts';
import { type Part, UnfilledTemplateError } from './rendering/fault.ts';
import { hasOnlyAllowedLinks, withoutForeignLinks } from './rendering/links.ts';
import { type DefaultTexts, readDefaultTexts } from './rendering/texts.ts';
import type { OwnText, Rendered, RenderInput } from './rendering/types.ts';
import { cleanValue, cleanValues, hasControlInBody, hasControlInSubject } from './rendering/values.ts';

export type { Finding, OwnText, Rendered, RenderInput, TemplateDraft };
export { UnfilledTemplateError };

const howToStop = 'Reply STOP to stop, HELP for help.';

/** Puts messages into words, and judges a program's own words before they are stored. */
export interface Renderer {
  /**
   * The words of one message: the program's own where given, else the default text.
   * @throws UnfilledTemplateError where the message may not leave: a gap, a control character, a foreign link (M11).
   */
  render(input: RenderInput): Rendered;
  /** What is wrong with a program's own text, found by rendering it with sample data; nothing if it may be stored (W5). */
  checkTemplate(draft: TemplateDraft): Finding[];
  /**
   * A template with sample data, as a recipient would read it; without a body, the default text.
   * @throws UnfilledTemplateError where `checkTemplate` has findings that stop a message.
   */
  preview(draft: Omit<TemplateDraft, 'body'> & { body?: string | undefined }): Rendered;
}

/**
 * A renderer with the default texts read once from `templates/texts`.
 * @throws Error when a default text is missing.
 */
export function createRenderer(): Renderer {
  const engine = createEngine();
  const texts = readDefaultTexts();
  const render = (input: RenderInput) => renderMessage(engine, texts, input);
  return {
    render,
    checkTemplate: (draft) => checkTemplate(render, draft),
    preview: (draft) => render(previewInput(draft)),
  };
}

interface Source {
  subject: string | null;
  body: string;
  locale: string;
}

function renderMessage(engine: Engine, texts: DefaultTexts, input: RenderInput): Rendered {
  if (input.context.items.length === 0) throw new UnfilledTemplateError('unfilled', 'body', { field: 'items' });
  const source = sourceOf(texts, input);
  const values = valuesOf(input);
  const fill = (text: string, part: Part) => engine.render(engine.parse(text, part), values, source.locale, part);

  const subject = input.channel === 'email' ? finishSubject(fill(source.subject ?? '', 'subject')) : null;
  const filled = tidy(fill(source.body.replaceAll('\r\n', '\n'), 'body'));
  const body = input.channel === 'sms' ? withFirstText(filled, source.body, input) : withFooter(filled, input);
  assertBody(body);
  assertLinks(subject ?? '', 'subject', input.allowedLinks);
  assertLinks(body, 'body', input.allowedLinks);
  return {
    subject,
    body,
    // Counting costs more than all the rest, and only who writes a template asks.
    get segments() {
      return input.channel === 'sms' ? new SegmentedMessage(body).segmentsCount : null;
    },
  };
}

/** English text keeps English dates; text in the person's language has dates as that person's region writes them. */
function sourceOf(texts: DefaultTexts, input: RenderInput): Source {
  if (input.own) return { subject: input.own.subject ?? null, body: input.own.body, locale: input.locale };
  const text = texts.find(input.key, input.channel, input.variant, input.locale);
  if (text === undefined) throw new UnfilledTemplateError('no_text', 'body');
  const sameLanguage = input.locale.toLowerCase().split(/[-_]/)[0] === text.locale.split('-')[0];
  return { subject: text.subject, body: text.body, locale: sameLanguage ? input.locale : text.locale };
}

/** Values are data, one line each; links that were left out are null, so that a template can ask for them. */
function valuesOf({ key, context, allowedLinks }: RenderInput): object {
  const links = { pair: context.links.pair ?? null, preferences: context.links.preferences ?? null };
  const printed = (text: string): string => asPrinted(text, allowedLinks);
  // What staff write to many is theirs: a link in it that the program did not set is refused, and not broken.
  const items = cleanValues(context.items, key === 'custom' ? cleanValue : printed);
  return { ...(cleanValues({ ...context, items: [], links }, printed) as object), items };
}

/** What people are called and have written keeps no message from leaving: a link in it is broken (M11). */
function asPrinted(value: string, allowedLinks: readonly string[]): string {
  return withoutForeignLinks(cleanValue(value), allowedLinks);
}

function finishSubject(subject: string): string {
  if (hasControlInSubject(subject)) throw new UnfilledTemplateError('control_character', 'subject');
  const finished = subject.trim();
  if (finished === '') throw new UnfilledTemplateError('no_subject', 'subject');
  return finished;
}

/** Loops and conditions leave blank lines behind; at most one stays between two paragraphs. */
function tidy(body: string): string {
  return body
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The first text names the program and says how to stop; what the text itself does not say is added at its end. */
function withFirstText(body: string, source: string, { context, allowedLinks }: RenderInput): string {
  if (!context.firstText) return body;
  const program = asPrinted(context.program.name, allowedLinks);
  const named = body.includes(program) ? body : `${program}: ${body}`;
  const saysHow = [source, body].every((text) => /\bSTOP\b/.test(text) && /\bHELP\b/.test(text));
  return saysHow ? named : `${named} ${howToStop}`;
}

/** Every mail to a participant names its sender, the postal address and the page on which to choose what comes. */
function withFooter(body: string, { footer, allowedLinks }: RenderInput): string {
  if (!footer) return body;
  const { sender, postalAddress, preferences } = footer;
  const address = postalAddress === null ? null : asPrinted(`${sender}, ${postalAddress}`, allowedLinks);
  const choice = preferences && !body.includes(preferences) ? `Choose which messages you get: ${preferences}` : null;
  const lines = [address, choice].filter((line) => line !== null);
  return lines.length > 0 ? [body, '', ...lines].join('\n') : body;
}

function assertBody(body: string): void {
  if (body === '') throw new UnfilledTemplateError('no_body', 'body');
  if (hasControlInBody(body)) throw new UnfilledTemplateError('control_character', 'body');
}

function assertLinks(text: string, part: Part, allowedLinks: readonly string[]): void {
  if (!hasOnlyAllowedLinks(text, allowedLinks)) throw new UnfilledTemplateError('link_not_allowed', part);
}
