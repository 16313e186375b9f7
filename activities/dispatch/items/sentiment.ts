import type { ItemOf } from '../item.ts';

/** What the templates about a program's sentiment say of one row. */

function percentOf(share: unknown): number | null {
  return typeof share === 'number' ? Math.round(share * 100) : null;
}

const review: ItemOf = ({ fields }) => ({
  on: String(fields.on),
  responses: Number(fields.responses),
  percent: percentOf(fields.mean),
  temperature: typeof fields.temperature === 'string' ? fields.temperature : null,
  low: Number(fields.low),
  previousResponses: Number(fields.previousResponses),
  previousPercent: percentOf(fields.previousMean),
});

const slow: ItemOf = ({ fields }) => ({
  on: String(fields.on),
  responses: Number(fields.responses),
  expected: Number(fields.expected),
  activePairs: Number(fields.activePairs),
});

export const sentimentItems = { 'sentiment-review': review, 'sentiment-slow': slow } satisfies Record<string, ItemOf>;
