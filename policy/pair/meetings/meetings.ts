import { eventIdOf } from '../../event.ts';
import type { CivilDate } from '../../program.ts';
import { addDays, type Instant, instantOf } from '../../time.ts';
import { type PairContext, zoneOf } from '../context.ts';
import { mergeReports } from '../merge-reports.ts';
import {
  inOrderOfComing,
  type MeetingDetail,
  type MeetingReport,
  type MeetingsState,
  type Retraction,
  takesBack,
} from './facts.ts';

/** A meeting as one or more people reported it (K10). */
export interface Meeting {
  /** Event id of the first report that came. */
  id: string;
  /** The report that came first. */
  first: MeetingReport;
  at: Instant;
  /** Null: one says that it occurred and another that it did not. */
  occurred: boolean | null;
  /** The most that a voice has told; null where none has. */
  minutes: number | null;
  /** What nobody has told yet. */
  missing: MeetingDetail[];
  /** Each reporter's voice, in the order in which they came. */
  reports: MeetingReport[];
}

interface Merged {
  retracted: Retraction[];
  zone: string;
  all: Meeting[];
  acting: Meeting[];
}

/** What a list of reports was last merged to; a memory only, nothing depends on it. */
const merged = new WeakMap<MeetingReport[], Merged>();

/**
 * The meetings of a pair, oldest first; reports of one meeting by different people are one, with every voice kept.
 * @param facts `all`, as counts and records have them; `acting`: only those that came in time to act (E2)
 */
export function meetingsOf(
  { reports, retracted }: MeetingsState,
  ctx: PairContext,
  facts: 'all' | 'acting',
): Meeting[] {
  const zone = zoneOf(ctx);
  const before = merged.get(reports);
  if (before?.retracted === retracted && before.zone === zone) return before[facts];
  const all = meetingsIn(reports, retracted, zone);
  const isLate = [...reports, ...retracted].some(({ history }) => history);
  const acting = isLate ? meetingsIn(reports.filter(inTime), retracted.filter(inTime), zone) : all;
  const next = { retracted, zone, all, acting };
  merged.set(reports, next);
  return next[facts];
}

function inTime({ history }: { history: boolean }): boolean {
  return !history;
}

/** Reports of one meeting lie a civil day apart at most; those further from a period do not reach into it. */
const reach = 3;

/**
 * The meetings about a span of days, as they were known at an instant. What came too late to act counts for the pair, and
 * never against it (E2).
 */
export function meetingsKnownAt(
  knownAt: Instant,
  [from, to]: [CivilDate, CivilDate],
  { reports, retracted }: MeetingsState,
  ctx: PairContext,
): Meeting[] {
  const zone = zoneOf(ctx);
  const begins = instantOf(addDays(from, -reach), '00:00', zone);
  const ends = instantOf(addDays(to, reach + 1), '00:00', zone);
  const known = reports.filter(
    ({ at, receivedAt, history, occurred }) =>
      begins <= at && at < ends && receivedAt <= knownAt && (occurred || !history),
  );
  const corrections = retracted.filter(({ receivedAt, history }) => receivedAt <= knownAt && !history);
  return meetingsIn(known, corrections, zone);
}

function meetingsIn(reports: MeetingReport[], retracted: Retraction[], zone: string): Meeting[] {
  const standing = retracted.length === 0 ? reports : reports.filter((report) => !isTakenBack(report, retracted));
  return mergeReports(supplemented(standing), zone).map(meetingOf);
}

function isTakenBack(report: MeetingReport, retracted: Retraction[]): boolean {
  return retracted.some((retraction) => takesBack(retraction, report));
}

/** What is the same in reports that are one voice about one meeting. */
export function voiceOf({ by, at }: MeetingReport): string {
  return `${by} ${at}`;
}

/** A second report of the same moment by the same person fills what the first one lacked. */
function supplemented(reports: MeetingReport[]): MeetingReport[] {
  const voices = new Map<string, MeetingReport>();
  for (const report of [...reports].sort(inOrderOfComing)) {
    const first = voices.get(voiceOf(report));
    const lacks = report.lacks.filter((detail) => !first || first.lacks.includes(detail));
    voices.set(voiceOf(report), first ? { ...first, minutes: first.minutes ?? report.minutes, lacks } : report);
  }
  return [...voices.values()];
}

function meetingOf(voices: MeetingReport[]): Meeting {
  const reports = [...voices].sort(inOrderOfComing);
  const first = reports[0] as MeetingReport;
  const minutes = reports.flatMap((report) => (report.minutes === null ? [] : [report.minutes]));
  return {
    id: eventIdOf(first.ref),
    first,
    at: Math.min(...reports.map((report) => report.at)),
    occurred: reports.every((report) => report.occurred === first.occurred) ? first.occurred : null,
    minutes: minutes.length > 0 ? Math.max(...minutes) : null,
    missing: first.lacks.filter((detail) => reports.every(({ lacks }) => lacks.includes(detail))),
    reports,
  };
}

/** How many meetings were held, those from before the pair was known here among them; what is contradicted was not. */
export function meetingCount(state: MeetingsState, ctx: PairContext): number {
  const held = meetingsOf(state, ctx, 'all').filter((meeting) => meeting.occurred === true).length;
  return (ctx.history.meetings ?? 0) + state.settled + held;
}
