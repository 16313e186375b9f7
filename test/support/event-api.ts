import request from 'supertest';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { eventRoutes } from '../../api/routes/events.ts';
import { HOUR } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createTestApi, type TestApi } from './api.ts';
import { insertPair } from './facts.ts';
import { counted, fakeGateway, seedPerson, seedProgram } from './mentoring.ts';

/** The API of events with a pair in each of two programs, made once per test file; its clock stands. */

export const now = Date.UTC(2026, 9, 1, 12);
export const gateway = fakeGateway();
const clock = { now: async () => now };
const metrics = createMetrics();

interface EventApi {
  api: TestApi;
  auth: { Authorization: string };
  /** Statements that went through the database. */
  count: ReturnType<typeof counted>;
  /** How often the relay was told of new entries. */
  wakes: number;
}

/** What a test file of events works with; `openEventApi` fills it. */
export const world = { wakes: 0 } as EventApi;

/** Makes the API before the tests of a file. */
export function openEventApi(): void {
  beforeAll(async () => {
    world.api = await createTestApi({ clock, metrics, routes });
    world.auth = await world.api.bearer();
    await seed(world.api.database);
  });
  afterAll(() => world.api.drop());
  beforeEach(() => {
    world.wakes = 0;
    world.count.reset();
  });
}

function routes(database: TestApi['database']) {
  world.count = counted(database);
  const relay = { wake: () => world.wakes++, storing: <T>(_entries: number, work: () => Promise<T>) => work() };
  return eventRoutes({ database: world.count.database, clock, metrics, gateway, relay });
}

async function seed(database: TestApi['database']): Promise<void> {
  for (const [program, days] of [
    ['prog_a', 7],
    ['prog_b', 3],
  ] as const) {
    await seedProgram(database, program, now, { policy: { classWeek: { lateArrivalDays: days } } });
  }
  for (const id of ['mentor', 'mentee']) await seedPerson(database, id);
  const people = { mentorId: 'mentor', menteeId: 'mentee' };
  await insertPair(database, { id: 'pair_a', programId: 'prog_a', ...people });
  await insertPair(database, { id: 'pair_b', programId: 'prog_b', ...people });
}

let number = 0;
export const at = (instant: number) => new Date(instant).toISOString();
export const event = (change: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id: `evt_${++number}`,
  source: 'https://platform.example.org',
  type: 'tandem.lesson.completed',
  subject: 'pair_a',
  time: at(now - HOUR),
  data: { by: 'mentor', sessionDate: '2026-09-30' },
  ...change,
});
export const structured = 'application/cloudevents+json';
export const send = (body: unknown, type = structured, headers = {}) =>
  request(world.api.app)
    .post('/v1/events')
    .set({ ...world.auth, 'Content-Type': type, ...headers })
    .send(JSON.stringify(body));
export const batch = (items: unknown[], headers = {}) => send(items, 'application/cloudevents-batch+json', headers);
export const plain = 'application/json';

export interface JournalRow {
  seq: bigint;
  state: string;
  type: string;
  ref: string;
  owner: string | null;
  history: boolean;
  urgent: boolean;
  data: Record<string, unknown>;
  texts: Record<string, string>;
}
/** What is on the journal of an event, with its words. */
export async function journal(eventId: string): Promise<JournalRow[]> {
  const sql = `
    select j.*, coalesce((select jsonb_object_agg(field, text) from free_texts t where t.seq = j.seq), '{}') as texts
    from journal j where event_id = $1`;
  return queryRows<JournalRow>(world.api.database, sql, eventId);
}
export const stored = async (eventId: string) => (await journal(eventId))[0] as JournalRow;
export const outcomes = async (outcome: string) =>
  (await metrics.events.get()).values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
