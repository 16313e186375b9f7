import type { CivilDate } from '../../program.ts';
import type { SurveysPolicy } from '../../sections/surveys.ts';
import type { Hold } from '../../step.ts';
import { addCivilDays, addDays, DAY, dateOf, dayOf, type Instant, instantOf } from '../../time.ts';
import { covers, decideAt, type PairContext, policyAt, zoneOf } from '../context.ts';
import { personOf } from '../facts.ts';
import { type AskedSurvey, isTakenBack, type MeetingReport, type SurveysState } from './facts.ts';

/** When the two are to be asked how it goes (S2): some days after the match, then again and again, and after meetings. */

export interface Occasion {
  date: CivilDate;
  slot: Instant;
  instrument: 'mqs' | 'post_meeting';
  /** The meeting that it follows. */
  facts: string[];
}

export type Asked = 'mentor' | 'mentee';

const askedAt = '09:00';
/** A person is asked at most once in so many days. */
const apartDays = 14;
/** A question stands for so many days. */
const standsDays = 14;
/** Who has answered so many days before is not asked. */
const answeredBeforeDays = 7;
/** A meeting that is told of later than this is not asked about. */
const meetingNewsDays = 7;

/** Days from one regular survey to the next: no more often than a person may be asked. */
function everyDaysOf({ everyDays }: SurveysPolicy): number {
  return everyDays * Math.max(1, Math.ceil(apartDays / everyDays));
}

/** Whole days from one civil day to another; negative where the second is earlier. */
function daysFrom(earlier: CivilDate, later: CivilDate): number {
  return (Date.parse(later) - Date.parse(earlier)) / DAY;
}

/** The first day of the regular rhythm at or after `from`. */
function regularFrom(from: CivilDate, section: SurveysPolicy, ctx: PairContext): CivilDate {
  const first = addDays(dateOf(ctx.matchedAt, zoneOf(ctx)), section.firstAfterDays);
  const every = everyDaysOf(section);
  const rounds = Math.max(0, Math.ceil(daysFrom(first, from) / every));
  return addDays(first, rounds * every);
}

function occasionOn(date: CivilDate, instrument: Occasion['instrument'], facts: string[], ctx: PairContext): Occasion {
  return { date, slot: instantOf(date, askedAt, zoneOf(ctx)), instrument, facts };
}

/** The regular occasions from one day to another, each by the version in force at it (V7). */
function regularOccasions(from: CivilDate, to: CivilDate, ctx: PairContext): Occasion[] {
  const occasions: Occasion[] = [];
  for (const { policy } of ctx.policies) {
    const section = policy.surveys;
    if (!section) continue;
    for (let day = regularFrom(from, section, ctx); day <= to; day = regularFrom(addDays(day, 1), section, ctx)) {
      const occasion = occasionOn(day, 'mqs', [], ctx);
      if (policyAt(occasion.slot, ctx).policy.surveys === section) occasions.push(occasion);
    }
  }
  return occasions;
}

/** What follows a meeting on the day after it, or after the day on which it was told of; the regular surveys come first. */
function occasionAfter(meeting: MeetingReport, ctx: PairContext): Occasion | null {
  const zone = zoneOf(ctx);
  if (dayOf(meeting.receivedAt, zone) - dayOf(meeting.at, zone) > meetingNewsDays) return null;
  const day = addDays(dateOf(Math.max(meeting.at, meeting.receivedAt), zone), 1);
  const occasion = occasionOn(day, 'post_meeting', [meeting.ref], ctx);
  const section = policyAt(occasion.slot, ctx).policy.surveys;
  if (!section?.afterMeeting) return null;
  return daysFrom(day, regularFrom(day, section, ctx)) < apartDays ? null : occasion;
}

/** Every occasion from one day to another, oldest first; one a day. */
export function occasionsOf(from: CivilDate, to: CivilDate, state: SurveysState, ctx: PairContext): Occasion[] {
  const byDate = new Map<CivilDate, Occasion>();
  for (const meeting of state.meetings) {
    const occasion = isTakenBack(state, meeting.ref) ? null : occasionAfter(meeting, ctx);
    if (occasion && occasion.date >= from && occasion.date <= to && !byDate.has(occasion.date))
      byDate.set(occasion.date, occasion);
  }
  for (const occasion of regularOccasions(from, to, ctx)) byDate.set(occasion.date, occasion);
  return [...byDate.values()].sort((a, b) => a.slot - b.slot);
}

/** Until when an occasion's question stands: asked once, and not for ever. */
export function expiryOf({ slot }: Pick<Occasion, 'slot'>, ctx: PairContext): Instant {
  return addCivilDays(slot, standsDays, zoneOf(ctx));
}

/** Whether somebody has answered a survey shortly before an occasion, or since. */
function hasAnswered(role: Asked, { slot }: Occasion, state: SurveysState, ctx: PairContext): boolean {
  const since = addCivilDays(slot, -answeredBeforeDays, zoneOf(ctx));
  const personId = personOf(role, ctx);
  return state.answers.some(
    (answer) => answer.personId === personId && answer.acts && answer.at >= since && !isTakenBack(state, answer.ref),
  );
}

function isHeld({ slot }: Occasion, holds: Hold[]): boolean {
  return holds.some((hold) => (hold.kind === 'automated' || hold.kind === 'all') && covers(hold, slot));
}

/** Whether somebody is asked within the same days on another occasion. */
function isCrowded({ date }: Occasion, asked: CivilDate[]): boolean {
  return asked.some((other) => other !== date && Math.abs(daysFrom(other, date)) < apartDays);
}

/**
 * The occasions among these on which somebody is asked: not before the pair was known here (V9), not while it is held, not
 * who has answered, and not too often. Given oldest first.
 */
export function askedOn(
  occasions: Occasion[],
  role: Asked,
  state: SurveysState,
  ctx: PairContext,
  holds: Hold[],
): Occasion[] {
  const zone = zoneOf(ctx);
  const asked = state.asked.filter((item) => item.role === role).map(({ slot }) => dateOf(slot, zone));
  return occasions.filter((occasion) => {
    if (occasion.slot < ctx.createdAt || isHeld(occasion, holds) || isCrowded(occasion, asked)) return false;
    if (hasAnswered(role, occasion, state, ctx)) return false;
    asked.push(occasion.date);
    return true;
  });
}

/** What was asked is remembered for as long as it keeps others away. */
export function withAsked(asked: AskedSurvey[], item: AskedSurvey, now: Instant): AskedSurvey[] {
  if (asked.some(({ role, slot }) => role === item.role && slot === item.slot)) return asked;
  const kept = asked.filter(({ slot }) => slot > now - 2 * (apartDays + standsDays) * DAY);
  return [...kept, item].sort((a, b) => a.slot - b.slot || (a.role < b.role ? -1 : 1));
}

/** The days whose occasions may stand, or be decided, at `now`. */
export function daysAround(now: Instant, ctx: PairContext): { from: CivilDate; to: CivilDate } {
  const today = dateOf(now, zoneOf(ctx));
  return { from: addDays(today, -standsDays - 1), to: addDays(today, 2) };
}

/** The first occasion of somebody that is decided after `now`. */
export function nextDecision(now: Instant, state: SurveysState, ctx: PairContext, holds: Hold[]): Instant | null {
  const zone = zoneOf(ctx);
  const today = dateOf(now, zone);
  const section = policyAt(now, ctx).policy.surveys;
  if (!section) return null;
  // The next regular one may be decided, or answered already; those before the last hold ends are not asked.
  const free = holds.reduce((latest, { until }) => Math.max(latest, until ?? 0), now);
  const far = regularFrom(addDays(regularFrom(addDays(dateOf(free, zone), 2), section, ctx), 1), section, ctx);
  const occasions = occasionsOf(today, far, state, ctx).filter(({ slot }) => decideAt(slot, ctx) > now);
  const [first] = (['mentor', 'mentee'] as const)
    .flatMap((role) => askedOn(occasions, role, state, ctx, holds).slice(0, 1))
    .sort((a, b) => a.slot - b.slot);
  return first ? decideAt(first.slot, ctx) : null;
}
