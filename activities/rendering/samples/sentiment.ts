import type { Sample } from './sample.ts';

export const sentimentSamples = {
  'sentiment-review': ({ second, sparse }) => ({
    on: second ? '2026-11-30' : '2026-11-16',
    responses: sparse ? 0 : 42,
    percent: sparse ? null : 74,
    temperature: sparse ? null : 'warm',
    low: sparse ? 0 : 3,
    previousResponses: sparse ? 0 : 38,
    previousPercent: sparse ? null : 78,
  }),
  'sentiment-slow': ({ second }) => ({
    on: second ? '2026-11-30' : '2026-11-16',
    responses: 9,
    expected: 24,
    activePairs: 60,
  }),
} satisfies Record<string, Sample>;
