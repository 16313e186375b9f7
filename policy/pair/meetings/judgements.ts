import type { Hold } from '../../step.ts';
import { DAY, type Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import {
  type JudgedRow,
  type MeetingReport,
  type MeetingsState,
  promiseCaseKey,
  type Retraction,
  resolvedAt,
} from './facts.ts';
import { type Meeting, meetingsKnownAt } from './meetings.ts';
import { firstDay, type Period, periodsFrom, promisedIn } from './periods.ts';

/** Whether what the program promises each pair was kept, judged once a period after its grace (K9). */

/** Every so many periods in a row staff are told again. */
const toldAgainEvery = 3;

/** What was held in a period. */
export interface Held {
  meetings: number;
  minutes: number;
}

/** A period with less than was promised, as it was judged. */
export interface BrokenPeriod extends Pick<Period, 'from' | 'to' | 'judgedAt'> {
  kind: 'count' | 'hours';
  /** Meetings or hours. */
  promised: number;
  held: number;
  minutes: number;
  /** Which one in a row it is. */
  inRow: number;
}

/** What was held on the days of a period; what is contradicted was not. */
export function heldIn({ startsAt, endsAt }: Period, meetings: Meeting[]): Held {
  const held = meetings.filter(({ occurred, at }) => occurred === true && startsAt <= at && at < endsAt);
  return { meetings: held.length, minutes: held.reduce((sum, { minutes }) => sum + (minutes ?? 0), 0) };
}

/** What was held by lists of facts, by period; a memory only, nothing depends on it. */
const known = new WeakMap<MeetingReport[], { retracted: Retraction[]; held: Map<Period, Held> }>();

/** What was held in a period by all that had come when it was judged: later facts change counts, never the judgement. */
export function heldAsJudged(period: Period, state: MeetingsState, ctx: PairContext): Held {
  const { reports, retracted } = state;
  let memory = known.get(reports);
  if (memory?.retracted !== retracted) {
    memory = { retracted, held: new Map() };
    known.set(reports, memory);
  }
  const held =
    memory.held.get(period) ?? heldIn(period, meetingsKnownAt(period.judgedAt, [period.from, period.to], state, ctx));
  memory.held.set(period, held);
  return held;
}

/** Whether less was held than promised; a period without a promise is neither kept nor broken. */
export function isBroken({ promise }: Period, promised: number, held: Held): boolean | null {
  if (promised === 0) return null;
  return promise.kind === 'count' ? held.meetings < promised : held.minutes < Math.round(promised * 60);
}

/** Whether a period is part of the case that was opened last, whatever became known since. */
export function isNamed({ from }: Period, { row }: MeetingsState): boolean {
  return row.named.includes(from);
}

/** The row with one more period judged. */
function judge(row: JudgedRow, period: Period, state: MeetingsState, ctx: PairContext, holds: Hold[]): JudgedRow {
  const promised = promisedIn(period, ctx, holds);
  const held = heldAsJudged(period, state, ctx);
  const broken = isBroken(period, promised, held);
  const next = { ...row, next: period.next };
  if (broken === null) return next;
  if (!broken) return { ...next, brokenInRow: 0 };
  return withBroken(next, period, { promised, held: held.meetings, minutes: held.minutes }, state, ctx);
}

/** The row with a broken period: it goes on with the open case, or opens another. */
function withBroken(
  row: JudgedRow,
  { from, to, judgedAt, promise, next }: Period,
  figures: Pick<BrokenPeriod, 'promised' | 'held' | 'minutes'>,
  state: MeetingsState,
  ctx: PairContext,
): JudgedRow {
  const ended = row.named.length > 0 ? resolvedAt(promiseCaseKey(row, ctx), state) : 0;
  const isOpen = ended === null || ended > judgedAt;
  const inRow = row.brokenInRow + 1;
  const isTold = !isOpen || inRow % toldAgainEvery === 0;
  const before = isOpen ? row.told.filter((item) => item.judgedAt > judgedAt - staysToldFor) : [];
  return {
    next,
    brokenInRow: inRow,
    named: isOpen ? [...row.named, from] : [from],
    openedAt: isOpen ? row.openedAt : judgedAt,
    told: isTold ? [...before, { from, to, judgedAt, kind: promise.kind, ...figures, inRow }] : before,
    last: { next, inRow },
  };
}

/** Longer than mail to staff is of use. */
const staysToldFor = 14 * DAY;

/** The row at `now`: what was said of it, and the periods that were judged since. */
export function rowAt(now: Instant, state: MeetingsState, ctx: PairContext, holds: Hold[]): JudgedRow {
  let { row } = state;
  for (const period of periodsFrom(row.next ?? firstDay(ctx), now, ctx)) {
    if (period.judgedAt <= now) row = judge(row, period, state, ctx, holds);
  }
  return row;
}

/** So far ahead the next judgement that matters is looked for. */
const lookedAhead = 70 * DAY;

/** When the next period is judged that would be broken as things stand; where none is in sight, when to look again. */
export function nextJudgement(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): Instant | null {
  const periods = periodsFrom(state.row.next ?? firstDay(ctx), now + lookedAhead, ctx);
  const upcoming = periods.filter(({ judgedAt }) => judgedAt > now);
  const broken = upcoming.find((period) =>
    isBroken(period, promisedIn(period, ctx, holds), heldAsJudged(period, state, ctx)),
  );
  return (broken ?? upcoming.at(-1))?.judgedAt ?? null;
}

/** What is still to come reaches no period that was judged so long ago. */
const settledAfter = 60 * DAY;

/** The row with every period in it that nothing can change any more. */
export function settledRow(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): JudgedRow {
  return rowAt(now - settledAfter, state, ctx, holds);
}

/** When the first period begins that is still judged from the reports; null where none is. */
export function unsettledFrom(row: JudgedRow, now: Instant, ctx: PairContext): Instant | null {
  return periodsFrom(row.next ?? firstDay(ctx), now, ctx)[0]?.startsAt ?? null;
}
