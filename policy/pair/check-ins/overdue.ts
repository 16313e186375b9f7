import type { Respondent } from '../../sections/check-ins.ts';
import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Hold, MessageStep, Step } from '../../step.ts';
import type { Instant } from '../../time.ts';
import { type PairContext, staffOf } from '../context.ts';
import { leadsOf } from '../leads.ts';
import type { Alert } from './cadence.ts';
import type { CheckIn } from './check-ins.ts';
import { type CheckInsState, lastContact, resolvedAt } from './facts.ts';
import { afterHolds } from './holds.ts';

/** What staff learn of a check-in that nobody has made (K3). */

const topic = 'check-in-overdue';

interface Overdue {
  checkIn: CheckIn;
  /** Never empty; the first opens the case. */
  alerts: [Alert, ...Alert[]];
}

/** A respondent's check-ins that are still owed: nobody made them, nothing excuses them, and nobody was in contact since. */
export function owed(respondent: Respondent, checkIns: CheckIn[], state: CheckInsState): CheckIn[] {
  const since = lastContact(respondent, state)?.at ?? Number.NEGATIVE_INFINITY;
  return checkIns.filter(({ contact, excused, day }) => !contact && !excused && since < day.closesAt);
}

/** When staff are told; what a hold put off until the next one is at hand is let go, with all that follows from it. */
function alertsOf({ day, nextOpensAt }: CheckIn, ctx: PairContext, holds: Hold[]): Alert[] {
  const alerts: Alert[] = [];
  for (const planned of day.alerts) {
    const told = afterHolds(planned, holds, ctx);
    if (told === null || (told !== planned && nextOpensAt !== null && told.at >= nextOpensAt)) break;
    alerts.push(told === planned ? planned : { ...planned, ...told });
  }
  return alerts;
}

/** What is owed and to be told; what was told before the last contact, or before staff ended the case, is settled. */
function unsettled(
  respondent: Respondent,
  checkIns: CheckIn[],
  state: CheckInsState,
  ctx: PairContext,
  holds: Hold[],
): Overdue[] {
  const since = lastContact(respondent, state)?.at ?? Number.NEGATIVE_INFINITY;
  const settled = Math.max(since, resolvedAt(`${topic}/${respondent}`, state));
  return owed(respondent, checkIns, state).flatMap((checkIn): Overdue[] => {
    const [first, ...others] = alertsOf(checkIn, ctx, holds);
    return first && first.at > settled ? [{ checkIn, alerts: [first, ...others] }] : [];
  });
}

/** A case says so many times that another one was missed: a year of them. */
const linesAtMost = 12;

function caseOf([first, ...others]: [Overdue, ...Overdue[]], ctx: PairContext): CaseStep {
  const { respondent, personId, day } = first.checkIn;
  return {
    kind: 'case',
    key: `${ctx.pairId}/${day.dueOn}/${topic}/${respondent}`,
    caseKind: topic,
    personId,
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'no_contact',
    openedAt: first.alerts[0].at,
    facts: [],
    details: { respondent, dueOn: day.dueOn },
    lines: others.slice(-linesAtMost).map(({ checkIn }) => ({ code: 'missed_again', ref: checkIn.day.dueOn })),
  };
}

/** Judged when the days are over, and sent with the list, so that all that is overdue lies together by then (M4). */
function mailsOf({ checkIn, alerts }: Overdue, now: Instant, ctx: PairContext): MessageStep[] {
  const { day, respondent, personId } = checkIn;
  return alerts.flatMap(({ from, at, number, days }) => {
    if (now < from || now >= at + staffMailFor) return [];
    const role = number === 1 ? 'coordinator' : 'supervisor';
    const stepKey = `${ctx.pairId}/${day.dueOn}/${topic}-${respondent}-${number}`;
    const fields = { respondent, personId, dueOn: day.dueOn, days, mentorId: ctx.mentorId, menteeId: ctx.menteeId };
    return leadsOf(ctx, [role]).map((reader) => ({
      ...staffMail(stepKey, reader, topic, at, fields, { rule: 'K3', facts: [] }),
      variant: 'regular',
      planned: true,
    }));
  });
}

/** What staff are told of a respondent's check-ins: one case at a time, and a mail for each to whoever is to know. */
export function dueOverdue(
  respondent: Respondent,
  checkIns: CheckIn[],
  state: CheckInsState,
  now: Instant,
  ctx: PairContext,
  holds: Hold[],
): Step[] {
  const judged = checkIns.filter(({ day }) => day.alerts.some(({ from }) => from <= now));
  const all = unsettled(respondent, judged, state, ctx, holds);
  const mails = all.flatMap((item) => mailsOf(item, now, ctx));
  const [first, ...others] = all.filter(({ alerts }) => alerts[0].at <= now);
  return first ? [caseOf([first, ...others], ctx), ...mails] : mails;
}

/** When one of these check-ins is judged overdue, and when staff are told. */
export function overdueInstants(
  respondent: Respondent,
  checkIns: CheckIn[],
  state: CheckInsState,
  ctx: PairContext,
  holds: Hold[],
): Instant[] {
  const all = unsettled(respondent, checkIns, state, ctx, holds);
  return all.flatMap(({ alerts }) => alerts.flatMap(({ from, at }) => [from, at]));
}
