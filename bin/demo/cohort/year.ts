import type { CivilDate } from '../../../policy/program.ts';
import type { EventInput } from '../../../policy/simulate/documents.ts';
import { seeded } from '../../../policy/simulate/seeded.ts';
import { addDays, addMonths, DAY, instantOf, toRfc3339, weekdayOf } from '../../../policy/time.ts';
import { type CohortPair, staff, type Temper, zone } from './pairs.ts';

/** What the platform reports of a cohort over a school year; the same for the same seed. */

export interface SchoolYear {
  first: CivilDate;
  last: CivilDate;
  /** First and last day of the winter break. */
  winter: [CivilDate, CivilDate];
}

/** From September to the first Friday of June, of the school year that begins in `year`. */
export function schoolYear(year: number): SchoolYear {
  const monday = firstDay(`${year}-09-01`, 'monday');
  const last = firstDay(`${year + 1}-06-01`, 'friday');
  return { first: monday, last, winter: [`${year}-12-19`, `${year + 1}-01-03`] };
}

function firstDay(from: CivilDate, weekday: string): CivilDate {
  return weekdayOf(from) === weekday ? from : firstDay(addDays(from, 1), weekday);
}

interface Ways {
  /** Chance of a conversation and of a meeting in a week, and of an answer when somebody is asked. */
  converses: number;
  meets: number;
  answers: number;
  /** About which mark of 5 they give. */
  score: number;
}

const usual: Ways = { converses: 0.9, meets: 0.65, answers: 0.92, score: 4.4 };

/** How a pair is in touch, so many weeks after the match. */
const ways: Record<Temper, (week: number) => Ways> = {
  steady: () => usual,
  parting: () => ({ ...usual, converses: 0.5, meets: 0.3 }),
  slow_start: (week) => (week < 5 ? { converses: 0.2, meets: 0, answers: 0.9, score: 3.4 } : usual),
  fading: (week) => (week < 14 ? usual : { converses: 0.1, meets: 0.08, answers: 0.4, score: 3.5 }),
  rocky: () => ({ converses: 0.6, meets: 0.5, answers: 0.9, score: 2 }),
};

type Event = (type: string, day: CivilDate, data: Record<string, unknown>, time?: string) => EventInput;

/** Everything that happens to the pairs, whatever Tandem and staff do about it. */
export function yearOf(pairs: CohortPair[], year: SchoolYear, seed: number): EventInput[] {
  const random = seeded(seed);
  return pairs.flatMap((pair, index) => {
    const { first, last } = { first: pair.matchedOn, last: lastDayOf(pair, year) };
    let count = 0;
    const event: Event = (type, day, data, time = '17:00') => ({
      ...{ id: `${pair.id}_${++count}`, source: '/platform', type: `tandem.${type}`, subject: pair.id },
      ...{ time: toRfc3339(instantOf(day, time, zone)), data },
    });
    const about: About = { pair, random, event, year };
    const lived = [...weekly(about), ...checkIns(about), ...surveys(about)].filter(({ time }) => {
      const [from, until] = [instantOf(first, '12:00', zone), instantOf(last, '12:00', zone)];
      return Date.parse(time) > from && Date.parse(time) < until && !inWinter(Date.parse(time), year);
    });
    const { mentorId, menteeId } = pair;
    return [
      event('pair.created', first, { mentorId, menteeId }, '10:00'),
      ...lived,
      ...turns(about),
      ...(index === 12 ? worry(about) : []),
      ...(last === year.last ? [winterBreak(about), ...ending(about)] : []),
    ];
  });
}

interface About {
  pair: CohortPair;
  random: () => number;
  event: Event;
  year: SchoolYear;
}

/** When a pair is left by what it reported, or by what staff do about a low rating. */
function lastDayOf({ temper, matchedOn }: CohortPair, { last }: SchoolYear): CivilDate {
  if (temper === 'parting') return addDays(matchedOn, 70);
  return temper === 'rocky' ? addDays(matchedOn, 44) : last;
}

function inWinter(at: number, { winter: [from, to] }: SchoolYear): boolean {
  return at >= instantOf(from, '00:00', zone) && at < instantOf(to, '00:00', zone) + DAY;
}

function weekly({ pair, random, event, year }: About): EventInput[] {
  const events: EventInput[] = [];
  for (let week = 0; addDays(pair.matchedOn, 7 * week) < year.last; week++) {
    const { converses, meets } = ways[pair.temper](week);
    const day = () => addDays(pair.matchedOn, 7 * week + 1 + Math.floor(random() * 6));
    if (random() < converses) events.push(event('conversation.logged', day(), { by: 'mentor', minutes: 20 }));
    if (random() < meets) {
      const on = day();
      const at = toRfc3339(instantOf(on, '15:30', zone));
      const present = [pair.mentorId, pair.menteeId];
      const rest = random() < 0.8 ? { minutes: 60, present, activity: 'homework', place: 'library', mood: 4 } : {};
      events.push(event('meeting.recorded', on, { by: 'mentor', occurred: true, at, ...rest }));
    }
  }
  return events;
}

/** About when somebody is due, most are in touch by form or by phone. */
function checkIns({ pair, random, event }: About): EventInput[] {
  const dueDays = [7, 21].map((days) => addDays(pair.matchedOn, days));
  for (let month = 1; month <= 9; month++) dueDays.push(addMonths(pair.matchedOn, month));
  const respondents = ['mentor', 'mentee', ...(pair.guardianId === null ? [] : ['guardian'])];
  return dueDays.flatMap((dueOn, index) =>
    respondents.flatMap((respondent) => {
      const { answers, score } = ways[pair.temper](index < 2 ? 0 : 4 * (index - 1));
      const day = addDays(dueOn, Math.floor(random() * 4) - 1);
      const how = random() < 0.65 ? { mode: 'form', by: respondent } : { mode: 'phone', by: staff.coordinator };
      const data = { respondent, ...how, answers: { going: String(mark(score, random)) }, safetyConcern: false };
      return random() < answers ? [event('checkin.recorded', day, data)] : [];
    }),
  );
}

function surveys({ pair, random, event }: About): EventInput[] {
  return [30, 90, 150, 210, 270].flatMap((days) =>
    (['mentor', 'mentee'] as const).flatMap((by) => {
      const { answers, score } = ways[pair.temper](days / 7);
      const day = addDays(pair.matchedOn, days + 1 + Math.floor(random() * 4));
      const data = { by, instrument: 'mqs', score: mark(score, random), scale: 5 };
      return random() < answers ? [event('survey.answered', day, data)] : [];
    }),
  );
}

function mark(about: number, random: () => number): number {
  return Math.min(5, Math.max(1, Math.round(about + random() * 1.6 - 0.8)));
}

/** What pairs that do not get on tell of it. */
function turns({ pair, event }: About): EventInput[] {
  const at = (days: number) => addDays(pair.matchedOn, days);
  const trouble = (days: number, by: string, option: string) => event('contact.trouble', at(days), { by, option });
  if (pair.temper === 'fading')
    return [
      trouble(120, 'mentor', 'how_to_reach_out'),
      event('flag.submitted', at(150), { by: 'mentee', topic: 'going_quiet', priority: 'normal' }),
    ];
  if (pair.temper === 'rocky') return [trouble(20, 'mentee', 'talk_to_someone')];
  if (pair.temper !== 'parting') return [];
  const options = ['rematch_me', 'unmatch_no_rematch', 'remove_me'] as const;
  const option = options[Math.floor(Number(pair.id.split('_')[1]) / 13) % 3] as string;
  return [trouble(70, option === 'unmatch_no_rematch' ? 'mentor' : 'mentee', option)];
}

/** A concern on an afternoon, which the coordinator sees to eleven minutes later and clears after two days. */
function worry({ pair, event }: About): EventInput[] {
  const day = addDays(pair.matchedOn, 64);
  const told = { respondent: 'mentee', mode: 'form', answers: {}, safetyConcern: true };
  const cleared = { kind: 'safety', outcome: 'cleared', by: staff.coordinator };
  return [
    event('checkin.recorded', day, told, '14:20'),
    event('case.acknowledged', day, { by: staff.coordinator }, '14:31'),
    event('case.resolved', addDays(day, 2), cleared, '15:00'),
  ];
}

function winterBreak({ event, year }: About): EventInput {
  const until = toRfc3339(instantOf(addDays(year.winter[1], 1), '07:00', zone));
  return event('pair.paused', year.winter[0], { reason: 'winter_break', until }, '08:00');
}

/** Most say whether they go on; some answer the exit survey. */
function ending({ pair, random, event, year }: About): EventInput[] {
  return ([pair.mentorId, pair.menteeId] as const).flatMap((personId, index) => {
    const chance = random();
    const choice = chance < 0.7 ? 'confirm' : chance < 0.8 ? 'optOut' : null;
    const chosen = event('enrolment.chosen', addDays(year.last, Math.floor(random() * 9) - 12), { choice });
    const answered = { by: index === 0 ? 'mentor' : 'mentee', instrument: 'exit', score: mark(4.2, random), scale: 5 };
    const exit = event('survey.answered', addDays(year.last, 3 + Math.floor(random() * 4)), answered);
    return [...(choice === null ? [] : [{ ...chosen, subject: personId }]), ...(random() < 0.6 ? [exit] : [])];
  });
}
