import { Writable } from 'node:stream';
import type { Express } from 'express';
import { type AppDeps, createApp } from '../../api/app.ts';
import type { Database } from '../../prisma/database.ts';
import { createKey, type NewKey, scopes } from '../../prisma/store/keys.ts';
import { type Clock, wallClock } from '../../runtime/clock.ts';
import { createLogger } from '../../runtime/logging.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestApi extends TestDatabase {
  app: Express;
  /** A key with all scopes for all programs, or with what is given. */
  key(of?: Partial<NewKey>): Promise<{ id: string; key: string }>;
  /** An `Authorization` header with a new key. */
  bearer(of?: Partial<NewKey>): Promise<{ Authorization: string }>;
  /** What was logged so far. */
  logged(): string;
}

export type TestApiDeps = Partial<Omit<AppDeps, 'routes'>> & {
  /** The routes, or what makes them for the test's database. */
  routes?: AppDeps['routes'] | ((database: Database, clock: Clock) => AppDeps['routes']);
};

/** The API on a database of its own, without a port. */
export async function createTestApi({ routes = [], ...deps }: TestApiDeps = {}): Promise<TestApi> {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const testDatabase = await createTestDatabase();
  const clock: Clock = deps.clock ?? wallClock;
  const app = createApp({
    database: testDatabase.database,
    clock,
    metrics: createMetrics(),
    logger: createLogger({ name: 'api', destination }),
    publicUrl: 'http://127.0.0.1:8080',
    routes: typeof routes === 'function' ? routes(testDatabase.database, clock) : routes,
    ...deps,
  });
  const key = async (of: Partial<NewKey> = {}) =>
    createKey(testDatabase.database, { name: 'test', scopes, ...of }, new Date(await clock.now()));
  const bearer = async (of?: Partial<NewKey>) => ({ Authorization: `Bearer ${(await key(of)).key}` });
  return { ...testDatabase, app, key, bearer, logged: () => lines.join('') };
}
