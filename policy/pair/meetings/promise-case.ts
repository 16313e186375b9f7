import type { CivilDate } from '../../program.ts';
import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Hold, MessageStep, Step } from '../../step.ts';
import type { Instant } from '../../time.ts';
import { type PairContext, staffOf } from '../context.ts';
import { leadsOf } from '../leads.ts';
import {
  caseNames,
  type JudgedRow,
  type LastBroken,
  type MeetingsState,
  promiseCaseKey,
  promiseKeyFrom,
  resolvedAt,
} from './facts.ts';
import { type BrokenPeriod, rowAt } from './judgements.ts';

/** What staff hear of promises that were not kept: one case at a time, and little mail (K9). */

/** A case names so many of its later periods at most. */
const namedAtMost = 26;

/** The open case of broken periods, and the mail about those that staff are told of. */
export function duePromise(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): Step[] {
  const row = rowAt(now, state, ctx, holds);
  if (row.named.length === 0 || resolvedAt(promiseCaseKey(row, ctx), state) !== null) return [];
  const told = row.told.filter(({ judgedAt }) => now < judgedAt + staffMailFor);
  return [caseOf(row, ctx), ...told.flatMap((period) => mailsOf(period, ctx))];
}

function caseOf(row: JudgedRow, ctx: PairContext): CaseStep {
  const { named, openedAt, told, last } = row;
  return {
    kind: 'case',
    key: promiseCaseKey(row, ctx),
    caseKind: caseNames.promise,
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'promise_broken',
    openedAt,
    facts: [],
    details: { from: named[0], periods: named.length, told, last },
    lines: named
      .slice(1)
      .slice(-namedAtMost)
      .map((from) => ({ code: 'broken_again', ref: from })),
  };
}

/**
 * Remembers the judgements that a case was said with: they stay although somebody's leave, or the end of a case that
 * excuses a pair, becomes known later.
 */
export function withSaidPromise(state: MeetingsState, step: Step): MeetingsState {
  if (step.kind !== 'case' || step.caseKind !== caseNames.promise) return state;
  const { from, told, last } = step.details as { from: CivilDate; told: BrokenPeriod[]; last: LastBroken };
  const { row } = state;
  const known = row.named[0] === from ? row.named : [from];
  const added = step.lines.map(({ ref }) => ref).filter((ref) => !known.includes(ref));
  const said = { named: [...known, ...added], openedAt: step.openedAt, told, last };
  // A case that is said again, to other staff perhaps, takes back no period that was settled since.
  if (row.next !== null && row.next > last.next) return { ...state, row: { ...row, ...said } };
  return { ...state, row: { ...said, next: last.next, brokenInRow: last.inRow } };
}

function mailsOf(period: BrokenPeriod, ctx: PairContext): MessageStep[] {
  const { from, judgedAt, ...figures } = period;
  const fields = { from, ...figures, mentorId: ctx.mentorId, menteeId: ctx.menteeId };
  const key = promiseKeyFrom(from, ctx);
  // It gathers with the mail about other pairs that is decided in the same minute, so that one list goes (M4).
  return leadsOf(ctx, ['coordinator']).map((reader) =>
    staffMail(key, reader, 'promise-broken', judgedAt, fields, { rule: 'K9', facts: [] }),
  );
}
