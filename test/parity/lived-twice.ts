import { createApiClient } from '../../bin/scenario/api-client.ts';
import { playScenario } from '../../bin/scenario/play.ts';
import { readSimulationFiles } from '../../bin/simulate/files.ts';
import { run } from '../../bin/simulate/run.ts';
import { acceptedAt, programIdOf, type SimulationInput } from '../../policy/simulate/documents.ts';
import { shifted, weeksUntil } from '../../policy/simulate/shift.ts';
import { DAY } from '../../policy/time.ts';
import { timeline, timelineRow } from '../../policy/timeline.ts';
import { readStory } from '../../prisma/store/story.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import type { Scenario } from './scenarios.ts';

/** The same input through real workflows, as a timeline. */
async function lived(rehearsal: Rehearsed, input: SimulationInput): Promise<string> {
  const until = Math.max(...input.events.map(acceptedAt)) + 14 * DAY;
  await playScenario(createApiClient(rehearsal.url, rehearsal.key), rehearsal, input, until);
  const story = await readStory(rehearsal.database, programIdOf(input));
  return timeline(story.map(timelineRow));
}

/** A scenario's timelines, moved to begin as the virtual clock of its own rehearsal does. */
export async function livedTwice({ paths }: Scenario): Promise<{
  real: string;
  simulated: string;
  /** The type of each kind of event, with the timeline that the simulator makes without any of it. */
  without: Array<{ type: string; simulated: string }>;
}> {
  const original = readSimulationFiles(paths);
  const rehearsal = await startRehearsed();
  try {
    const start = await rehearsal.now();
    const weeks = weeksUntil(start, original);
    const input = shifted(original, weeks, original.program.zone);
    const simulatedOf = (events: SimulationInput['events']): string =>
      run({ ...input, events }, { start: null, until: null }).timeline;
    const types = [...new Set(input.events.map(({ type }) => type))];
    return {
      real: await lived(rehearsal, input),
      simulated: run(original, { start, until: null }).timeline,
      without: types.map((type) => ({ type, simulated: simulatedOf(input.events.filter((e) => e.type !== type)) })),
    };
  } finally {
    await rehearsal.stop();
  }
}
