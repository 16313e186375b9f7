/** Texts as words, for finding phrases in them. */

/** A word without case, accents and apostrophes. */
export interface Word {
  text: string;
  /** It begins a sentence: a negation before it belongs to another one. */
  starts: boolean;
}

/** Scripts that write no spaces between words: each letter of theirs is taken for a word. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;

/** The words of a text, in time linear in its length. */
export function wordsOf(text: string): Word[] {
  const plain = text
    .replace(/\u200b/g, ' ')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}'\u2018\u2019\u02bc`\u00b4]/gu, '')
    .replace(unspaced, ' $& ');
  const words: Word[] = [];
  let starts = true;
  for (const [piece] of plain.matchAll(/[\p{L}\p{N}]+|[.!?;\n]/gu)) {
    if (/[.!?;\n]/.test(piece)) starts = true;
    else {
      words.push({ text: piece, starts });
      starts = false;
    }
  }
  return words;
}

/** Letters of a phrase; one of a script without spaces says as much as two. */
export function lettersOf(phrase: string): number {
  const letters = phrase.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters + (phrase.match(unspaced)?.length ?? 0);
}
