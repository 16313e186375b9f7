/** Control characters, line and paragraph separators, and marks that would turn the direction of the text after them. */
const controls = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
const loneSurrogates = /\p{Cs}/gu;

/**
 * A value as it may stand in a message: on one line, without control characters (each run becomes one space), well-formed.
 * A name is data: whatever else it contains is kept as it is, links aside.
 */
export function cleanValue(value: string): string {
  return value.replace(controls, ' ').replace(loneSurrogates, '\ufffd').trim();
}

/** The same JSON with every string in it made anew by `clean`; shares nothing with what came in. */
export function cleanValues(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((inner) => cleanValues(inner, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleanValues(inner, clean)]));
}

/** Whether a value would leave a gap in the text: nothing, or nothing that can be seen. */
export function isBlank(value: unknown): boolean {
  return value === null || value === undefined || String(value).replace(/[\s\p{Cf}]/gu, '') === '';
}

/** Whether a subject has a character that no mail header may carry (M11). */
export function hasControlInSubject(subject: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(subject);
}

/** Whether a body has a control character besides line breaks and tabs. */
export function hasControlInBody(body: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(body.replace(/[\n\t]/g, ''));
}
