/**
 * Words of one participant as another may read them where one of the two is a minor (R2): addresses, numbers and links are
 * taken out, the rest stays as it was written.
 */

const masked = '[hidden]';

const patterns = [
  // Addresses, with the spellings by which people try to hide them.
  /[\p{L}\p{N}._%+-]+\s?(?:@|\(at\)|\[at\])\s?[\p{L}\p{N}-]+(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\p{L}\p{N}-]+)+/giu,
  /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi,
  /\bwww\.\S+/gi,
  /\b(?:[\p{L}\p{N}-]+\.)+(?:com|org|net|edu|gov|io|co|me|us|uk|de|app|gg|tv|link|info|xyz)\b(?:\/\S*)?/giu,
  // Handles of other services.
  /(?<![\p{L}\p{N}@])@[\p{L}\p{N}._-]{2,}/gu,
  // Seven digits and more, however they are grouped.
  /\+?\(?\p{Nd}(?:[\s().\-–/]*\p{Nd}){6,}/gu,
];

/** The text without what would let two people meet elsewhere. */
export function maskContacts(text: string): string {
  return patterns.reduce((rest, pattern) => rest.replace(pattern, masked), text.normalize('NFKC'));
}
