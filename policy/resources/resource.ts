/** What a program offers people to read: short texts, or the address of something longer (T9). */

/** Whom a resource is written for. */
export const resourceAudiences = ['mentor', 'mentee', 'guardian', 'all'] as const;
export type ResourceAudience = (typeof resourceAudiences)[number];

export interface ResourceWords {
  title: string;
  /** Either the words themselves or where they are. */
  text: string | null;
  url: string | null;
  /** In the program's own words; those of the standard set are `standardTopics`. */
  topics: readonly string[];
  audience: ResourceAudience;
  locale: string;
}

export interface Resource extends ResourceWords {
  key: string;
}

/** A resource as a program has it. */
export interface OfferedResource extends Resource {
  /** It is of the standard set as it stands. */
  standard: boolean;
  /** The program has switched it off. */
  off: boolean;
}

/** What a program has put under a key: words of its own, or that the standard resource of that key is off. */
export type PutResource = { key: string; off: true } | ({ off: false } & Resource);
