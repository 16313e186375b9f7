import type { CivilDate } from '../../program.ts';
import type { Respondent } from '../../sections/check-ins.ts';
import { nextListAt, staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Hold, MessageStep, Step } from '../../step.ts';
import { addDays, addMonths, dateOf, type Instant, instantOf } from '../../time.ts';
import { type PairContext, type PolicyInForce, policyAt, staffOf, zoneOf } from '../context.ts';
import { personOf } from '../facts.ts';
import { leadsOf } from '../leads.ts';
import type { Told } from './cadence.ts';
import { askedAs } from './check-ins.ts';
import { type CheckInsState, contactsOf, isLive, onSince, resolvedAt } from './facts.ts';
import { afterHolds } from './holds.ts';

/** Contact by phone, video or in person, once a quarter at least, asked for in time (K4). */

const topic = 'live-contact';
const askedDaysBeforeEnd = 14;
const monthsOfQuarter = 3;

/** Three months of a match, counted from its day and clamped to the month's end. */
interface Quarter {
  startsOn: CivilDate;
  /** The first day of the next one. */
  endsOn: CivilDate;
  startsAt: Instant;
  endsAt: Instant;
  /** When a missing contact is asked for; holds aside. */
  asked: Told;
}

/** What a match and its zones make of quarters; a memory only, nothing depends on it. */
interface Computed {
  key: string;
  quarters: Quarter[];
}

const known = new WeakMap<PolicyInForce[], Computed>();

/** The quarter of a match that holds an instant, and the one after it. */
function quartersAt(now: Instant, ctx: PairContext): [Quarter, Quarter] {
  const zone = zoneOf(ctx);
  const key = `${ctx.matchedAt} ${zone} ${ctx.programZone}`;
  const before = known.get(ctx.policies);
  const { quarters } = before?.key === key ? before : { quarters: [] };
  known.set(ctx.policies, { key, quarters });
  for (let number = 0; ; number++) {
    quarters[number] ??= quarterOf(number, ctx);
    quarters[number + 1] ??= quarterOf(number + 1, ctx);
    const [present, next] = [quarters[number] as Quarter, quarters[number + 1] as Quarter];
    if (now < present.endsAt) return [present, next];
  }
}

function quarterOf(number: number, ctx: PairContext): Quarter {
  const zone = zoneOf(ctx);
  const matchedOn = dateOf(ctx.matchedAt, zone);
  const [startsOn, endsOn] = [number, number + 1].map((quarters) =>
    addMonths(matchedOn, monthsOfQuarter * quarters),
  ) as [CivilDate, CivilDate];
  const from = instantOf(addDays(endsOn, -askedDaysBeforeEnd), '00:00', zone);
  return {
    startsOn,
    endsOn,
    startsAt: instantOf(startsOn, '00:00', zone),
    endsAt: instantOf(endsOn, '00:00', zone),
    asked: { from, at: nextListAt(from, ctx.programZone) },
  };
}

/** When the contact of a quarter is asked for; null where it is not, since that was due before the pair was known (V9). */
function askedFor({ asked, endsAt }: Quarter, state: CheckInsState, ctx: PairContext, holds: Hold[]): Told | null {
  const since = onSince(state, ctx);
  if (since === null || asked.from < Math.max(since, ctx.createdAt)) return null;
  const told = afterHolds(asked, holds, ctx);
  return told !== null && told.at < endsAt ? told : null;
}

function isMissing(respondent: Respondent, quarter: Quarter, state: CheckInsState, ctx: PairContext): boolean {
  const section = policyAt(quarter.asked.from, ctx).policy.checkIns;
  if (!section || askedAs(respondent, section, ctx) === null) return false;
  const { startsAt, endsAt } = quarter;
  const live = contactsOf(state, respondent, { history: false }).filter(
    ({ mode, at }) => isLive(mode) && startsAt <= at && at < endsAt,
  );
  return live.length < section.livePerQuarter;
}

/** A case and a mail to the coordinator for a respondent with whom nobody has spoken this quarter, until it ends. */
export function dueLiveContact(
  respondent: Respondent,
  state: CheckInsState,
  now: Instant,
  ctx: PairContext,
  holds: Hold[],
): Step[] {
  const [quarter] = quartersAt(now, ctx);
  const told = askedFor(quarter, state, ctx, holds);
  if (told === null || now < told.from || !isMissing(respondent, quarter, state, ctx)) return [];
  if (told.at <= resolvedAt(`${topic}/${respondent}`, state)) return [];
  const mails = mailsOf(respondent, quarter, told, now, ctx);
  return now < told.at ? mails : [caseOf(respondent, quarter, told, ctx), ...mails];
}

function caseOf(respondent: Respondent, quarter: Quarter, { at }: Told, ctx: PairContext): CaseStep {
  return {
    kind: 'case',
    key: `${ctx.pairId}/${quarter.startsOn}/${topic}/${respondent}`,
    caseKind: 'check-in-overdue',
    personId: personOf(respondent, ctx) as string,
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'live_contact_missing',
    openedAt: at,
    facts: [],
    details: { respondent, dueOn: lastDayOf(quarter) },
    lines: [],
  };
}

function lastDayOf({ endsOn }: Quarter): CivilDate {
  return addDays(endsOn, -1);
}

function mailsOf(
  respondent: Respondent,
  quarter: Quarter,
  { at }: Told,
  now: Instant,
  ctx: PairContext,
): MessageStep[] {
  if (now >= at + staffMailFor) return [];
  const stepKey = `${ctx.pairId}/${quarter.startsOn}/${topic}-${respondent}`;
  const personId = personOf(respondent, ctx);
  const about = { respondent, personId, dueOn: lastDayOf(quarter), mentorId: ctx.mentorId, menteeId: ctx.menteeId };
  return leadsOf(ctx, ['coordinator']).map((reader) => ({
    ...staffMail(stepKey, reader, 'check-in-overdue', at, about, { rule: 'K4', facts: [] }),
    variant: 'live',
    planned: true,
  }));
}

/** When the present quarter's and the next one's contact is judged missing and asked for, and when each quarter ends. */
export function liveContactInstants(now: Instant, state: CheckInsState, ctx: PairContext, holds: Hold[]): Instant[] {
  return quartersAt(now, ctx).flatMap((quarter) => {
    const told = askedFor(quarter, state, ctx, holds);
    return told === null ? [] : [told.from, told.at, quarter.endsAt];
  });
}
