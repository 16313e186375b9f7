import { isHeldAhead, type PairEvent } from '../../event.ts';
import type { CivilDate } from '../../program.ts';
import { DAY, type Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { isRetractedBy, sortedIn } from '../facts.ts';
import { type Report, reporterOf } from '../merge-reports.ts';
import type { BrokenPeriod } from './judgements.ts';

/** What is known of meetings. Each list is sorted, so that facts commute; only compacting takes anything out. */

/** Who was present, what they did, where, and how they felt. */
export const meetingDetails = ['present', 'activity', 'place', 'mood'] as const;
export type MeetingDetail = (typeof meetingDetails)[number];

/** What somebody reported of a meeting (K8); the words themselves stay in the database. */
export interface MeetingReport extends Report {
  receivedAt: Instant;
  occurred: boolean;
  minutes: number | null;
  /** Which of the four facts that a report may leave out it left out; most leave out none, which keeps a state small. */
  lacks: MeetingDetail[];
  /** Accepted too late to act (E2): it counts, and causes nothing. */
  history: boolean;
}

/** An earlier report that was wrong. */
export interface Retraction {
  /** The report that it takes back. */
  ref: string;
  receivedAt: Instant;
  history: boolean;
}

/** A row of periods that were judged, as far as later ones need it (K9). */
export interface JudgedRow {
  /** The first day of the next period to be judged; null while none was. */
  next: CivilDate | null;
  brokenInRow: number;
  /** Periods that the case opened last names, by their first days; empty where none ever was opened. */
  named: CivilDate[];
  openedAt: Instant;
  /** The latest broken periods of which staff are told. */
  told: BrokenPeriod[];
  last: LastBroken | null;
}

/** Where a row stood after its last broken period. */
export interface LastBroken {
  /** The first day of the period after it. */
  next: CivilDate;
  inRow: number;
}

export interface MeetingsState {
  reports: MeetingReport[];
  retracted: Retraction[];
  resolved: Array<{ ref: string; caseKey: string; at: Instant }>;
  /** Meetings that were held and can no longer be taken back. */
  settled: number;
  /** What the periods came to that are no longer judged from the reports. */
  row: JudgedRow;
}

export function noMeetings(): MeetingsState {
  const row = { next: null, brokenInRow: 0, named: [], openedAt: 0, told: [], last: null };
  return { reports: [], retracted: [], resolved: [], settled: 0, row };
}

/** What the keys of this concern's cases end with. */
export const caseNames = { promise: 'promise-broken', contradiction: 'meeting-contradiction' } as const;

/** The facts with one more event in them; unknown and repeated ones change nothing. A meeting ahead is none (K9). */
export function withMeeting(state: MeetingsState, event: PairEvent, ctx: PairContext): MeetingsState {
  if (event.type === 'meeting.recorded') {
    if (event.data.retracts !== undefined) return withRetraction(state, event, event.data.retracts);
    if (isHeldAhead(event)) return state;
    return { ...state, reports: sortedIn(state.reports, reportOf(event, ctx), ({ at }) => at) };
  }
  return event.type === 'case.resolved' ? withResolution(state, event) : state;
}

/** Of two that take back the same report the earlier counts, whichever was applied first. */
function withRetraction(state: MeetingsState, event: PairEvent, target: string): MeetingsState {
  const fact = { ref: target, receivedAt: event.receivedAt, history: event.history === true };
  const same = state.retracted.find(({ ref, history }) => ref === target && history === fact.history);
  if (same && same.receivedAt <= fact.receivedAt) return state;
  const list = [...state.retracted.filter((item) => item !== same), fact];
  return { ...state, retracted: list.sort(inOrderOfComing) };
}

/** The earlier one first; of one instant by what cannot differ between two machines. */
export function inOrderOfComing<T extends { ref: string; receivedAt: Instant; history: boolean }>(a: T, b: T): number {
  return (
    a.receivedAt - b.receivedAt || (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : Number(a.history) - Number(b.history))
  );
}

function withResolution(state: MeetingsState, { ref, receivedAt, data: { caseKey } }: PairEvent): MeetingsState {
  if (!caseKey || !Object.values(caseNames).some((name) => caseKey.endsWith(`/${name}`))) return state;
  return { ...state, resolved: sortedIn(state.resolved, { ref, caseKey, at: receivedAt }, ({ at }) => at) };
}

/** Key of the case about broken promises, and of the mail about a period: by the first day. */
export function promiseKeyFrom(from: CivilDate, ctx: PairContext): string {
  return `${ctx.pairId}/${from}/${caseNames.promise}`;
}

/** Key of the case that a row names; no case has it where the row names none. */
export function promiseCaseKey({ named }: JudgedRow, ctx: PairContext): string {
  return promiseKeyFrom(named[0] ?? '', ctx);
}

/** When staff first ended the case with this key; null while they have not. */
export function resolvedAt(caseKey: string, state: MeetingsState): Instant | null {
  return state.resolved.find((fact) => fact.caseKey === caseKey)?.at ?? null;
}

function reportOf({ ref, data, at, receivedAt, history }: PairEvent, ctx: PairContext): MeetingReport {
  const { by = '', present, mood, minutes, given = [] } = data;
  const gave: Record<MeetingDetail, boolean> = {
    present: Array.isArray(present) && present.length > 0,
    activity: given.includes('activity'),
    place: given.includes('place'),
    mood: typeof mood === 'number' || given.includes('moodText'),
  };
  return {
    ref,
    by: reporterOf(by, ctx),
    at: typeof data.at === 'number' ? data.at : at,
    receivedAt,
    occurred: data.occurred === true,
    minutes: typeof minutes === 'number' ? minutes : null,
    lacks: meetingDetails.filter((detail) => !gave[detail]),
    history: history === true,
  };
}

/** Reports read the meetings and the promise of so many days (see `records`). */
export const recordedDaysBack = 100;
/** A month that is still recorded began so much earlier. */
const longestPeriod = 32;
/** A report is kept for so long, and can be taken back by an event that came no further apart from it. */
export const reportsKeptFor = (recordedDaysBack + longestPeriod) * DAY;

/** Whether a retraction takes this report back. */
export function takesBack(retraction: Retraction, report: MeetingReport): boolean {
  return isRetractedBy(retraction, report, reportsKeptFor);
}
