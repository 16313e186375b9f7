import type { Hold, PlannedStep, Step } from '../../step.ts';
import { type Instant, toRfc3339 } from '../../time.ts';
import { idOf, type PairContext } from '../context.ts';
import { type MeetingsState, noMeetings, withMeeting } from '../meetings/facts.ts';
import { meetingCount, meetingsOf } from '../meetings/meetings.ts';
import { duePromise, nextJudgement, settledRow } from '../meetings/promise.ts';
import { dueContradictions, dueQuestions, isContradicted, questionInstants } from '../meetings/questions.ts';
import { meetingRecords, reportsKeptFor } from '../meetings/records.ts';
import type { Track } from '../track.ts';

/** What is known of meetings, and whether the program's promise is kept (K8 to K10); they are counted always. */
export const meetings: Track<MeetingsState> = {
  open: noMeetings,
  apply: withMeeting,
  due,
  performed: (state) => state,
  nextAt(state, now, ctx) {
    if (!isOn(ctx)) return null;
    const instants = [...questionInstants(state, ctx), nextJudgement(state, now, ctx) ?? 0];
    const upcoming = instants.filter((at) => at > now);
    return upcoming.length > 0 ? Math.min(...upcoming) : null;
  },
  holds: () => [],
  plan,
  view(state, now, ctx, holds) {
    const open = due(state, now, ctx, holds).flatMap((step) => (step.kind === 'case' ? [step] : []));
    return {
      meetings: meetingCount(state, ctx),
      openCases: open.map(({ key, caseKind, openedAt }) => ({
        id: idOf('case', key),
        kind: caseKind,
        since: toRfc3339(openedAt),
      })),
    };
  },
  compact,
  records: meetingRecords,
};

/** Whether the section is on in any version that the pair still knows. */
function isOn(ctx: PairContext): boolean {
  return ctx.policies.some(({ policy }) => policy.meetings);
}

function due(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): Step[] {
  if (!isOn(ctx)) return [];
  return [
    ...dueQuestions(state, now, ctx),
    ...dueContradictions(state, now, ctx),
    ...duePromise(state, now, ctx, holds),
  ];
}

function plan(state: MeetingsState, now: Instant, until: Instant, ctx: PairContext): PlannedStep[] {
  return dueQuestions(state, Math.min(until, now), ctx)
    .filter(({ slot }) => slot > now && slot <= until)
    .map(({ key, slot, template, channel, personId, variant }) => ({
      key,
      at: slot,
      template,
      channel,
      to: personId,
      variant,
      unless: 'the missing facts before then',
    }));
}

/** Whole meetings are forgotten once nothing can change them; how many there were is kept. */
function compact(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): MeetingsState {
  const from = now - reportsKeptFor;
  const old = meetingsOf(state, ctx).filter(
    (meeting) =>
      meeting.reports.every((report) => report.at < from && report.receivedAt < from) &&
      !isContradicted(meeting, state, ctx),
  );
  const gone = new Set(old.flatMap((meeting) => meeting.reports.map((report) => `${report.by} ${report.at}`)));
  const kept = state.reports.filter((report) => !gone.has(`${report.by} ${report.at}`));
  const lost = new Set(state.reports.filter((report) => !kept.includes(report)).map(({ ref }) => ref));
  return {
    ...state,
    reports: kept,
    retracted: state.retracted.filter(({ ref }) => !lost.has(ref)),
    resolved: state.resolved.filter(({ at }) => at >= from || at >= now - 2 * reportsKeptFor),
    row: settledRow(state, now, ctx, holds),
    settled: state.settled + old.filter((meeting) => meeting.occurred === true).length,
  };
}
