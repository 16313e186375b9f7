/** Where something starts that a mail or text client would turn into a link. */
const linkStart =
  /[a-z][a-z0-9+.-]*:[/\\]{2}|\b(?:mailto|tel|sms|javascript|vbscript|data|file|blob):(?=\S)|\bwww\.(?=\S)/gi;
const trailingPunctuation = /[.,;:!?)\]}'"’”»*_]+$/;

/**
 * Whether every link in a text is one the program set (M11): an allowed link itself, or for web links anything under it
 * (same scheme and host, and the same path or one below it). A bare `www.` counts as https; `mailto:` and every other
 * scheme must be allowed letter for letter.
 */
export function hasOnlyAllowedLinks(text: string, allowed: readonly string[]): boolean {
  const search = new RegExp(linkStart);
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    const candidate = text.slice(found.index).match(/^[^\s<>]+/)?.[0] ?? '';
    const exact = [candidate, candidate.replace(trailingPunctuation, '')].find((link) => allowed.includes(link));
    if (exact !== undefined) {
      search.lastIndex = found.index + exact.length;
      continue;
    }
    if (!isUnderAllowed(candidate.replace(trailingPunctuation, ''), allowed)) return false;
    search.lastIndex = found.index + hostEnd(candidate, found[0].length);
  }
  return true;
}

/** Breaks every link in a value that the program did not set, so that it can be read and not followed. */
export function withoutForeignLinks(value: string, allowed: readonly string[]): string {
  if (hasOnlyAllowedLinks(value, allowed)) return value;
  return value.replace(linkStart, (start) => start.replace(/[:.]/, '$& '));
}

/** A second link hidden in the path of an allowed one is looked at too, so the search goes on right after the host. */
function hostEnd(candidate: string, start: number): number {
  const length = candidate.slice(start).search(/[/?#]/);
  return length === -1 ? candidate.length : start + length;
}

function isUnderAllowed(candidate: string, allowed: readonly string[]): boolean {
  const link = webUrl(/^www\./i.test(candidate) ? `https://${candidate}` : candidate);
  return link !== null && allowed.some((other) => isUnder(link, webUrl(other)));
}

/** Links that browsers and mail clients could read differently (backslashes, credentials) are none. */
function webUrl(text: string): URL | null {
  if (text.includes('\\') || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url : null;
}

function isUnder(link: URL, base: URL | null): boolean {
  if (base === null || link.origin !== base.origin || base.search !== '' || base.hash !== '') return false;
  const folder = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  return link.pathname === base.pathname || link.pathname.startsWith(folder);
}
