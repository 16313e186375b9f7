import type { EntryData, PairEventName } from './event.ts';
import { partedWords } from './event-words.ts';
import { codedWords, type SafetyKeywords } from './safety.ts';

/** An answer that Tandem itself takes, on a form, by text or from staff, coded as an event of the platform is. */
export interface CodedAnswer {
  type: PairEventName;
  data: EntryData;
  /** Words by field; no workflow sees them. */
  texts: Record<string, string>;
  urgent: boolean;
}

/** Codes apart from words, and what the words may tell of (K6). `given` is the data of an event of this type. */
export function codedAnswer(
  type: PairEventName,
  given: Record<string, unknown>,
  keywords: SafetyKeywords,
): CodedAnswer {
  const { data: sent, texts } = partedWords(type, given);
  const data = { ...sent, ...codedWords(texts, keywords) };
  return { type, data, texts, urgent: isUrgent(data) };
}

/** Whether an entry may tell of danger, or of something that its sender calls immediate: it goes before all others. */
export function isUrgent({ safetyConcern, discomfort, keyword, priority }: EntryData): boolean {
  return safetyConcern === true || discomfort === true || keyword !== undefined || priority === 'immediate';
}
