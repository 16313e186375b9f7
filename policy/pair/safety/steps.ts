import { eventIdOf } from '../../event.ts';
import { type Alarm, callsAt, toldMore, whoHearsMore } from '../../safety/alerts.ts';
import { type Climb, type Rung, rungsAt } from '../../safety/ladder.ts';
import type { CaseLine, CaseStep, MessageStep } from '../../step.ts';
import type { Instant } from '../../time.ts';
import { type PairContext, policyAt, staffOf } from '../context.ts';
import { personOf } from '../facts.ts';
import { type SafetyCase, seenSince } from './cases.ts';
import { type Concern, pairLadder, type SafetyState } from './facts.ts';

/** What a safety case asks for: that it is open, and that somebody is called until one answers (K6). */

/** By the version under which an alarm began: who waits longer under a later one would be called twice, or not at all (V7). */
export function climbOf({ calling }: SafetyCase, ctx: PairContext): Climb {
  const { from, byDay } = calling;
  return { from, byDay, zone: ctx.programZone, minutes: policyAt(from, ctx).policy.safety.climbMinutes };
}

/** Who worries; null for staff. */
function worriedIn({ role, personId }: Concern, ctx: PairContext): string | null {
  return personId ?? (role === null ? null : personOf(role, ctx));
}

function alarmOf(item: SafetyCase, concern: Concern, ctx: PairContext): Omit<Alarm, 'climb'> {
  const { cause, code, role, openedBy, at, ref } = concern;
  return {
    prefix: `${ctx.pairId}/${ref}`,
    fields: {
      caseId: item.caseId,
      cause,
      code,
      role,
      personId: worriedIn(concern, ctx),
      openedBy,
      raisedAt: at,
      mentorId: ctx.mentorId,
      menteeId: ctx.menteeId,
    },
    because: { rule: 'K6', facts: [ref] },
  };
}

/** The messages that stand for an open case: calls until somebody has answered, then one to them for each further concern. */
export function messagesFor(item: SafetyCase, now: Instant, state: SafetyState, ctx: PairContext): MessageStep[] {
  const ladder = pairLadder(ctx);
  const { acknowledged, calling } = item;
  if (acknowledged === null) {
    const alarm = { ...alarmOf(item, calling.concern, ctx), climb: climbOf(item, ctx) };
    return callsAt(alarm, ladder, now);
  }
  const readers = whoHearsMore(acknowledged.by, ladder);
  return item.attached
    .filter((concern) => isNewsTo(acknowledged, concern, state))
    .flatMap((concern) => toldMore(alarmOf(item, concern, ctx), readers, Math.max(concern.at, acknowledged.at), now));
}

/** Whether somebody who has answered cannot have seen a concern by then, and did not record it. */
function isNewsTo(acknowledged: { by: string; at: Instant }, concern: Concern, state: SafetyState): boolean {
  if (concern.knownTo === acknowledged.by) return false;
  const since = seenSince(concern, state);
  return since === null || since > acknowledged.at;
}

/** Who is called next, and when; null when nobody has to be, or nobody is there. */
export function nextCallOf(item: SafetyCase, now: Instant, ctx: PairContext): (Rung & { personId: string }) | null {
  const ladder = pairLadder(ctx);
  if (item.acknowledged !== null || ladder.length === 0) return null;
  const { due, next } = rungsAt(climbOf(item, ctx), now, 1);
  const k = (due[0]?.k ?? -1) + 1;
  return { k, at: next, personId: ladder[k % ladder.length] as string };
}

/** The case as it stands, for one that this pair opens itself. */
export function caseStepOf(
  item: SafetyCase & { key: string },
  now: Instant,
  state: SafetyState,
  ctx: PairContext,
): CaseStep {
  const { opener, attached, acknowledged, calling } = item;
  const personId = worriedIn(opener, ctx);
  const again = calling.concern === opener ? {} : { callingSince: calling.from };
  return {
    kind: 'case',
    key: item.key,
    caseKind: 'safety',
    ...(personId !== null && { personId }),
    assignee: acknowledged?.by ?? pairLadder(ctx)[0] ?? staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: opener.cause,
    openedAt: item.openedAt,
    facts: [opener, ...attached].map(({ ref }) => ref),
    details: { ...(opener.code !== null && { keyword: opener.code }), ...again },
    lines: linesOf(item, now, state, ctx),
    ...(acknowledged && { acknowledged }),
  };
}

function linesOf(item: SafetyCase, now: Instant, state: SafetyState, ctx: PairContext): CaseLine[] {
  const { opener, attached, acknowledged } = item;
  const refs = [opener, ...attached].map(({ ref }) => ref);
  const lines: CaseLine[] = attached.map(({ ref }) => ({ code: 'concern_again', ref: eventIdOf(ref) }));
  for (const { retracts } of state.retractions)
    if (refs.includes(retracts)) lines.push({ code: 'retracted', ref: eventIdOf(retracts) });
  const recorder = [opener, ...attached].find(({ knownTo }) => knownTo !== null && knownTo === acknowledged?.by);
  if (recorder?.knownTo) lines.push({ code: 'recorded_by', ref: recorder.knownTo });
  if (acknowledged === null) lines.push(...calledLines(item, now, ctx));
  return lines;
}

/** One line for each call, also where it is of no use any more: what was called is told for good. */
function calledLines(item: SafetyCase, now: Instant, ctx: PairContext): CaseLine[] {
  const { concern } = item.calling;
  const again = concern === item.opener ? '' : `${eventIdOf(concern.ref)}-`;
  const { due } = rungsAt(climbOf(item, ctx), now, pairLadder(ctx).length);
  return due.map(({ k }) => ({ code: 'called', ref: `${again}${k}` }));
}
