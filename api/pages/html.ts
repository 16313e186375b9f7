/** HTML that is safe as it stands. */
export interface Html {
  readonly html: string;
}

type Value = Html | string | number | null | readonly Value[];

/** A template of HTML: what is filled in is text, and escaped, unless it is HTML made here; null is nothing. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  const filled = parts.map((part, index) => (index === 0 ? part : rendered(values[index - 1] ?? null) + part));
  return { html: filled.join('') };
}

function rendered(value: Value): string {
  if (value === null) return '';
  if (isList(value)) return value.map(rendered).join('');
  return typeof value === 'object' ? value.html : escapeHtml(String(value));
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** For text between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
