import type { CivilDate, ProgramDocument } from '../program.ts';
import { addDays, DAY, dateOf, type Instant, instantOf, weekdayOf } from '../time.ts';

/** How a program feels, in numbers: what it looks at, and on which days (S6, S7). */

/** What was answered to surveys on some days. */
export interface SentimentCount {
  responses: number;
  /** The mean of all scores, each as a share of its scale; null where there is none. */
  mean: number | null;
  low: number;
}

/** How willingly people answer in one period. */
export interface Pace {
  /** Answers to surveys, and contacts of check-ins. */
  responses: number;
  /** Pairs that were neither paused nor over, on the average of the period. */
  activePairs: number;
  /** Messages that asked for answers, sent so early that these fall into the period. */
  asked: number;
}

/** How sentiment stands in a program; only what decisions of today look at. */
export interface SentimentInProgram {
  /** Civil day of the first answer to a survey; null before there is one. */
  firstOn: CivilDate | null;
  /** What the newest review is about: the days that end with its own, and as many before. Null before the first. */
  review: { on: CivilDate; lately: SentimentCount; before: SentimentCount } | null;
  /** The last periods, newest first; null but on the day on which they are judged. */
  pace: { on: CivilDate; periods: Pace[]; classHeld: boolean } | null;
  /** Keys of the program's tasks about its sentiment that nobody has done. */
  tasks: string[];
}

/** When a program looks at its sentiment, on the days on which it does, in its own zone. */
export const looksAt = '09:00';

/** The messages that ask for answers. */
export const askingTemplates = ['check-in', 'survey'] as const;
/** About how long people take to answer. */
export const answersTake = 3 * DAY;

/** A period of answers (S6). */
const periodDays = 14;
/** How many are compared. */
export const periodCount = 3;
/** After an outage of more than a day the pace is judged on the next Monday. */
const judgedWithin = DAY;

function lookOn(date: CivilDate, { zone }: Pick<ProgramDocument, 'zone'>): Instant {
  return instantOf(date, looksAt, zone);
}

/** The day of the newest review that is due at `now`, counted from the first answer; null before the first review (S7). */
export function reviewOn(now: Instant, firstOn: CivilDate | null, document: ProgramDocument): CivilDate | null {
  const next = nextReviewOn(now, firstOn, document);
  const days = document.policy.sentiment?.reviewDays;
  if (next === null || firstOn === null || days === undefined) return null;
  const last = addDays(next, -days);
  return last > firstOn ? last : null;
}

/** The day of the first review after `now`; null where there is none to come. */
export function nextReviewOn(now: Instant, firstOn: CivilDate | null, document: ProgramDocument): CivilDate | null {
  const days = document.policy.sentiment?.reviewDays;
  if (firstOn === null || days === undefined) return null;
  const today = dateOf(now, document.zone);
  const rounds = Math.max(1, Math.floor((Date.parse(today) - Date.parse(firstOn)) / DAY / days));
  const on = addDays(firstOn, rounds * days);
  return lookOn(on, document) > now ? on : addDays(on, days);
}

/** The instant of the first review after `now`. */
export function nextReviewAt(now: Instant, firstOn: CivilDate | null, document: ProgramDocument): Instant | null {
  const on = nextReviewOn(now, firstOn, document);
  return on === null ? null : lookOn(on, document);
}

/** The Monday on which the pace is judged at `now`; null on other days (S6). */
export function paceOn(now: Instant, document: ProgramDocument): CivilDate | null {
  for (const date of [dateOf(now, document.zone), addDays(dateOf(now, document.zone), -1)]) {
    const at = lookOn(date, document);
    if (weekdayOf(date) === 'monday' && at <= now && now <= at + judgedWithin) return date;
  }
  return null;
}

/** The next Monday's look after `now`. */
export function nextPaceAt(now: Instant, document: ProgramDocument): Instant {
  let date = dateOf(now, document.zone);
  while (weekdayOf(date) !== 'monday' || lookOn(date, document) <= now) date = addDays(date, 1);
  return lookOn(date, document);
}

/** Two civil days: the first that belongs to a span, and the first that does not any more. */
export interface Days {
  from: CivilDate;
  to: CivilDate;
}

/** The days that a review on a day is about, and those that it is compared with. */
export function reviewedDays(on: CivilDate, reviewDays: number): { lately: Days; before: Days } {
  const from = addDays(on, -reviewDays);
  return { lately: { from, to: on }, before: { from: addDays(from, -reviewDays), to: from } };
}

/** The periods before a Monday, newest first, as instants of the program's midnights. */
export function periodsBefore(on: CivilDate, zone: string): Array<{ from: Instant; to: Instant }> {
  return Array.from({ length: periodCount }, (_, index) => {
    const to = addDays(on, -periodDays * index);
    return { from: instantOf(addDays(to, -periodDays), '00:00', zone), to: instantOf(to, '00:00', zone) };
  });
}

/** The days of the newest period before a Monday. */
export function lastPeriodDays(on: CivilDate): Days {
  return { from: addDays(on, -periodDays), to: on };
}

/** A share to thousandths: a mean reads the same however it was added up. */
export function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}

/** A mean share of the scale as a word that people use of the weather (S7). */
export type Temperature = 'cold' | 'cool' | 'mild' | 'warm' | 'hot';

/** Above which share each begins; the ratings up to 0.4 are those that call for an intervention (S3). */
const temperatures: Array<[above: number, word: Temperature]> = [
  [0.85, 'hot'],
  [0.7, 'warm'],
  [0.55, 'mild'],
  [0.4, 'cool'],
];

/** The overall sentiment as a temperature; null where nobody has answered. */
export function temperatureOf(mean: number | null): Temperature | null {
  if (mean === null) return null;
  const share = rounded(mean);
  return temperatures.find(([above]) => share > above)?.[1] ?? 'cold';
}
