import request from 'supertest';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { broadcastRoutes } from '../../api/routes/broadcast.ts';
import { messageRoutes } from '../../api/routes/messages.ts';
import { MINUTE } from '../../policy/time.ts';
import { type Database, execute, queryRows } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from './api.ts';
import { insertPair } from './facts.ts';
import { seedProgram } from './mentoring.ts';
import { recordedSends } from './recorded-sends.ts';

/** The API of broadcasts with a dispatcher whose passes are made by hand, and a program of its own for each test. */

interface BroadcastApi {
  api: TestApi;
  auth: { Authorization: string };
  programId: string;
  now: number;
  /** Dispatchers that were woken. */
  nudged: string[];
  /** What waking one fails with. */
  failing: Error | null;
  /** Sees each statement that a broadcast's transaction writes with before it is carried out. */
  interfere: (sql: string, on: Database) => Promise<void>;
  sends: ReturnType<typeof recordedSends>;
}

/** Wednesday at noon in New York. */
export const noon = Date.UTC(2026, 8, 2, 16);

const untouched = { nudged: [] as string[], failing: null, interfere: async () => undefined };

/** What a test file of broadcasts works with; `openBroadcastApi` fills it. */
export const world = { now: noon, programId: '', ...untouched } as unknown as BroadcastApi;
const clock = { now: async () => world.now };
let programs = 0;

export function openBroadcastApi(): void {
  beforeAll(async () => {
    world.api = await createTestApi({ clock, routes });
    world.auth = await world.api.bearer();
    world.sends = recordedSends(world.api.database, clock);
  });
  afterAll(() => world.api.drop());
  beforeEach(async () => {
    Object.assign(world, { now: noon, programId: `p${++programs}`, ...untouched, nudged: [] });
    world.sends.handed.length = 0;
    // What another test left waiting is not this one's.
    await execute(world.api.database, `delete from messages where state = 'waiting'`);
    const links = { preferences: 'https://example.org/choose', pair: 'https://example.org/p/{id}' };
    await seedProgram(world.api.database, world.programId, noon, { name: 'Example High School', links });
  });
}

function routes(database: Database) {
  const nudge = async (shard: string) => {
    if (world.failing) throw world.failing;
    world.nudged.push(shard);
  };
  const providers = { email: 'recorder', sms: 'recorder' };
  const deps = { clock, nudge, providers, publicUrl: 'https://tandem.example.org' };
  return [
    ...broadcastRoutes({ ...deps, database: disturbed(database) }),
    ...messageRoutes({ database, showBodies: false }),
  ];
}

/** The database, through which each statement of a transaction passes by `interfere` first. */
function disturbed(database: Database): Database {
  const inside = (tx: object): object =>
    new Proxy(tx, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (name !== '$executeRawUnsafe') return typeof value === 'function' ? value.bind(target) : value;
        return async (sql: string, ...values: unknown[]) => {
          await world.interfere(sql, target as Database);
          return value.call(target, sql, ...values);
        };
      },
    });
  return new Proxy(database, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== '$transaction') return typeof value === 'function' ? value.bind(target) : value;
      return (work: (tx: object) => unknown, options: object) =>
        value.call(target, (tx: object) => work(inside(tx)), options);
    },
  });
}

interface PersonGiven {
  email?: string | null;
  phone?: string | null;
  isMinor?: boolean;
  removed?: boolean;
  name?: string;
  texts?: boolean;
}

/** A person of this program; their id begins with its. */
export async function person(name: string, given: PersonGiven = {}): Promise<string> {
  const id = `${world.programId}_${name}`;
  const { email = `${id}@example.org`, phone = null, isMinor = false, removed = false, texts = false } = given;
  const sql = `
    insert into people (id, version, name, email, phone, is_minor, available, removed_at, created_at, updated_at)
    values ($1, 1, $2, $3, $4, $5, true, case when $6::boolean then $7::timestamptz end, $7, $7)`;
  await execute(world.api.database, sql, id, given.name ?? name, email, phone, isMinor, removed, new Date(world.now));
  const consent = `
    insert into consents (person_id, channel, granted, by_person_id, source, wording, given_at, recorded_at)
    values ($1, 'sms', true, $1, 'form', 'Yes', $2, $2)`;
  if (texts) await execute(world.api.database, consent, id, new Date(world.now));
  return id;
}

let pairs = 0;

export async function pair(mentorId: string, menteeId: string, conversations = 0): Promise<string> {
  const id = `${world.programId}_pair_${String(++pairs).padStart(4, '0')}`;
  await insertPair(world.api.database, { id, programId: world.programId, mentorId, menteeId });
  await execute(world.api.database, 'update pairs set conversations = $2 where id = $1', id, conversations);
  return id;
}

export const suppress = (email: string, category: string) =>
  execute(
    world.api.database,
    `insert into suppressions (channel, address_digest, category, reason, created_at)
     values ('email', address_digest($1), $2, 'unsubscribed', $3)`,
    email,
    category,
    new Date(world.now),
  );

export const openSafetyCase = (pairId: string) =>
  execute(
    world.api.database,
    `insert into cases (id, owner, kind, program_id, pair_id, state, reason, facts, details, opened_at)
     values ($1, 'staff', 'safety', $2, $3, 'open', 'r', '{}', '{}', $4)`,
    `case_${pairId}`,
    world.programId,
    pairId,
    new Date(world.now),
  );

export const words = { subject: 'Our picnic', text: 'Come and eat with us.\n\nBring a friend.' };
export const broadcast = (change: object = {}, headers: Record<string, string> = {}) =>
  request(world.api.app)
    .post('/v1/messages:broadcast')
    .set({ ...world.auth, ...headers })
    .send({ programId: world.programId, audience: 'both', channel: 'email', ...words, ...change });
export const ledger = async (broadcastId: string, query: object = {}) => {
  const { body } = await request(world.api.app)
    .get('/v1/messages')
    .query({ broadcastId, limit: 200, ...query })
    .set(world.auth);
  return body.items as Array<Record<string, unknown>>;
};
export const ids = (people: Array<{ personId: string }>) => people.map(({ personId }) => personId);
export const rows = async (): Promise<number> =>
  (
    await queryRows<{ n: number }>(
      world.api.database,
      'select count(*)::int as n from messages where program_id = $1',
      world.programId,
    )
  )[0]?.n ?? 0;

/** When what has gathered is due. */
export const gathered = async () => {
  world.now += 3 * MINUTE;
  await world.sends.dispatch();
};
