import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rehearsal, startRehearsal } from '../../bin/rehearsal.ts';
import { createApiClient } from '../../bin/scenario/api-client.ts';
import { playScenario } from '../../bin/scenario/play.ts';
import { readSimulationFiles } from '../../bin/simulate/files.ts';
import { run } from '../../bin/simulate/run.ts';
import { acceptedAt, programIdOf, type SimulationInput } from '../../policy/simulate/documents.ts';
import { shifted, weeksUntil } from '../../policy/simulate/shift.ts';
import { DAY } from '../../policy/time.ts';
import { timeline, timelineRow } from '../../policy/timeline.ts';
import { readStory } from '../../prisma/store/story.ts';
import { paths } from '../simulate/iowa-city.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let rehearsal: Rehearsal;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  rehearsal = await startRehearsal({ port: 0, databaseUrl: database.url });
});

afterAll(async () => {
  await rehearsal?.stop();
  await database?.drop();
});

/** The same input through real workflows, as a timeline. */
async function lived(input: SimulationInput): Promise<string> {
  const until = Math.max(...input.events.map(acceptedAt)) + 14 * DAY;
  await playScenario(createApiClient(rehearsal.url, rehearsal.key), rehearsal, input, until);
  const story = await readStory(rehearsal.application.database, programIdOf(input));
  return timeline(story.map(timelineRow));
}

test('V4 the term in Iowa City says the same through real workflows and in the simulator, byte for byte', async () => {
  const original = readSimulationFiles(paths);
  const start = await rehearsal.now();
  const input = shifted(original, weeksUntil(start, original), original.program.zone);
  const simulated = run(original, { start, until: null }).timeline;
  const real = await lived(input);
  expect(real.split('\n').length).toBeGreaterThan(100);
  expect(real).toBe(simulated);
}, 180_000);
