import { eventIdOf } from '../../event.ts';
import type { CivilDate } from '../../program.ts';
import type { RecordSet } from '../../step.ts';
import { addDays, DAY, dateOf, type Instant } from '../../time.ts';
import { type PairContext, zoneOf } from '../context.ts';
import { countedAnswers, type StaffCase, type SurveysState } from './facts.ts';
import { interventionsOf } from './interventions.ts';
import { caseIdsOf } from './reach-out.ts';

/** What is told of answers, and what is forgotten between two runs. */

/** What a record of an answer holds. */
export interface SurveyRecord {
  /** The event id that the platform knows. */
  id: string;
  instrument: string;
  score: number;
  scale: number;
  /** It called for an intervention, or would have (S3). */
  low: boolean;
  at: Instant;
}

/** Longer than an answer can be corrected, and shorter than it is kept. */
const recordedDays = 88;
const keptFor = 90 * DAY;

/** Every answer of the last months, for reports and for the program's sentiment. */
export function answerRecords(state: SurveysState, now: Instant, ctx: PairContext): RecordSet[] {
  if (state.answers.length === 0) return [];
  const zone = zoneOf(ctx);
  const items = countedAnswers(state).map(({ ref, personId, instrument, score, scale, low, at }) => {
    const data: SurveyRecord = { id: eventIdOf(ref), instrument, score, scale, low, at };
    return { key: ref, personId, day: dateOf(at, zone), data: { ...data } };
  });
  return [{ kind: 'survey', from: addDays(dateOf(now, zone), -recordedDays), items }];
}

/** How many surveys the two have answered, and when last: no score, since whoever reads the pair may be one of them. */
export function answersInView(
  state: SurveysState,
  ctx: PairContext,
): { responses: number; lastOn: CivilDate | null } | null {
  const counted = countedAnswers(state);
  const responses = state.settled.count + counted.length;
  if (responses === 0) return null;
  const last = Math.max(...counted.map(({ at }) => at), state.settled.lastAt ?? Number.NEGATIVE_INFINITY);
  return { responses, lastOn: dateOf(last, zoneOf(ctx)) };
}

/** Keeps what records look at, what can still be corrected, and what interventions rest on that are open or ended lately. */
export function compactSurveys(state: SurveysState, now: Instant, ctx: PairContext): SurveysState {
  const from = now - keptFor;
  const known = interventionsOf(state, ctx).filter(({ endedAt }) => endedAt === null || endedAt >= from);
  const lows = new Set(known.flatMap(({ all }) => all));
  const cases = new Set(known.flatMap(caseIdsOf));
  const isRecent = ({ receivedAt }: { receivedAt: Instant }): boolean => receivedAt >= from;
  const answers = state.answers.filter((answer) => isRecent(answer) || lows.has(answer));
  const meetings = state.meetings.filter(isRecent);
  const kept = new Set([...answers, ...meetings].map(({ ref }) => ref));
  return {
    ...state,
    answers,
    meetings,
    settled: settledWith(state, kept),
    retracted: state.retracted.filter((item) => isRecent(item) || kept.has(item.target)),
    // One that staff opened beside another is taken up once that has ended.
    staffCases: state.staffCases.filter((item) => isRecent(item) || cases.has(item.caseId) || !isResolved(item, state)),
    resolutions: state.resolutions.filter((item) => isRecent(item) || cases.has(item.caseId)),
  };
}

function isResolved({ caseId }: StaffCase, { resolutions }: SurveysState): boolean {
  return resolutions.some((resolution) => resolution.caseId === caseId);
}

function settledWith(state: SurveysState, kept: Set<string>): SurveysState['settled'] {
  const gone = countedAnswers(state).filter(({ ref }) => !kept.has(ref));
  if (gone.length === 0) return state.settled;
  const lastAt = Math.max(state.settled.lastAt ?? 0, ...gone.map(({ at }) => at));
  return { count: state.settled.count + gone.length, lastAt };
}
