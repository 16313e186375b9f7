import { Liquid, type Template } from 'liquidjs';
import { longDay } from './day.ts';
import { type FaultReason, type Part, UnfilledTemplateError } from './fault.ts';
import { isBlank } from './values.ts';

/** The longest subject or body a template may have, in characters. */
export const sourceLimit = 20_000;

/** Generous, because a busy machine must not make a good text fail. */
const renderMilliseconds = 2_000;
const memoryUnits = 1_000_000;

/** One text goes to many people, so parsed ones are kept. */
const rememberedTemplates = 500;

/** No clock, no chance, no files, and no way to print a value past the check for gaps. */
const tags = new Set(['assign', 'break', 'capture', 'case', 'comment', 'continue', 'for', 'if', 'unless', '#']);
const filters = new Set(
  ['append', 'at_least', 'at_most', 'capitalize', 'compact', 'concat', 'default', 'divided_by', 'downcase', 'first']
    .concat(['join', 'last', 'lstrip', 'map', 'minus', 'modulo', 'plus', 'prepend', 'remove', 'replace', 'reverse'])
    .concat(['rstrip', 'size', 'slice', 'sort', 'split', 'strip', 'times', 'truncate', 'uniq', 'upcase', 'where']),
);

/** A fault found while a value was printed; liquidjs wraps it with the place in the template. */
class PrintFault extends Error {
  readonly reason: FaultReason;

  constructor(reason: FaultReason) {
    super(reason);
    this.reason = reason;
  }
}

/** Parses and renders one subject or body. */
export interface Engine {
  /** @throws UnfilledTemplateError `template_broken`, with liquidjs's own words and the line. */
  parse(source: string, part: Part): Template[];
  /** @throws UnfilledTemplateError for a field without a value, a date that is none, or a limit passed (M11). */
  render(template: Template[], values: object, locale: string, part: Part): string;
}

/** An engine for texts that people outside the code may edit: strict, limited, and without access to anything but values. */
export function createEngine(): Engine {
  const liquid = createLiquid();
  const parsed = new Map<string, Template[]>();
  const remember = (source: string, template: Template[]) => {
    if (parsed.size >= rememberedTemplates) parsed.clear();
    parsed.set(source, template);
    return template;
  };
  return {
    parse(source, part) {
      try {
        return parsed.get(source) ?? remember(source, liquid.parse(source));
      } catch (error) {
        const detail = error instanceof Error ? error.message : undefined;
        throw new UnfilledTemplateError('template_broken', part, { line: lineOf(error), ...(detail && { detail }) });
      }
    },
    render(template, values, locale, part) {
      try {
        return String(liquid.renderSync(template, values, { globals: { locale } }));
      } catch (error) {
        throw renderFault(error, part);
      }
    },
  };
}

function createLiquid(): Liquid {
  const liquid = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictVariables: true,
    strictFilters: true,
    parseLimit: sourceLimit,
    renderLimit: renderMilliseconds,
    memoryLimit: memoryUnits,
    outputEscape: printed,
  });
  for (const name of Object.keys(liquid.filters)) if (!filters.has(name)) liquid.unregisterFilter(name);
  for (const name of Object.keys(liquid.tags)) if (!tags.has(name)) delete liquid.tags[name];
  liquid.registerFilter('day', function day(value: unknown) {
    if (isBlank(value)) throw new PrintFault('unfilled');
    const text = longDay(value, String(Reflect.get(this.context.globals, 'locale')));
    if (text === null) throw new PrintFault('not_a_date');
    return text;
  });
  return liquid;
}

/** Every `{{ … }}` passes here: a gap, or a whole object in place of one of its fields, stops the message. */
function printed(value: unknown): string {
  if (isBlank(value) || typeof value === 'object') throw new PrintFault('unfilled');
  return String(value);
}

/** The chain liquidjs builds: each error may name the one it wraps. */
function causes(error: unknown): object[] {
  const chain: object[] = [];
  for (let at = error; typeof at === 'object' && at !== null; at = Reflect.get(at, 'originalError')) chain.push(at);
  return chain;
}

/** Only what the template itself says is kept of an error; its message may hold a value. */
function renderFault(error: unknown, part: Part): UnfilledTemplateError {
  const line = lineOf(error);
  for (const cause of causes(error)) {
    const name: unknown = Reflect.get(cause, 'variableName');
    const place = { field: fieldOf(error, name), line };
    if (typeof name === 'string') return new UnfilledTemplateError('unfilled', part, place);
    if (cause instanceof PrintFault) return new UnfilledTemplateError(cause.reason, part, place);
  }
  return new UnfilledTemplateError('template_broken', part, { line });
}

interface Placed {
  getText(): string;
  getPosition(): [number, number];
}

function tokenOf(error: unknown): Placed | null {
  const token: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'token') : null;
  return typeof token === 'object' && token !== null && 'getText' in token ? (token as Placed) : null;
}

function lineOf(error: unknown): number | null {
  return tokenOf(error)?.getPosition()[0] ?? null;
}

/**
 * The field at fault, always in the template's own spelling: `{{ item.link | day }}` is `item.link`. A name that the template
 * does not spell out may have been put together from values.
 */
function fieldOf(error: unknown, name: unknown): string | null {
  const text = tokenOf(error)?.getText();
  if (typeof name === 'string' && text?.includes(name)) return name;
  return (
    text
      ?.replace(/^\{[{%]-?\s*|\s*-?[%}]\}$/g, '')
      .split('|')[0]
      ?.trim() ?? null
  );
}
