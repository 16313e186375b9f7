import type { SafetyPolicy } from '../sections/safety.ts';
import { firstCodeIn, type PhraseBook, phraseBook, plainBook } from './phrases.ts';
import { phraseSets, standardPhrases } from './standard-phrases.ts';
import { wordsOf } from './words.ts';

/** Words by which somebody may be telling of danger (K6). */

export type SafetyKeywords = SafetyPolicy['keywords'];

/** What a word of a program's own list stands for. */
export const ownCode = 'program';

const standard = phraseBook(standardPhrases, phraseSets);
const ownBooks = new WeakMap<string[], PhraseBook>();

function bookOf(keywords: SafetyKeywords): PhraseBook {
  if (keywords === 'standard') return standard;
  const known = ownBooks.get(keywords) ?? plainBook(keywords.map(wordsOf), ownCode);
  ownBooks.set(keywords, known);
  return known;
}

/**
 * A code for what a text may be telling of, such as `self_harm` or `abuse`, never the words; null where it tells of nothing
 * of the kind. Letter case, accents and punctuation make no difference, and only whole words count.
 * @param keywords the standard list (English and Spanish), or a program's own in its place, whose code is `program`
 */
export function keywordIn(text: string, keywords: SafetyKeywords): string | null {
  return firstCodeIn(wordsOf(text), bookOf(keywords));
}
