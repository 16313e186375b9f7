import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Hold, MessageStep, Step } from '../../step.ts';
import { DAY, type Instant } from '../../time.ts';
import { type PairContext, staffOf } from '../context.ts';
import { leadsOf } from '../leads.ts';
import type { JudgedRow, MeetingReport, MeetingsState } from './facts.ts';
import { meetingsOf } from './meetings.ts';
import { firstDay, type Period, periodsFrom, promisedIn } from './periods.ts';

/** Whether what the program promises each pair was kept, judged once a period after its grace (K9). */

/** Every so many periods in a row staff are told again. */
const toldAgainEvery = 3;
/** A case names so many of its periods at most. */
const namedAtMost = 26;

/** What was held in a period. */
export interface Held {
  meetings: number;
  minutes: number;
}

/** What was worked out of a list of reports, by period and instant; a memory only, nothing depends on it. */
const known = new WeakMap<MeetingReport[], { retracted: MeetingsState['retracted']; held: Map<string, Held> }>();

/** Meetings held within a period, by what had come until `knownBy`. */
export function heldIn(period: Period, state: MeetingsState, ctx: PairContext, knownBy?: Instant): Held {
  const { reports, retracted } = state;
  let memory = known.get(reports);
  if (memory?.retracted !== retracted) {
    memory = { retracted, held: new Map() };
    known.set(reports, memory);
  }
  const name = `${period.startsAt} ${period.endsAt} ${knownBy ?? ''}`;
  const held = memory.held.get(name) ?? counted(period, state, ctx, knownBy);
  memory.held.set(name, held);
  return held;
}

function counted({ startsAt, endsAt }: Period, state: MeetingsState, ctx: PairContext, knownBy?: Instant): Held {
  const held = meetingsOf(state, ctx, knownBy).filter(
    ({ occurred, at }) => occurred === true && startsAt <= at && at < endsAt,
  );
  return { meetings: held.length, minutes: held.reduce((sum, { minutes }) => sum + minutes, 0) };
}

/** Whether less was held than promised; a period without a promise is neither kept nor broken. */
export function isBroken(period: Period, promised: number, held: Held): boolean | null {
  if (promised === 0) return null;
  return period.promise.kind === 'count' ? held.meetings < promised : held.minutes < promised * 60;
}

function caseKeyOf(named: string[], ctx: PairContext): string {
  return `${ctx.pairId}/${named[0]}/promise-broken`;
}

/** When staff ended the case that names these periods. */
function resolvedAt(named: string[], state: MeetingsState, ctx: PairContext): Instant | null {
  const key = caseKeyOf(named, ctx);
  return state.resolved.find((fact) => fact.caseKey === key)?.at ?? null;
}

interface Mail {
  period: Period;
  promised: number;
  held: Held;
  inRow: number;
}

/** The row with one more period judged, and the mail that this brings. */
function judge(
  row: JudgedRow,
  period: Period,
  state: MeetingsState,
  ctx: PairContext,
  holds: Hold[],
): [JudgedRow, Mail | null] {
  const promised = promisedIn(period, ctx, holds);
  const held = heldIn(period, state, ctx, period.judgedAt);
  const broken = isBroken(period, promised, held);
  const next = { ...row, next: period.to };
  if (broken === null) return [next, null];
  if (!broken) return [{ ...next, brokenInRow: 0 }, null];
  const ended = row.named.length > 0 ? resolvedAt(row.named, state, ctx) : 0;
  const isOpen = ended === null || ended > period.judgedAt;
  const inRow = row.brokenInRow + 1;
  const named = isOpen ? [...row.named, period.from] : [period.from];
  const opened = { ...next, brokenInRow: inRow, named, openedAt: isOpen ? row.openedAt : period.judgedAt };
  const isTold = !isOpen || inRow % toldAgainEvery === 0;
  return [opened, isTold ? { period, promised, held, inRow } : null];
}

/** The periods that were judged by `now` and are not part of the remembered row yet. */
function judgedBy(now: Instant, state: MeetingsState, ctx: PairContext): Period[] {
  const from = state.row.next ?? firstDay(ctx);
  const periods = periodsFrom(from, now, ctx).filter(({ judgedAt }) => judgedAt <= now);
  return state.row.next === null ? periods : periods.filter(({ to }) => to > from);
}

function judged(
  now: Instant,
  state: MeetingsState,
  ctx: PairContext,
  holds: Hold[],
): { row: JudgedRow; mails: Mail[] } {
  let { row } = state;
  const mails: Mail[] = [];
  for (const period of judgedBy(now, state, ctx)) {
    const [next, mail] = judge(row, period, state, ctx, holds);
    row = next;
    if (mail) mails.push(mail);
  }
  return { row, mails };
}

/** The open case of broken periods, and the mail about those that staff are told of. */
export function duePromise(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): Step[] {
  const { row, mails } = judged(now, state, ctx, holds);
  const open = row.named.length > 0 && resolvedAt(row.named, state, ctx) === null;
  const told = mails.filter(({ period }) => now < period.judgedAt + staffMailFor);
  return open ? [caseOf(row, ctx), ...told.flatMap((mail) => mailsOf(mail, ctx))] : [];
}

function caseOf({ named, openedAt }: JudgedRow, ctx: PairContext): CaseStep {
  const later = named.slice(1).slice(-namedAtMost);
  return {
    kind: 'case',
    key: caseKeyOf(named, ctx),
    caseKind: 'promise-broken',
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'promise_broken',
    openedAt,
    facts: [],
    details: { periods: named.length, from: named[0] },
    lines: later.map((from) => ({ code: 'broken_again', ref: from })),
  };
}

function mailsOf({ period, promised, held, inRow }: Mail, ctx: PairContext): MessageStep[] {
  const { from, to, promise, judgedAt } = period;
  const figures = { from, to, kind: promise.kind, promised, held: held.meetings, minutes: held.minutes, inRow };
  const fields = { ...figures, mentorId: ctx.mentorId, menteeId: ctx.menteeId };
  const key = `${ctx.pairId}/${from}/promise-broken`;
  return leadsOf(ctx, ['coordinator']).map((reader) => ({
    ...staffMail(key, reader, 'promise-broken', judgedAt, fields, { rule: 'K9', facts: [] }),
    planned: true,
  }));
}

/** When the next period is judged. */
export function nextJudgement(state: MeetingsState, now: Instant, ctx: PairContext): Instant | null {
  const from = state.row.next ?? firstDay(ctx);
  const upcoming = periodsFrom(from, now, ctx).filter(({ judgedAt }) => judgedAt > now);
  return upcoming.length > 0 ? Math.min(...upcoming.map(({ judgedAt }) => judgedAt)) : null;
}

/** No fact that is still to come reaches a period that was judged so long ago. */
const settledAfter = 100 * DAY;

/** The row with every period in it that nothing can change any more. */
export function settledRow(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): JudgedRow {
  return judged(now - settledAfter, state, ctx, holds).row;
}
