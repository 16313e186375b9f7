import { keywordIn, type SafetyKeywords } from './safety/keywords.ts';
import { standardPhrases } from './safety/standard-phrases.ts';

export type { SafetyKeywords };

/** What an entry says of the words that came with it. */
export interface CodedWords {
  /** Fields in which words were given, sorted; of answers only that there are some. */
  given?: string[];
  /** Code of the gravest safety keyword in any of them (K6). */
  keyword?: string;
}

/** Gravest first; a program's own word has no such place, and stands alone. */
const codes = Object.keys(standardPhrases);

/**
 * What may be known of words outside the database: which fields have some, and whether they may tell of danger (K6).
 * @param texts words by field; one of several answers is `answers.` and the id of its question
 * @param keywords of the program; the standard list where that is not known
 */
export function codedWords(texts: Record<string, string>, keywords: SafetyKeywords): CodedWords {
  const fields = Object.keys(texts).map((field) => field.split('.', 1)[0] as string);
  if (fields.length === 0) return {};
  const given = [...new Set(fields)].sort();
  const found = Object.values(texts).map((text) => keywordIn(text, keywords));
  const keyword = found.filter((code) => code !== null).sort((a, b) => codes.indexOf(a) - codes.indexOf(b))[0];
  return keyword === undefined ? { given } : { given, keyword };
}
