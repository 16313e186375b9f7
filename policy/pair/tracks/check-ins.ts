import type { Hold, PlannedStep, Step } from '../../step.ts';
import { DAY, dateOf, earliestAfter, type Instant } from '../../time.ts';
import { dueDays } from '../check-ins/cadence.ts';
import { checkInsNow, checkInsOf, respondents } from '../check-ins/check-ins.ts';
import { type CheckInsState, compactContacts, noContacts, onSince, withContact } from '../check-ins/facts.ts';
import { dueGuardian, withGuardianTold } from '../check-ins/guardian.ts';
import { dueLiveContact, liveContactInstants } from '../check-ins/live-quarter.ts';
import { handOffs, isAsked, plannedQuestion, questionOf } from '../check-ins/messages.ts';
import { dueOverdue, overdueInstants, owed } from '../check-ins/overdue.ts';
import { checkInRecords } from '../check-ins/records.ts';
import { decideAt, type PairContext, policyNow, zoneOf } from '../context.ts';
import { openCasesIn } from '../open-cases.ts';
import type { Track } from '../track.ts';

/** Check-ins with mentor, mentee and guardian, each on their own (K1 to K5, K7, K11, K12). */
export const checkIns: Track<CheckInsState> = {
  open: noContacts,
  apply: withContact,
  due,
  performed: withGuardianTold,
  nextAt,
  holds: () => [],
  plan,
  view,
  compact: compactContacts,
  records: checkInRecords,
};

/** A section that is gone is off at once: nobody is asked, and nobody is told (V7). */
function isOn(ctx: PairContext): boolean {
  return policyNow(ctx).policy.checkIns !== undefined;
}

function due(state: CheckInsState, now: Instant, ctx: PairContext, holds: Hold[]): Step[] {
  if (!isOn(ctx)) return [];
  const steps: Step[] = [...dueGuardian(state, now, ctx), ...handOffs(state, now, ctx)];
  for (const respondent of respondents) {
    const all = checkInsNow(respondent, now, state, ctx, holds);
    steps.push(...all.filter((item) => isAsked(item, now, ctx)).map((item) => questionOf(item, ctx)));
    steps.push(...dueOverdue(respondent, all, state, now, ctx, holds));
    steps.push(...dueLiveContact(respondent, state, now, ctx, holds));
  }
  return steps;
}

function nextAt(state: CheckInsState, now: Instant, ctx: PairContext, holds: Hold[]): Instant | null {
  if (!isOn(ctx)) return null;
  const instants = liveContactInstants(now, state, ctx, holds);
  for (const respondent of respondents) {
    const all = checkInsNow(respondent, now, state, ctx, holds);
    instants.push(...all.map(({ day }) => decideAt(day.askAt, ctx)));
    instants.push(...overdueInstants(respondent, all, state, ctx, holds));
  }
  return earliestAfter(now, instants);
}

function plan(state: CheckInsState, now: Instant, until: Instant, ctx: PairContext, holds: Hold[]): PlannedStep[] {
  const since = onSince(state, ctx);
  if (!isOn(ctx) || since === null) return [];
  const zone = zoneOf(ctx);
  const days = dueDays(dateOf(now, zone), dateOf(until + 3 * DAY, zone), since, ctx);
  return respondents.flatMap((respondent) =>
    checkInsOf(respondent, days, state, ctx, holds, { history: false })
      .filter(({ day, contact, excused }) => !contact && !excused && day.askAt > now && day.askAt <= until)
      .map((item) => plannedQuestion(item, ctx)),
  );
}

function view(state: CheckInsState, now: Instant, ctx: PairContext, holds: Hold[]): Record<string, unknown> {
  if (!isOn(ctx)) return {};
  const today = dateOf(now, zoneOf(ctx));
  const next: Array<{ respondent: string; dueOn: string }> = [];
  let overdue = 0;
  for (const respondent of respondents) {
    const all = checkInsNow(respondent, now, state, ctx, holds);
    const ahead = all.find(({ day, contact, excused }) => !contact && !excused && day.dueOn >= today);
    if (ahead) next.push({ respondent, dueOn: ahead.day.dueOn });
    overdue += owed(respondent, all, state).filter(
      ({ day, nextOpensAt }) => day.dueEnds <= now && (nextOpensAt === null || nextOpensAt > now || day.closesAt > now),
    ).length;
  }
  return { checkIns: { next, overdue }, openCases: openCasesIn(due(state, now, ctx, holds)) };
}
