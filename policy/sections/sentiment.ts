import type { Section } from './section.ts';

/** Section S of the behaviours: how the program as a whole feels (S6, S7). */
export interface SentimentPolicy {
  reviewDays: number;
  /** Responses per active pair under this share of the two periods before are slowing down. */
  slowShare: number;
  /** Fewer expected responses than this say nothing. */
  slowMinimum: number;
}

export const sentiment: Section<SentimentPolicy> = {
  defaults: { reviewDays: 14, slowShare: 0.5, slowMinimum: 5 },
  rules: [],
};
