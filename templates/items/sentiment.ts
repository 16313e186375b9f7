/** How a program felt in the days before a review, and in as many before these (S7). */
export interface SentimentReviewItem {
  on: string;
  responses: number;
  /** Mean of the scores as whole percents of their scales; null where there is none. */
  percent: number | null;
  /** `cold`, `cool`, `mild`, `warm`, `hot`; null where there is none. */
  temperature: string | null;
  low: number;
  previousResponses: number;
  previousPercent: number | null;
}

/** People answer much less than they did (S6). */
export interface SentimentSlowItem {
  on: string;
  responses: number;
  /** As many as there would have been at the pace before. */
  expected: number;
  activePairs: number;
}

export type SentimentItems = SentimentReviewItem | SentimentSlowItem;
