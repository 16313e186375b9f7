import type { Section } from './section.ts';

/** Section K of the behaviours: how a worry is heard (K6). */
export interface SafetyPolicy {
  /** Minutes that each person of the ladder has before the next is called. */
  climbMinutes: number;
  /** Words that open a case wherever somebody writes them. */
  keywords: 'standard' | string[];
}

export const safety: Section<SafetyPolicy> = {
  defaults: { climbMinutes: 15, keywords: 'standard' },
  always: true,
  rules: [],
};
