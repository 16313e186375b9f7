import type { PairEvent } from '../../event.ts';
import { surveys as section } from '../../sections/surveys.ts';
import { DAY, type Instant } from '../../time.ts';
import { type CaseOutcome, outcomeOf } from '../case-outcomes.ts';
import { type PairContext, policyAt } from '../context.ts';
import { personOf, roleOf, sortedIn } from '../facts.ts';

/** What surveys and interventions rest on. Each list is sorted, so that facts commute; only compacting takes anything out. */

/** An answer that somebody gave to a survey, whoever asked for it. */
export interface SurveyAnswer {
  ref: string;
  personId: string;
  instrument: string;
  score: number;
  scale: number;
  /** A rating that calls for an intervention, by the policy of the day on which it came (S3). */
  low: boolean;
  at: Instant;
  receivedAt: Instant;
  /** It came in time (E2), and the program had surveys. One that does not act is counted all the same. */
  acts: boolean;
}

/** A report that a meeting took place. */
export interface MeetingReport {
  ref: string;
  /** When it took place, which was not after it was told of. */
  at: Instant;
  receivedAt: Instant;
}

/** An earlier report that was wrong. */
export interface Retraction {
  ref: string;
  /** What it takes back. */
  target: string;
  receivedAt: Instant;
  /** Too late to act (E2). */
  late: boolean;
}

/** An intervention that staff opened. */
export interface StaffCase {
  ref: string;
  caseId: string;
  receivedAt: Instant;
}

/** How staff ended an intervention or one of its tasks. */
export interface Resolution {
  ref: string;
  caseId: string;
  receivedAt: Instant;
  outcome: CaseOutcome | null;
}

/** A survey that somebody was asked to answer. */
export interface AskedSurvey {
  role: 'mentor' | 'mentee';
  slot: Instant;
}

export interface SurveysState {
  answers: SurveyAnswer[];
  /** Answers that can no longer be taken back. */
  settled: { count: number; lastAt: Instant | null };
  meetings: MeetingReport[];
  retracted: Retraction[];
  staffCases: StaffCase[];
  resolutions: Resolution[];
  /** Oldest first. What was asked cannot be told from facts alone once they have changed. */
  asked: AskedSurvey[];
}

export function noSurveys(): SurveysState {
  return {
    answers: [],
    settled: { count: 0, lastAt: null },
    meetings: [],
    retracted: [],
    staffCases: [],
    resolutions: [],
    asked: [],
  };
}

/** The name of the task to reach out to a party, in its key and as its reason. */
export const reachOutTasks = { mentor: 'reach-out-mentor', mentee: 'reach-out-mentee' } as const;

/** An exit survey looks back: nobody is left to reach out to (S3). */
const exitInstrument = 'exit';

/** `0.29 * 100` is a little less than 29. */
const roundingError = 1e-9;

/**
 * Whether a rating is low (S3): it lies in the bottom `lowShare` of its scale. Of 5, with 0.4, these are 1 and 2; of 10 they
 * go up to 4. A scale begins at 1, so that a share of 0 makes nothing low.
 */
export function isLow({ score, scale }: { score: number; scale: number }, lowShare: number): boolean {
  return score <= lowShare * scale + roundingError;
}

/** The facts with one more event in them; unknown and repeated ones change nothing. */
export function withFact(state: SurveysState, event: PairEvent, ctx: PairContext): SurveysState {
  if (event.data.retracts !== undefined) return withRetraction(state, event);
  switch (event.type) {
    case 'survey.answered':
      return withAnswer(state, event, ctx);
    case 'meeting.recorded':
      return withMeeting(state, event);
    case 'case.opened':
      return withStaffCase(state, event);
    case 'case.resolved':
      return withResolution(state, event, ctx);
    default:
      return state;
  }
}

function withAnswer(state: SurveysState, event: PairEvent, ctx: PairContext): SurveysState {
  const { ref, at, receivedAt, data } = event;
  const { by, instrument, score, scale } = data as { by?: string; instrument?: string; score?: number; scale?: number };
  if (by === undefined || typeof instrument !== 'string') return state;
  if (typeof score !== 'number' || typeof scale !== 'number') return state;
  const role = roleOf(by, ctx);
  const personId = (role && personOf(role, ctx)) ?? by;
  const { surveys } = policyAt(receivedAt, ctx).policy;
  const low = instrument !== exitInstrument && isLow({ score, scale }, (surveys ?? section.defaults).lowShare);
  const acts = !event.history && surveys !== undefined;
  const item: SurveyAnswer = { ref, personId, instrument, score, scale, low, at, receivedAt, acts };
  return { ...state, answers: sortedIn(state.answers, item, (other) => other.receivedAt) };
}

function withMeeting(state: SurveysState, event: PairEvent): SurveysState {
  const { ref, receivedAt, data } = event;
  if (event.history || data.occurred !== true) return state;
  const at = typeof data.at === 'number' ? Math.min(data.at, event.at) : event.at;
  return { ...state, meetings: sortedIn(state.meetings, { ref, at, receivedAt }, (other) => other.receivedAt) };
}

function withRetraction(state: SurveysState, event: PairEvent): SurveysState {
  const { retracts: target } = event.data;
  if (target === undefined || (event.type !== 'survey.answered' && event.type !== 'meeting.recorded')) return state;
  const item = { ref: event.ref, target, receivedAt: event.receivedAt, late: event.history === true };
  return { ...state, retracted: sortedIn(state.retracted, item, (other) => other.receivedAt) };
}

function withStaffCase(state: SurveysState, { ref, receivedAt, data }: PairEvent): SurveysState {
  if (data.caseKind !== 'intervention' || data.caseId === undefined) return state;
  const item = { ref, caseId: data.caseId, receivedAt };
  return { ...state, staffCases: sortedIn(state.staffCases, item, (other) => other.receivedAt) };
}

function withResolution(state: SurveysState, event: PairEvent, ctx: PairContext): SurveysState {
  const { caseId, caseKey, caseKind } = event.data;
  const isTask = caseKind === 'task' && Object.values(reachOutTasks).some((name) => caseKey?.endsWith(`/${name}`));
  if (caseId === undefined || (caseKind !== 'intervention' && !isTask)) return state;
  const outcome = isTask ? null : outcomeOf(event, ctx);
  const item = { ref: event.ref, caseId, receivedAt: event.receivedAt, outcome };
  const resolutions = sortedIn(state.resolutions, item, (other) => other.receivedAt);
  // A case ends once: of two that say so the earlier counts, whichever was applied first.
  const first = resolutions.find((other) => other.caseId === caseId);
  return { ...state, resolutions: resolutions.filter((other) => other.caseId !== caseId || other === first) };
}

/** An answer can be corrected for so long; later it is part of what was reported. */
const correctableFor = 80 * DAY;

/** The answers that count, those that came too late to act among them (E2). */
export function countedAnswers({ answers, retracted }: SurveysState): SurveyAnswer[] {
  const isCorrected = ({ ref, at }: SurveyAnswer): boolean =>
    retracted.some(({ target, receivedAt }) => target === ref && receivedAt < at + correctableFor);
  return answers.filter((answer) => !isCorrected(answer));
}

/** Whether a report was taken back in time to act (E2). */
export function isTakenBack(state: SurveysState, ref: string): boolean {
  return state.retracted.some(({ target, late }) => target === ref && !late);
}
