import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../prisma/database.ts';

export interface TestDatabase {
  url: string;
  database: Database;
  /** Closes `database` and removes it, whoever is still connected. */
  drop(): Promise<void>;
}

/** A database of its own on the server of this run: migrated and without rows, or (`empty`) without any table. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const name = `tandem_test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} template ${options.empty ? 'template0' : inject('templateName')}`);
  const url = urlOf(name);
  const database = openDatabase(url, { applicationName: 'test' });
  const drop = async () => {
    await database.close();
    await onServer(`drop database ${name} with (force)`);
  };
  return { url, database, drop };
}

function urlOf(name: string): string {
  const url = new URL(inject('serverUrl'));
  url.pathname = name;
  return url.href;
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('serverUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
