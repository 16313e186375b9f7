import { type Finding, type LintRule, warning } from '../finding.ts';
import type { Section } from './section.ts';

/** Section S of the behaviours: how the program as a whole feels (S6, S7). */
export interface SentimentPolicy {
  reviewDays: number;
  /** Responses per active pair under this share of the two periods before are slowing down. */
  slowShare: number;
  /** Fewer expected responses than this say nothing. */
  slowMinimum: number;
}

const FEW_DAYS = 7;
const MANY_DAYS = 31;

const reviewsHaveARhythm: LintRule = ({ policy }): Finding[] => {
  const days = policy.sentiment?.reviewDays;
  const pointer = '/policy/sentiment/reviewDays';
  if (days === undefined || (days >= FEW_DAYS && days <= MANY_DAYS)) return [];
  if (days < FEW_DAYS) return [warning('reviews_often', pointer, 'there is little to review in less than a week')];
  return [warning('reviews_rare', pointer, 'in more than a month a low mood goes unseen')];
};

const slowIsSlower: LintRule = ({ policy }): Finding[] => {
  const share = policy.sentiment?.slowShare;
  const pointer = '/policy/sentiment/slowShare';
  if (share === 0) return [warning('slow_share_zero', pointer, 'nothing is ever slow enough to prompt')];
  return share === 1 ? [warning('slow_share_all', pointer, 'any answer less than before prompts')] : [];
};

const somebodyIsAsked: LintRule = ({ policy }): Finding[] => {
  if (!policy.sentiment || policy.surveys) return [];
  const detail = 'without the section `surveys` there are only the answers that the platform collects itself';
  return [warning('nobody_is_asked', '/policy/sentiment', detail)];
};

export const sentiment: Section<SentimentPolicy> = {
  defaults: { reviewDays: 14, slowShare: 0.5, slowMinimum: 5 },
  rules: [reviewsHaveARhythm, slowIsSlower, somebodyIsAsked],
};
