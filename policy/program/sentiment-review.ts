import type { CivilDate } from '../program.ts';
import type { Instant } from '../time.ts';
import type { ProgramConcern, ProgramContext } from './concern.ts';
import { nextPaceAt, nextReviewAt, rounded, temperatureOf } from './sentiment.ts';
import { isLeft, type SentimentTask, stepsOf, type TaskKind } from './sentiment-task.ts';

/**
 * From the first answer on, the coordinator reviews every so many days how the program feels: a task with a digest, done by
 * acknowledging it. While one is not done no other opens, and it says how often it was overdue (S7).
 */

const kind: TaskKind = {
  template: 'sentiment-review',
  reason: 'sentiment_review',
  again: 'review_overdue',
  rule: 'S7',
};

export interface ReviewState {
  /** The section is on; what was due before it was is not made up for (V7, V9). */
  on: boolean;
  /** The day of the last review that was opened, or found the one before still open. */
  handled: CivilDate | null;
  open: SentimentTask | null;
}

const nothing: ReviewState = { on: false, handled: null, open: null };

function after(state: ReviewState, now: Instant, ctx: ProgramContext): ReviewState {
  if (!ctx.sentiment || !ctx.document.policy.sentiment) return nothing;
  const { review } = ctx.sentiment;
  if (!state.on) return { on: true, handled: review?.on ?? null, open: null };
  const open = state.open && isLeft(kind, state.open, ctx) ? state.open : null;
  if (!review || (state.handled !== null && review.on <= state.handled)) return { ...state, open };
  if (open) return { ...state, handled: review.on, open: { ...open, again: [...open.again, review.on] } };
  return { ...state, handled: review.on, open: opened(review, now) };
}

type Review = NonNullable<NonNullable<ProgramContext['sentiment']>['review']>;

function opened({ on, lately, before }: Review, now: Instant): SentimentTask {
  const { responses, mean, low } = lately;
  const shareOf = (share: number | null): number | null => share && rounded(share);
  const earlier = { previousResponses: before.responses, previousMean: shareOf(before.mean) };
  const figures = { responses, mean: shareOf(mean), low, temperature: temperatureOf(mean), ...earlier };
  return { on, openedAt: now, figures, again: [] };
}

export const sentimentReview: ProgramConcern<ReviewState> = {
  open: () => nothing,
  due: (state, now, ctx) => stepsOf(kind, after(state, now, ctx).open, now, ctx),
  said: after,
  nextAt(now, { document, sentiment }) {
    if (!document.policy.sentiment) return null;
    // Before the first answer it is looked for once a week.
    return nextReviewAt(now, sentiment?.firstOn ?? null, document) ?? nextPaceAt(now, document);
  },
};
