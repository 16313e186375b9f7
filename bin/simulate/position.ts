const whitespace = /[ \t\n\r]*/y;
const scalar = /"(?:[^"\\]|\\.)*"|[^\s,\]}]+/y;

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** The offset behind the value that begins at `at`; `found` is called with each member's name or index and offset. */
function walk(text: string, at: number, found: (name: string, offset: number) => void): number {
  const close = text[at] === '{' ? '}' : text[at] === '[' ? ']' : null;
  if (close === null) return endOf(scalar, text, at);
  let next = endOf(whitespace, text, at + 1);
  for (let index = 0; text[next] !== close; index++) {
    let name = String(index);
    if (close === '}') {
      const end = endOf(scalar, text, next);
      name = JSON.parse(text.slice(next, end));
      next = endOf(whitespace, text, endOf(whitespace, text, end) + 1);
    }
    found(name, next);
    next = endOf(
      whitespace,
      text,
      walk(text, next, () => {}),
    );
    if (text[next] === ',') next = endOf(whitespace, text, next + 1);
  }
  return next + 1;
}

/**
 * The line, counted from 1, on which the value at a path begins; where the path leads nowhere (something is missing),
 * the line of the last value that is there.
 *
 * @param text valid JSON
 */
export function lineOf(text: string, path: readonly PropertyKey[]): number {
  let at = endOf(whitespace, text, 0);
  for (const part of path) {
    let inside: number | null = null;
    walk(text, at, (name, offset) => {
      if (name === String(part)) inside = offset;
    });
    if (inside === null) break;
    at = inside;
  }
  return lineAt(text, at);
}

/** The line, counted from 1, of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
