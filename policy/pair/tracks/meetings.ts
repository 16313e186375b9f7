import type { Hold, Step } from '../../step.ts';
import { dateOf, earliestAfter, type Instant } from '../../time.ts';
import { type PairContext, zoneOf } from '../context.ts';
import { compactMeetings } from '../meetings/compact.ts';
import { dueContradictions } from '../meetings/contradictions.ts';
import { type MeetingsState, noMeetings, withMeeting } from '../meetings/facts.ts';
import { heldIn, nextJudgement } from '../meetings/judgements.ts';
import { meetingCount, meetingsOf } from '../meetings/meetings.ts';
import { periodOn, promisedIn } from '../meetings/periods.ts';
import { duePromise, withSaidPromise } from '../meetings/promise-case.ts';
import { dueQuestions, plannedQuestions, questionInstants } from '../meetings/questions.ts';
import { meetingRecords } from '../meetings/records.ts';
import { openCasesIn } from '../open-cases.ts';
import type { Track } from '../track.ts';

/** What is known of meetings, and whether the program's promise is kept (K8 to K10); they are counted always. */
export const meetings: Track<MeetingsState> = {
  open: noMeetings,
  apply: withMeeting,
  due,
  performed: (state, step) => withSaidPromise(state, step),
  nextAt(state, now, ctx, holds) {
    if (!isOn(ctx)) return null;
    return earliestAfter(now, [...questionInstants(state, ctx), nextJudgement(state, now, ctx, holds)]);
  },
  holds: () => [],
  plan: plannedQuestions,
  view,
  counts,
  compact: compactMeetings,
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

function view(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): Record<string, unknown> {
  return {
    ...counts(state, ctx),
    promise: promiseNow(state, now, ctx, holds),
    openCases: openCasesIn(due(state, now, ctx, holds)),
  };
}

function counts(state: MeetingsState, ctx: PairContext): { meetings: number } {
  return { meetings: meetingCount(state, ctx) };
}

/** The promise for the present week or month, and what was held of it; null where nothing is promised. */
function promiseNow(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]) {
  const period = ctx.closed ? null : periodOn(dateOf(now, zoneOf(ctx)), now, ctx);
  if (!period) return null;
  const { from, to } = period;
  const { meetings: held, minutes } = heldIn(period, meetingsOf(state, ctx, 'all'));
  return { period: `${from}/${to}`, promised: promisedIn(period, ctx, holds), held, minutes };
}
