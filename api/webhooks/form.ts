/** A form as it was posted: each name with its value; a name that comes several times has all of them. */
export type Form = Readonly<Record<string, string | string[]>>;

/** Reads a body as `application/x-www-form-urlencoded`; whatever it holds, the outcome is a form without a prototype. */
export function readForm(bytes: Buffer): Form {
  const form: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) {
    const before = form[name];
    if (Array.isArray(before)) before.push(value);
    else form[name] = before === undefined ? value : [before, value];
  }
  return form;
}

/** A field of a form; undefined where it is absent, comes several times or is empty. */
export function fieldOf(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
