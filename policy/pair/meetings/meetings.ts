import { eventIdOf } from '../../event.ts';
import type { Instant } from '../../time.ts';
import { type PairContext, zoneOf } from '../context.ts';
import { mergeReports } from '../merge-reports.ts';
import { type MeetingDetail, type MeetingReport, type MeetingsState, meetingDetails } from './facts.ts';

/** A meeting as one or more people reported it (K10). */
export interface Meeting {
  /** Event id of the first report that came. */
  id: string;
  /** The report that came first. */
  first: MeetingReport;
  at: Instant;
  /** Null: one says that it occurred and another that it did not. */
  occurred: boolean | null;
  minutes: number;
  /** What nobody has told yet. */
  missing: MeetingDetail[];
  reports: MeetingReport[];
}

/**
 * The meetings of a pair, oldest first; reports of one meeting by different people are one, with every voice kept.
 * @param knownBy only what had come by then; everything unless told
 */
export function meetingsOf(
  state: MeetingsState,
  ctx: PairContext,
  knownBy: Instant = Number.POSITIVE_INFINITY,
): Meeting[] {
  const gone = new Set(state.retracted.filter((item) => item.receivedAt <= knownBy).map(({ ref }) => ref));
  const standing = state.reports.filter((report) => report.receivedAt <= knownBy && !gone.has(report.ref));
  return mergeReports(supplemented(standing), zoneOf(ctx)).map(meetingOf);
}

/** A second report of the same moment by the same person fills what the first one lacked. */
function supplemented(reports: MeetingReport[]): MeetingReport[] {
  const byMoment = new Map<string, MeetingReport>();
  for (const report of [...reports].sort(byArrival)) {
    const name = `${report.by} ${report.at}`;
    const first = byMoment.get(name);
    const { occurred, minutes } = report;
    const gave = meetingDetails.filter((detail) => first?.gave.includes(detail) || report.gave.includes(detail));
    byMoment.set(name, first ? { ...first, occurred, minutes: minutes ?? first.minutes, gave } : report);
  }
  return [...byMoment.values()];
}

function byArrival(a: MeetingReport, b: MeetingReport): number {
  return a.receivedAt - b.receivedAt || (a.ref < b.ref ? -1 : 1);
}

function meetingOf(reports: MeetingReport[]): Meeting {
  const first = [...reports].sort(byArrival)[0] as MeetingReport;
  const said = new Set(reports.map((report) => report.occurred));
  const told = new Set(reports.flatMap((report) => report.gave));
  return {
    id: eventIdOf(first.ref),
    first,
    at: Math.min(...reports.map((report) => report.at)),
    occurred: said.size > 1 ? null : first.occurred,
    minutes: Math.max(0, ...reports.map((report) => report.minutes ?? 0)),
    missing: meetingDetails.filter((detail) => !told.has(detail)),
    reports,
  };
}

/** How many meetings were held, those from before the pair was known here among them. */
export function meetingCount(state: MeetingsState, ctx: PairContext): number {
  const held = meetingsOf(state, ctx).filter((meeting) => meeting.occurred === true).length;
  return (ctx.history.meetings ?? 0) + state.settled + held;
}
