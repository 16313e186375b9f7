import type { Word } from './words.ts';

/**
 * Phrases, written as words with blanks between them. `a/b` is any of these words, `?a` may be left out, `~` stands for up to
 * two words that negate nothing, `@name` for a set of words. At the beginning `-a` is a word that may not come before, `^` a
 * negation that may not; at the end `!a` is a word that may not follow, and after `=` nothing may follow but `a`.
 */

type Element =
  | { kind: 'word' | 'optional' | 'not-before' | 'not-after' | 'only-after'; words: ReadonlySet<string> }
  | { kind: 'gap' };

/** A phrase with the code that it stands for. */
interface Phrase {
  elements: Element[];
  code: string;
  /** Place of its code: of several the first is told. */
  rank: number;
}

/** Phrases by the words with which they can begin. */
export type PhraseBook = ReadonlyMap<string, readonly Phrase[]>;

const gapWords = 2;
/** What turns a phrase into its opposite where it stands within it. */
const negating = setOf('not never dont doesnt didnt isnt wasnt arent wont havent hasnt hadnt nunca jamas');
/** The same just before a phrase; `no` is one there in Spanish. */
const negatingBefore = new Set([...negating, 'no', 'tampoco', 'ni']);

/**
 * A book of phrases by code, in the order in which codes are told.
 * @param sets what `@name` stands for
 */
export function phraseBook(phrases: Record<string, string[]>, sets: Record<string, string> = {}): PhraseBook {
  const book = new Map<string, Phrase[]>();
  for (const [rank, [code, written]] of Object.entries(phrases).entries()) {
    for (const text of written) {
      const phrase = { elements: elementsOf(text, sets), code, rank };
      for (const word of firstWordsOf(phrase)) book.set(word, [...(book.get(word) ?? []), phrase]);
    }
  }
  return book;
}

/** A book of phrases that mean what they say, letter for letter. */
export function plainBook(phrases: Word[][], code: string): PhraseBook {
  const book = new Map<string, Phrase[]>();
  for (const words of phrases) {
    const elements = words.map(({ text }): Element => ({ kind: 'word', words: new Set([text]) }));
    const first = words[0]?.text;
    if (first !== undefined) book.set(first, [...(book.get(first) ?? []), { elements, code, rank: 0 }]);
  }
  return book;
}

function setOf(words: string): Set<string> {
  return new Set(words.split(/[\s/]+/).filter((word) => word !== ''));
}

const kindOf: Record<string, Exclude<Element['kind'], 'gap' | 'word'>> = {
  '-': 'not-before',
  '?': 'optional',
  '!': 'not-after',
  '=': 'only-after',
};

function elementsOf(text: string, sets: Record<string, string>): Element[] {
  const expand = (words: string): Set<string> =>
    new Set([...setOf(words)].flatMap((word) => (word.startsWith('@') ? [...expand(setNamed(word))] : [word])));
  const setNamed = (word: string): string => {
    const words = sets[word.slice(1)];
    if (words === undefined) throw new Error(`no set of words is called ${word}`);
    return words;
  };
  return text
    .split(' ')
    .filter((token) => token !== '')
    .flatMap((token): Element[] => {
      if (token === '~') return [{ kind: 'gap' }];
      if (token === '^') return [{ kind: 'not-before', words: negatingBefore }];
      const kind = kindOf[token[0] as string];
      return kind ? [{ kind, words: expand(token.slice(1)) }] : [{ kind: 'word', words: expand(token) }];
    });
}

/** A phrase begins with a word that it must have. */
function firstWordsOf({ elements }: Phrase): ReadonlySet<string> {
  const first = elements.find((element) => element.kind !== 'not-before');
  if (first?.kind !== 'word') throw new Error('a phrase begins with a word');
  return first.words;
}

/** The code of the phrases in a text that is told first; null where there is none. */
export function firstCodeIn(words: Word[], book: PhraseBook): string | null {
  let found: Phrase | null = null;
  for (let index = 0; index < words.length; index++) {
    for (const phrase of book.get((words[index] as Word).text) ?? []) {
      if ((found === null || phrase.rank < found.rank) && matches(words, index, phrase.elements, 0)) found = phrase;
    }
  }
  return found?.code ?? null;
}

/** Whether the elements from `place` on fit the words from `index` on; a phrase is short, so this takes a bounded time. */
function matches(words: Word[], index: number, elements: Element[], place: number): boolean {
  const element = elements[place];
  if (!element) return true;
  const word = words[index];
  switch (element.kind) {
    case 'gap':
      return matchesAfterGap(words, index, elements, place + 1);
    case 'word':
      return word !== undefined && element.words.has(word.text) && matches(words, index + 1, elements, place + 1);
    case 'optional':
      return (
        (word !== undefined && element.words.has(word.text) && matches(words, index + 1, elements, place + 1)) ||
        matches(words, index, elements, place + 1)
      );
    case 'not-before':
      return !precedes(words, index, element.words) && matches(words, index, elements, place + 1);
    case 'not-after':
      return word === undefined || word.starts || !element.words.has(word.text);
    case 'only-after':
      return word === undefined || word.starts || element.words.has(word.text);
  }
}

function matchesAfterGap(words: Word[], index: number, elements: Element[], place: number): boolean {
  for (let skipped = 0; skipped <= gapWords; skipped++) {
    if (matches(words, index + skipped, elements, place)) return true;
    const next = words[index + skipped];
    if (next === undefined || negating.has(next.text)) return false;
  }
  return false;
}

/** Whether one of these words stands just before, in the same sentence. */
function precedes(words: Word[], index: number, before: ReadonlySet<string>): boolean {
  const word = words[index - 1];
  return word !== undefined && !words[index]?.starts && before.has(word.text);
}
