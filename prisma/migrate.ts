import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** Where the migrations lie, in Prisma's own layout: one directory each with a `migration.sql`. */
export const migrationsDirectory = fileURLToPath(new URL('./migrations', import.meta.url));

// The lock that `prisma migrate` takes, so that the two exclude each other.
const ADVISORY_LOCK = 72_707_369;
const WAIT_FOR_OTHERS_MS = 60_000;
const LOCK_TIMEOUT_MS = 5_000;

const MIGRATIONS_TABLE = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

/** A database that cannot be brought to this version; the message says why and what to do. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

interface RecordedMigration {
  migration_name: string;
  checksum: string;
  finished: boolean;
}

/**
 * Brings a database to this version: all migrations it lacks, in one transaction, recorded as Prisma records them.
 * Several processes may do so at once: one works, the others wait up to a minute and find nothing left to do.
 * @returns the names of the migrations applied now
 * @throws {MigrationError} when a migration was edited after it was applied, failed before, or fails now; then nothing
 * has changed.
 */
export async function migrate(url: string, directory = migrationsDirectory): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tandem-migrate',
    options: `-c timezone=UTC -c lock_timeout=${WAIT_FOR_OTHERS_MS}`,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    const pending = await pendingMigrations(client, migrations);
    for (const migration of pending) await apply(client, migration);
    await client.query('commit');
    return pending.map(({ name }) => name);
  } finally {
    // Ending the connection rolls back whatever was not committed.
    await client.end();
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function pendingMigrations(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  await client.query(MIGRATIONS_TABLE);
  const { rows } = await client.query<RecordedMigration>(
    `select migration_name, checksum, finished_at is not null as finished
     from _prisma_migrations where rolled_back_at is null`,
  );
  const recorded = new Map(rows.map((row) => [row.migration_name, row]));
  for (const { migration_name: name, finished } of rows) if (!finished) throw new MigrationError(failedBefore(name));
  for (const { name, checksum } of migrations) {
    if ((recorded.get(name)?.checksum ?? checksum) !== checksum) throw new MigrationError(edited(name));
  }
  return migrations.filter(({ name }) => !recorded.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query(sql);
  } catch (cause) {
    const { code = 'unknown' } = cause as { code?: string };
    throw new MigrationError(
      `The migration ${name} failed with SQLSTATE ${code} and nothing was changed; correct its cause and start again`,
      { cause },
    );
  }
  await client.query(
    `insert into _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
     values ($1, $2, clock_timestamp(), $3, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
}

function failedBefore(name: string): string {
  return (
    `The migration ${name} was begun on this database and did not end; look what it left behind, put that right, ` +
    `then run: prisma migrate resolve --rolled-back ${name}`
  );
}

function edited(name: string): string {
  return (
    `The migration ${name} was edited after it had been applied to this database; restore its migration.sql as ` +
    'released, and make the change in a migration of its own'
  );
}
