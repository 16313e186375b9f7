import type { OfferedResource, PutResource, Resource, ResourceAudience } from './resource.ts';
import { standardResources } from './standard.ts';

/**
 * Everything a program has under any key, in the order of keys: the standard set, and what it has put beside it or in its
 * place; what it has switched off is marked.
 */
export function offeredResources(put: readonly PutResource[]): OfferedResource[] {
  const offered = new Map<string, OfferedResource>();
  for (const resource of standardResources) offered.set(resource.key, { ...resource, standard: true, off: false });
  for (const own of put) {
    const standard = offered.get(own.key);
    if (!own.off) offered.set(own.key, { ...own, standard: false });
    else if (standard) offered.set(own.key, { ...standard, off: true });
  }
  return [...offered.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * What a program has for somebody on a topic, in the order of keys: in their language where there is any, else in the
 * program's, else in English.
 * @param locales those wanted, the best first
 */
export function resourcesFor(
  put: readonly PutResource[],
  topic: string,
  audience: Exclude<ResourceAudience, 'all'>,
  locales: readonly string[],
): Resource[] {
  const meant = offeredResources(put).filter(
    (resource) => !resource.off && resource.topics.includes(topic) && [audience, 'all'].includes(resource.audience),
  );
  for (const language of [...locales.flatMap((locale) => [locale, languageOf(locale)]), 'en']) {
    const found = meant.filter(({ locale }) => locale === language || languageOf(locale) === language);
    if (found.length > 0) return found.map(({ standard: _, off: __, ...resource }) => resource);
  }
  return [];
}

function languageOf(locale: string): string {
  return locale.split('-')[0] as string;
}
