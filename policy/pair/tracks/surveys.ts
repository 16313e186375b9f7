import { type Instant, toRfc3339 } from '../../time.ts';
import { endOfOutcomes } from '../case-outcomes.ts';
import { answerRecords, answersInView, compactSurveys } from '../surveys/answers.ts';
import { noSurveys, type SurveysState, withFact } from '../surveys/facts.ts';
import { nextDecision } from '../surveys/occasions.ts';
import { dueQuestions, plannedQuestions, withQuestion } from '../surveys/questions.ts';
import { dueEffects, dueInterventions, openCases, resolutionsNamedUntil } from '../surveys/reach-out.ts';
import type { Track } from '../track.ts';

/** How the two rate their match, and what staff do about a low rating (S2, S3, S4). */
export const surveys: Track<SurveysState> = {
  open: noSurveys,
  apply: withFact,
  due: (state, now, ctx, holds) => [
    ...dueEffects(state, now, ctx),
    ...dueInterventions(state, now, ctx),
    ...(ctx.closed ? [] : dueQuestions(state, now, ctx, holds)),
  ],
  performed: (state, step, now) => withQuestion(state, step, now),
  nextAt: (state, now, ctx, holds) =>
    earlier(ctx.closed ? null : nextDecision(now, state, ctx, holds), resolutionsNamedUntil(state, now)),
  holds: () => [],
  plan: (state, now, until, ctx, holds) => (ctx.closed ? [] : plannedQuestions(state, now, until, ctx, holds)),
  view(state, _now, ctx) {
    const sentiment = answersInView(state, ctx);
    const cases = openCases(state, ctx).map((open) => ({ ...open, since: toRfc3339(open.since) }));
    return { openCases: ctx.closed ? [] : cases, ...(sentiment && { sentiment }) };
  },
  compact: compactSurveys,
  ends: (state) => endOfOutcomes(state.resolutions.flatMap(({ outcome }) => outcome ?? [])),
  outlivesPair: true,
  records: answerRecords,
};

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
