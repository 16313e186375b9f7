import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, csvOf, wantsCsv } from '../../api/csv.ts';

/** Reads CSV as RFC 4180 has it, by a grammar of its own. */
function parsed(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, quoted, wasQuoted] = [[] as string[], '', false, false];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (quoted && char === '"' && text[i + 1] === '"') cell += text[i++ + 1];
    else if (char === '"' && (quoted || (cell === '' && !wasQuoted))) [quoted, wasQuoted] = [!quoted, true];
    else if (!quoted && char === ',') [row, cell, wasQuoted] = [[...row, cell], '', false];
    else if (!quoted && char === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      [row, cell, wasQuoted] = [[], '', false];
      i++;
    } else cell += char;
  }
  return rows;
}

const signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
const before = ['', ' ', '  ', '\t', '\r', '\n', '\u00a0', '\u3000', '\ufeff', '\u200b', '\u0000', ' \t\n'];

describe('a text is never a formula', () => {
  test.each(signs)('%j at the beginning gets an apostrophe before it, whatever stands in front', (sign) => {
    for (const blank of before) {
      const [[cell] = []] = parsed(csvLine([`${blank}${sign}cmd|' /C calc'!A0`]));
      expect(cell?.[0], JSON.stringify(blank)).toBe("'");
    }
  });

  test.each(['\tx', '\rx', '\nx'])('%j gets an apostrophe before it', (text) => {
    expect(parsed(csvLine([text]))[0]?.[0]).toBe(`'${text}`);
  });

  test('what holds a sign further in stays as it is', () => {
    for (const text of ['pair_1', 'a=b', '1-2', '2026-11-18', 'x@y', "'=1", '']) {
      expect(parsed(csvLine([text]))[0]).toEqual([text]);
    }
  });

  test('no text, however odd, begins with a sign or with what hides one', () => {
    const odd = fc.string({ unit: fc.constantFrom(...signs, ...before.filter(Boolean), 'a', '1', '"', ',', "'") });
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 4 }), (texts) => {
        const [cells = []] = parsed(csvLine(texts));
        expect(cells).toHaveLength(texts.length);
        cells.forEach((cell, index) => {
          const shown = cell.replace(/[\s\p{Cc}\p{Cf}]/gu, '')[0] ?? '';
          if (signs.includes(shown)) throw new Error(`${JSON.stringify(cell)} is a formula`);
          expect([texts[index], `'${texts[index]}`]).toContain(cell);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('without the apostrophe the check finds a formula', () => {
    expect(signs.includes(parsed('=1+1,a\r\n')[0]?.[0]?.[0] as string)).toBe(true);
  });
});

describe('values', () => {
  test('numbers stay numbers, negative ones too', () => {
    expect(csvLine([-1, 0, 2.5, 1e21])).toBe('-1,0,2.5,1e+21\r\n');
  });

  test('null is an empty cell, a truth value is its name', () => {
    expect(csvLine([null, true, false])).toBe(',true,false\r\n');
  });

  test('quotes, commas, line breaks and what other spreadsheets part at are quoted', () => {
    expect(
      csvOf([
        ['a"b', 'c,d'],
        ['e\nf', 'g;h'],
      ]),
    ).toBe('"a""b","c,d"\r\n"e\nf","g;h"\r\n');
  });
});

describe('who is given CSV', () => {
  test.each([
    ['text/csv', true],
    ['text/csv;charset=utf-8, application/json', true],
    ['application/json, text/csv', false],
    ['*/*', false],
    [undefined, false],
  ])('%j: %j', (accept, expected) => {
    expect(wantsCsv(accept)).toBe(expected);
  });
});
