import { eventIdOf } from '../../event.ts';
import type { CivilDate } from '../../program.ts';
import type { Hold, PairRecord, RecordSet } from '../../step.ts';
import { addDays, dateOf, type Instant } from '../../time.ts';
import { type PairContext, zoneOf } from '../context.ts';
import { type CheckIn, checkInsOf, daysFrom, respondents } from './check-ins.ts';
import { type CheckInsState, type Contact, isLive, onSince } from './facts.ts';
import { checkInIdOf } from './messages.ts';
import type { CheckInRecord } from './state-at.ts';

/** Late facts and changes of policy reach no further back. */
const recordedDaysBack = 100;
/** So much further back a contact may have satisfied another check-in than those that are recorded. */
const lookedBackDays = 160;

/** The check-ins of the last months and each respondent's next one, for lists and the standards export (K12). */
export function checkInRecords(state: CheckInsState, now: Instant, ctx: PairContext, holds: Hold[]): RecordSet[] {
  if (onSince(state, ctx) === null) return [];
  const today = dateOf(now, zoneOf(ctx));
  const from = addDays(today, -recordedDaysBack);
  const days = daysFrom(addDays(today, -lookedBackDays), now, state, ctx);
  const items = respondents.flatMap((respondent) => {
    const checkIns = checkInsOf(respondent, days, state, ctx, holds, { history: true });
    return withOneAhead(checkIns, today).filter(({ day }) => day.dueOn >= from);
  });
  return [{ kind: 'check-in', from, items: items.map((item) => recordOf(item, ctx)) }];
}

function withOneAhead(checkIns: CheckIn[], today: CivilDate): CheckIn[] {
  const next = checkIns.findIndex(({ day }) => day.opensOn > today);
  return next < 0 ? checkIns : checkIns.slice(0, next + 1);
}

function recordOf(checkIn: CheckIn, ctx: PairContext): PairRecord {
  const { day, respondent, personId, contact, excused } = checkIn;
  const data: CheckInRecord = {
    id: checkInIdOf(checkIn, ctx),
    respondent,
    dueOn: day.dueOn,
    opensOn: day.opensOn,
    closesOn: day.closesOn,
    askAt: day.askAt,
    zone: zoneOf(ctx),
    contact: contact && contactOf(contact),
    excused,
    live: contact !== null && isLive(contact.mode),
    policyVersion: day.version,
  };
  return { key: `${day.dueOn}/${respondent}`, personId, day: day.dueOn, data: { ...data } };
}

function contactOf({ ref, at, mode, by }: Contact): CheckInRecord['contact'] {
  return { id: eventIdOf(ref), ref, at, mode, by };
}
