import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../prisma/migrate.ts';
import { startEmbeddedPostgres } from '../../runtime/local/embedded-postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the server that holds the test databases; its user may make databases. */
    serverUrl: string;
    /** Name of the migrated database from which each test database is copied. */
    templateName: string;
  }
}

/**
 * Once per run: the server for the tests (TEST_DATABASE_URL, or an embedded one to be thrown away) and a migrated
 * database on it to copy from.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await testServer();
  const templateName = `tandem_template_${randomBytes(6).toString('hex')}`;
  await administer(server.url, `create database ${templateName}`);
  const templateUrl = new URL(server.url);
  templateUrl.pathname = templateName;
  await migrate(templateUrl.href);
  project.provide('serverUrl', server.url);
  project.provide('templateName', templateName);
  return async () => {
    await administer(server.url, `drop database ${templateName} with (force)`);
    await server.stop();
  };
}

async function testServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  const server = await startEmbeddedPostgres({ dataDirectory, durable: false });
  const stop = async () => {
    await server.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
