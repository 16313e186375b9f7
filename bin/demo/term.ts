import { fileURLToPath } from 'node:url';
import { windowsOf } from '../../policy/pair/class-week/windows.ts';
import { acceptedAt, programIdOf, type SimulationInput } from '../../policy/simulate/documents.ts';
import { shifted, weeksUntil } from '../../policy/simulate/shift.ts';
import { DAY, HOUR, type Instant, instantOf, localMinute } from '../../policy/time.ts';
import { readStory, readStoryPairs, type StoryPair } from '../../prisma/store/story.ts';
import { type Rehearsal, startRehearsal } from '../rehearsal.ts';
import { type ApiClient, createApiClient } from '../scenario/api-client.ts';
import { playScenario } from '../scenario/play.ts';
import { readSimulationFiles } from '../simulate/files.ts';
import { type FocusLine, summary, weekReport } from './term-report.ts';

/** The main job on real input: a term of one class, through the real system in virtual time. */

const example = (name: string): string => fileURLToPath(new URL(`../../examples/iowa-city/${name}`, import.meta.url));

const files = {
  program: example('program.json'),
  people: example('people.json'),
  calendar: example('calendar.json'),
  events: example('events.ndjson'),
};

export async function termDemo(): Promise<void> {
  const began = performance.now();
  const original = readSimulationFiles(files);
  console.log('Iowa City, a term of Wednesdays: 12 mentors, one class, real workflows on a virtual clock.');
  const rehearsal = await startRehearsal({ port: 0 });
  try {
    const start = await rehearsal.now();
    const weeks = weeksUntil(start, original);
    const input = shifted(original, weeks, original.program.zone);
    console.log(`The test server starts at the present, ${localMinute(start, input.program.zone)} there.`);
    console.log(`So the term of 2026-27 is moved by ${weeks} weeks; weekdays and local times stay.\n`);
    const days = await playAndTell(rehearsal, input);
    const messages = await readStory(rehearsal.application.database, programIdOf(input));
    console.log(summary(messages, (performance.now() - began) / 1000, days));
  } finally {
    await rehearsal.stop();
  }
}

async function playAndTell(rehearsal: Rehearsal, input: SimulationInput): Promise<number> {
  const api = createApiClient(rehearsal.url, rehearsal.key);
  const from = await rehearsal.now();
  const until = Math.max(...input.events.map(acceptedAt)) + 14 * DAY;
  const { database } = rehearsal.application;
  const programId = programIdOf(input);
  // As it stood then: a pair forgets weeks that nothing can reach any more.
  const standing = new Map<Instant, { focus: FocusLine[]; pairs: StoryPair[] }>();
  const look = async (): Promise<{ focus: FocusLine[]; pairs: StoryPair[] }> => {
    return { focus: await focusList(api, input), pairs: await readStoryPairs(database, programId) };
  };
  // Half an hour after each class, when what its start decided has been said.
  const stops = classTimes(input)
    .filter((at) => at > from && at < until)
    .map((at) => at + HOUR / 2);
  await playScenario(api, rehearsal, input, until, stops, async (at) => {
    standing.set(at - HOUR / 2, await look());
  });
  const now = await rehearsal.now();
  const messages = await readStory(database, programId);
  const last = await look();
  const calendar = last.pairs[0]?.ctx.calendar;
  for (const window of calendar ? windowsOf(calendar) : []) {
    if (window.opensAt > until) break;
    const { focus, pairs } = standing.get(window.closesAt ?? 0) ?? last;
    console.log(weekReport({ window, focus }, messages, pairs, input.program.zone, now));
  }
  return (now - from) / DAY;
}

/** When the example's class meets, by the calendar that it begins with. */
function classTimes(input: SimulationInput): Instant[] {
  const { zone, sessions } = input.classes[0] as SimulationInput['classes'][number];
  return sessions.map((session) => instantOf(session.date, session.start, zone ?? input.program.zone));
}

async function focusList(api: ApiClient, input: SimulationInput): Promise<FocusLine[]> {
  const coordinator = input.program.staff?.coordinator;
  const { items } = await api.call<{ items: FocusLine[] }>('GET', `/v1/focus-list?coordinator=${coordinator}`);
  return items;
}
