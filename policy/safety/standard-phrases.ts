import { englishPhrases, englishSets } from './phrases-english.ts';
import { spanishPhrases, spanishSets } from './phrases-spanish.ts';

/**
 * The standard list (K6), in English and Spanish: what mentees and those around them write when something is wrong, and not
 * single words that everybody uses. A phrase that fits too much calls somebody at night for nothing, and one that fits too
 * little leaves a child alone; in doubt it fits.
 */

/** Codes of what may be told of, the gravest first. */
const codes = ['self_harm', 'abuse', 'weapon', 'violence', 'unsafe', 'running_away', 'substance'] as const;
export type SafetyCode = (typeof codes)[number];

/** Phrases, one a line. */
export type PhraseLines = Record<SafetyCode, string>;

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

export const standardPhrases: Record<SafetyCode, string[]> = Object.fromEntries(
  codes.map((code) => [code, [...linesOf(englishPhrases[code]), ...linesOf(spanishPhrases[code])]]),
) as Record<SafetyCode, string[]>;

export const phraseSets: Record<string, string> = { ...englishSets, ...spanishSets };
