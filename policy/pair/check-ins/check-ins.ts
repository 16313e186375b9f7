import type { CivilDate } from '../../program.ts';
import type { CheckInsPolicy, Respondent } from '../../sections/check-ins.ts';
import type { Hold } from '../../step.ts';
import { DAY, dateOf, type Instant } from '../../time.ts';
import { decideAt, type PairContext, zoneOf } from '../context.ts';
import { personOf } from '../facts.ts';
import { type DueDay, dueDays } from './cadence.ts';
import { type CheckInsState, type Contact, contactsOf, lastContact, onSince } from './facts.ts';
import { type Excuse, excuseOf } from './holds.ts';

/** One due contact with one respondent, with what satisfied it. */
export interface CheckIn {
  day: DueDay;
  respondent: Respondent;
  personId: string;
  contact: Contact | null;
  excused: Excuse | null;
  /** When the window of the respondent's next one opens; null where none is known. */
  nextOpensAt: Instant | null;
}

export const respondents: readonly Respondent[] = ['mentor', 'mentee', 'guardian'];

/** Who is asked as a respondent; null where nobody is: one person in two roles is asked once. */
export function askedAs(respondent: Respondent, section: CheckInsPolicy, ctx: PairContext): string | null {
  const personId = personOf(respondent, ctx);
  const first = respondents.find((role) => section.respondents.includes(role) && personOf(role, ctx) === personId);
  return first === respondent ? personId : null;
}

/** No month is longer. */
const MONTH = 31 * DAY;

/** The due days from one on, up to the first that is neither asked for nor open at `now`. */
export function daysFrom(from: CivilDate, now: Instant, state: CheckInsState, ctx: PairContext): DueDay[] {
  const since = onSince(state, ctx);
  if (since === null) return [];
  const months = Math.max(...ctx.policies.map(({ policy }) => policy.checkIns?.everyMonths ?? 0));
  const days = dueDays(from, dateOf(now + (months + 2) * MONTH, zoneOf(ctx)), since, ctx);
  const next = days.findIndex(({ askAt, opensAt }) => opensAt > now && decideAt(askAt, ctx) > now);
  return next < 0 ? days : days.slice(0, next + 1);
}

/** Every check-in of one respondent on these days, each with the contact that satisfied it (K3). */
export function checkInsOf(
  respondent: Respondent,
  days: DueDay[],
  state: CheckInsState,
  ctx: PairContext,
  holds: Hold[],
  counting: { history: boolean },
): CheckIn[] {
  const due = days.flatMap((day): CheckIn[] => {
    const personId = askedAs(respondent, day.section, ctx);
    return personId === null ? [] : [{ day, respondent, personId, contact: null, excused: null, nextOpensAt: null }];
  });
  for (const contact of contactsOf(state, respondent, counting)) assign(contact, due);
  due.forEach((item, index) => {
    item.nextOpensAt = due[index + 1]?.day.opensAt ?? null;
    item.excused = item.contact ? null : excuseOf(item.day, holds, ctx);
  });
  return due;
}

/**
 * A contact satisfies the earliest check-in whose window it falls into and that is not satisfied yet; where there is none, it
 * comes late for the one whose window has closed, until the next one's opens. It satisfies one alone.
 */
function assign(contact: Contact, due: CheckIn[]): void {
  const { at } = contact;
  let late: CheckIn | null = null;
  for (const [index, item] of due.entries()) {
    const { opensAt, closesAt } = item.day;
    if (item.contact || opensAt > at) continue;
    if (at < closesAt) {
      item.contact = contact;
      return;
    }
    const next = due[index + 1]?.day.opensAt ?? Number.POSITIVE_INFINITY;
    if (at < next) late ??= item;
  }
  if (late) late.contact = contact;
}

/** So long before the last contact others may tell on which check-in it satisfied. */
const lookedBack = 95 * DAY;

/**
 * A respondent's check-ins that may still matter at `now`, the next one among them: since the last contact with them, or
 * since the pair is known here. What came too late to act counts for nothing (E2).
 */
export function checkInsNow(
  respondent: Respondent,
  now: Instant,
  state: CheckInsState,
  ctx: PairContext,
  holds: Hold[],
): CheckIn[] {
  const since = lastContact(respondent, state)?.at ?? ctx.createdAt;
  const from = dateOf(since - lookedBack, zoneOf(ctx));
  return checkInsOf(respondent, daysFrom(from, now, state, ctx), state, ctx, holds, { history: false });
}
