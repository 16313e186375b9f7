import type { CivilDate } from '../../../policy/program.ts';
import { acceptedAt, type SimulationInput } from '../../../policy/simulate/documents.ts';
import { addDays, DAY, dateOf, type Instant, instantOf, weekdayOf } from '../../../policy/time.ts';
import { type Rehearsal, startRehearsal } from '../../rehearsal.ts';
import { createApiClient } from '../../scenario/api-client.ts';
import { playScenario } from '../../scenario/play.ts';
import { type Names, weekPage } from './page.ts';
import { cohortPairs, cohortPeople, cohortProgram, zone } from './pairs.ts';
import { workingMorning } from './staff.ts';
import { type CohortWeek, changesFeed, readWeek } from './week.ts';
import { type SchoolYear, schoolYear, yearOf } from './year.ts';

/** A cohort over a school year through the real system in virtual time, as its coordinator sees it each Friday. */

const seed = 20;
/** Everything after the last day: pairs end, people are asked once more how it was. */
const afterDays = 12;

export async function cohortDemo(): Promise<void> {
  const began = performance.now();
  const rehearsal = await startRehearsal({ port: 0 });
  try {
    const year = nextYear(await rehearsal.now());
    console.log(
      `Riverbend Mentors: 40 pairs from ${year.first} to ${year.last}, as the coordinator sees them each Friday.\n`,
    );
    await playCohort(rehearsal, 40, year, addDays(year.last, afterDays), ({ page }) => console.log(page));
    const seconds = (performance.now() - began) / 1000;
    console.log(`A school year of real workflows in ${seconds.toFixed(0)} seconds; nothing left this machine.`);
  } finally {
    await rehearsal.stop();
  }
}

/** The first school year that begins after an instant. */
export function nextYear(now: Instant): SchoolYear {
  const year = Number(dateOf(now, zone).slice(0, 4));
  const begins = (year: number): Instant => instantOf(schoolYear(year).first, '00:00', zone);
  return schoolYear(begins(year) > now + DAY ? year : year + 1);
}

/** Lets a cohort live until a day; `told` hears each Friday's page. */
export async function playCohort(
  rehearsal: Pick<Rehearsal, 'url' | 'key' | 'now' | 'advanceTo' | 'settle'>,
  count: number,
  year: SchoolYear,
  until: CivilDate,
  told: (friday: { page: string; week: CohortWeek }) => void,
): Promise<void> {
  const api = createApiClient(rehearsal.url, rehearsal.key);
  const pairs = cohortPairs(count, year.first);
  const people = cohortPeople(pairs);
  const names: Names = (id) => {
    const pair = pairs.find((known) => known.id === id);
    if (pair) return `${names(pair.mentorId)} & ${names(pair.menteeId)}`;
    return people.find((person) => person.id === id)?.name ?? id;
  };
  const end = instantOf(until, '18:00', zone);
  const events = yearOf(pairs, year, seed).filter((event) => acceptedAt(event) < end);
  const input: SimulationInput = { program: cohortProgram(year.last), people, classes: [], events };
  const feed = changesFeed(api);
  let before: CohortWeek | null = null;
  let number = 0;
  await rehearsal.advanceTo(instantOf(addDays(year.first, -1), '12:00', zone));
  await playScenario(api, rehearsal, input, end, stopsOf(year.first, until), async (at) => {
    await workingMorning(api, pairs, at);
    if (weekdayOf(dateOf(at, zone)) !== 'friday' || at !== instantOf(dateOf(at, zone), '16:00', zone)) return;
    await rehearsal.settle();
    const week = await readWeek(api, at - 7 * DAY, at, feed);
    told({ page: weekPage(week, before, ++number, names, at), week });
    before = week;
  });
}

/** Ten o'clock of every working day, and four o'clock of each Friday. */
function stopsOf(first: CivilDate, until: CivilDate): Instant[] {
  const stops: Instant[] = [];
  for (let day = first; day <= until; day = addDays(day, 1)) {
    const weekday = weekdayOf(day);
    if (weekday === 'saturday' || weekday === 'sunday') continue;
    stops.push(instantOf(day, '10:00', zone), ...(weekday === 'friday' ? [instantOf(day, '16:00', zone)] : []));
  }
  return stops;
}
