import type { PairEvent } from '../../event.ts';
import type { CivilDate } from '../../program.ts';
import type { Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { sortedIn } from '../facts.ts';
import { type Report, reporterOf } from '../merge-reports.ts';

/** What somebody reported of a meeting (K8); the words themselves stay in the database. */
export interface MeetingReport extends Report {
  receivedAt: Instant;
  occurred: boolean;
  minutes: number | null;
  /** Which of the four facts that a report may leave out it gave. */
  gave: MeetingDetail[];
  history: boolean;
}

/** Who was present, what they did, where, and how they felt. */
export const meetingDetails = ['present', 'activity', 'place', 'mood'] as const;
export type MeetingDetail = (typeof meetingDetails)[number];

/** A row of periods that were judged, as far as later ones need it (K9). */
export interface JudgedRow {
  /** The first day of the next period to be judged; null while none was. */
  next: CivilDate | null;
  brokenInRow: number;
  /** Periods that an open case names, by their first days; empty without one. */
  named: CivilDate[];
  openedAt: Instant;
}

export interface MeetingsState {
  reports: MeetingReport[];
  retracted: Array<{ ref: string; receivedAt: Instant }>;
  resolved: Array<{ ref: string; caseKey: string; at: Instant }>;
  /** Meetings that can no longer be taken back. */
  settled: number;
  /** What the periods before those that are still judged from the reports came to. */
  row: JudgedRow;
}

export function noMeetings(): MeetingsState {
  const row = { next: null, brokenInRow: 0, named: [], openedAt: 0 };
  return { reports: [], retracted: [], resolved: [], settled: 0, row };
}

/** The facts with one more event in them. */
export function withMeeting(state: MeetingsState, event: PairEvent, ctx: PairContext): MeetingsState {
  const { data, ref, receivedAt } = event;
  if (event.type === 'meeting.recorded') {
    if (data.retracts !== undefined) {
      const fact = { ref: data.retracts, receivedAt };
      const earlier = state.retracted.find((item) => item.ref === fact.ref);
      if (earlier && earlier.receivedAt <= receivedAt) return state;
      const others = state.retracted.filter((item) => item !== earlier);
      return { ...state, retracted: sortedIn(others, fact, (item) => item.receivedAt) };
    }
    const reports = sortedIn(state.reports, reportOf(event, ctx), (item) => item.at);
    return reports === state.reports ? state : { ...state, reports };
  }
  const own = data.caseKind === 'promise-broken' || data.caseKind === 'flag';
  if (event.type === 'case.resolved' && data.caseKey && own) {
    const resolved = sortedIn(state.resolved, { ref, caseKey: data.caseKey, at: receivedAt }, (item) => item.at);
    return resolved === state.resolved ? state : { ...state, resolved };
  }
  return state;
}

function reportOf({ ref, data, at, receivedAt, history }: PairEvent, ctx: PairContext): MeetingReport {
  const {
    present,
    minutes,
    mood,
    given = [],
  } = data as { present?: string[]; minutes?: number; mood?: number } & typeof data;
  const gave: Record<MeetingDetail, boolean> = {
    present: (present?.length ?? 0) > 0,
    activity: given.includes('activity'),
    place: given.includes('place'),
    mood: mood !== undefined || given.includes('moodText'),
  };
  return {
    ref,
    by: reporterOf(data.by ?? '', ctx),
    at: typeof data.at === 'number' ? data.at : at,
    receivedAt,
    occurred: data.occurred === true,
    minutes: minutes ?? null,
    gave: meetingDetails.filter((detail) => gave[detail]),
    history: history === true,
  };
}
