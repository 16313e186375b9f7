import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { execute, queryRows } from '../../prisma/database.ts';
import { MigrationError, migrate, migrationsDirectory } from '../../prisma/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let empty: TestDatabase;
let directory: string;

beforeEach(async () => {
  empty = await createTestDatabase({ empty: true });
  directory = await mkdtemp(join(tmpdir(), 'tandem-migrations-'));
  await cp(migrationsDirectory, directory, { recursive: true });
});

afterEach(async () => {
  await empty.drop();
  await rm(directory, { recursive: true });
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'migration.sql'), sql);
}

const recorded = () =>
  queryRows<{ name: string; checksum: string; steps: number; finished: boolean }>(
    empty.database,
    `select migration_name as name, checksum, applied_steps_count as steps, finished_at is not null as finished
     from _prisma_migrations order by started_at`,
  );

describe('bringing a database to this version', () => {
  test('a fresh database gets every migration, recorded with the SHA-256 of its file', async () => {
    const names = (await readdir(migrationsDirectory, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    expect(await migrate(empty.url)).toEqual(names.map((entry) => entry.name).sort());
    const sql = await readFile(join(migrationsDirectory, '0001_initial', 'migration.sql'));
    const checksum = createHash('sha256').update(sql).digest('hex');
    expect((await recorded())[0]).toEqual({ name: '0001_initial', checksum, steps: 1, finished: true });
    expect(await empty.database.journalEntry.count()).toBe(0);
  });

  test('a second time nothing is applied, and a new migration alone is', async () => {
    await migrate(empty.url, directory);
    expect(await migrate(empty.url, directory)).toEqual([]);
    await addMigration('0099_more', 'create table more (id int); insert into more values (1);');
    expect(await migrate(empty.url, directory)).toEqual(['0099_more']);
    expect(await queryRows(empty.database, 'select * from more')).toEqual([{ id: 1 }]);
  });

  test('of five processes that start at once, one migrates and the others find it done', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => migrate(empty.url, directory)));
    expect(results.filter((applied) => applied.length > 0)).toHaveLength(1);
    expect(await recorded()).toHaveLength(results.flat().length);
  });

  test('an edited migration is refused with the remedy', async () => {
    await migrate(empty.url, directory);
    const path = join(directory, '0001_initial', 'migration.sql');
    await writeFile(path, `${await readFile(path, 'utf8')}\n-- edited`);
    await addMigration('0099_more', 'create table more (id int)');
    await expect(migrate(empty.url, directory)).rejects.toThrow(/0001_initial was edited .* restore/);
    await expect(queryRows(empty.database, 'select * from more')).rejects.toThrow();
  });

  test('a migration that fails changes nothing, not even by those before it', async () => {
    await addMigration('0099_broken', 'create table half (id int); select * from nowhere;');
    const failure = await migrate(empty.url, directory).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MigrationError);
    expect(String(failure)).toMatch(/0099_broken failed with SQLSTATE 42P01 and nothing was changed/);
    expect(await queryRows(empty.database, "select * from pg_tables where schemaname = 'public'")).toEqual([]);
  });

  test('a migration that Prisma began and did not end is refused until it is resolved', async () => {
    await migrate(empty.url, directory);
    await execute(
      empty.database,
      "insert into _prisma_migrations (id, checksum, migration_name) values ('1', 'x', '0099_more')",
    );
    await addMigration('0099_more', 'create table more (id int)');
    await expect(migrate(empty.url, directory)).rejects.toThrow(/migrate resolve --rolled-back 0099_more/);
    await execute(empty.database, "update _prisma_migrations set rolled_back_at = now() where id = '1'");
    expect(await migrate(empty.url, directory)).toEqual(['0099_more']);
  });
});
