const WHITESPACE = /[ \t\n\r]*/y;
const SCALAR =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Expected = 'value' | 'firstItem' | 'firstKey' | 'key' | 'colon' | 'afterItem';

/**
 * Where a text stops being JSON: the offset (UTF-16 units) of the first token that cannot stand there, or the text's
 * length when it ends too early. For texts that `JSON.parse` refused; its own messages quote the text and do not always
 * say where.
 */
export function jsonErrorOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at = endOf(WHITESPACE, text, at) ?? at;
    if (expected === 'afterItem' && open.length === 0) return at;
    const next = step(text, at, expected, open);
    if (!next) return at;
    [at, expected] = next;
  }
}

/** The offset behind the token at `at` and what is expected then, or null when the token cannot stand there. */
function step(text: string, at: number, expected: Expected, open: ('{' | '[')[]): [number, Expected] | null {
  const char = text[at];
  const container = open.at(-1);
  const closes = char === (container === '{' ? '}' : ']') && container !== undefined;
  if (closes && (expected === 'afterItem' || expected === 'firstItem' || expected === 'firstKey')) {
    open.pop();
    return [at + 1, 'afterItem'];
  }
  if (expected === 'afterItem') return char === ',' ? [at + 1, container === '{' ? 'key' : 'value'] : null;
  if (expected === 'colon') return char === ':' ? [at + 1, 'value'] : null;
  const isKey = expected === 'key' || expected === 'firstKey';
  if (!isKey && (char === '{' || char === '[')) {
    open.push(char);
    return [at + 1, char === '{' ? 'firstKey' : 'firstItem'];
  }
  const end = isKey && char !== '"' ? null : endOf(SCALAR, text, at);
  return end === null ? null : [end, isKey ? 'colon' : 'afterItem'];
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}
