import { describe, expect, it } from 'vitest';
import { maskContacts } from '../../policy/request/mask.ts';

describe('R2 words between people where one is a minor', () => {
  it.each([
    ['mail kim@example.com now', 'mail [hidden] now'],
    ['kim (at) example (dot) com', '[hidden]'],
    ['call 212-555-0199 or +1 (212) 555 0199', 'call [hidden] or [hidden]'],
    ['see https://a.example/x?y=1 and www.b.org/z', 'see [hidden] and [hidden]'],
    ['my page is kim.github.io', 'my page is [hidden]'],
    ['I am @kim_2011 there', 'I am [hidden] there'],
    ['ｋｉｍ＠example.com', '[hidden]'],
  ])('R2 hides ways to meet elsewhere: %s', (given, shown) => expect(maskContacts(given)).toBe(shown));

  it.each([
    'I am in grade 10 and like 3 things: chess, math, music.',
    'We met on 9/14. It was 15:30!',
    'E.g. robots, i.e. fun',
  ])('R2 leaves everything else as it was: %s', (words) => expect(maskContacts(words)).toBe(words));
});
