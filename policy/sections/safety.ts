import { error, type LintRule, warning } from '../finding.ts';
import { lettersOf } from '../safety/words.ts';
import type { Section } from './section.ts';

/** Section K of the behaviours: how a worry is heard (K6). */
export interface SafetyPolicy {
  /** Minutes that each person of the ladder has before the next is called. */
  climbMinutes: number;
  /** Words that open a case wherever somebody writes them. */
  keywords: 'standard' | string[];
}

/** Whoever waits longer waits too long. */
const SLOW_CLIMB_MINUTES = 60;
/** Shorter words stand in too many texts that tell of nothing. */
const SHORTEST_KEYWORD = 3;

const someoneIsCalled: LintRule = ({ staff }) => {
  if ((staff.safety ?? []).length > 0) return [];
  const detail = 'nobody is named: a safety concern calls coordinator, supervisor and operations in turn';
  return [warning('no_safety_ladder', '/staff/safety', detail)];
};

const callsFollowSoon: LintRule = ({ policy }) => {
  const { climbMinutes } = policy.safety;
  if (climbMinutes <= SLOW_CLIMB_MINUTES) return [];
  const detail = `the next person is called only after ${climbMinutes} minutes without an answer`;
  return [warning('climb_slow', '/policy/safety/climbMinutes', detail)];
};

const keywordsSaySomething: LintRule = ({ policy }) => {
  const { keywords } = policy.safety;
  const pointer = '/policy/safety/keywords';
  if (keywords === 'standard') return [];
  if (keywords.length === 0)
    return [warning('no_keywords', pointer, 'nothing that anybody writes opens a safety case')];
  return keywords.flatMap((keyword, index) =>
    lettersOf(keyword) >= SHORTEST_KEYWORD
      ? []
      : [error('keyword_too_short', `${pointer}/${index}`, `at least ${SHORTEST_KEYWORD} letters`)],
  );
};

export const safety: Section<SafetyPolicy> = {
  defaults: { climbMinutes: 15, keywords: 'standard' },
  always: true,
  rules: [someoneIsCalled, callsFollowSoon, keywordsSaySomething],
};
