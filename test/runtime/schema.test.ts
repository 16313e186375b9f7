import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryRows } from '../../prisma/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let migrated: TestDatabase;
beforeAll(async () => {
  migrated = await createTestDatabase();
});
afterAll(() => migrated.drop());

const types: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  Json: 'jsonb',
  DateTime: 'timestamp(3) with time zone',
};

/** The columns that the Prisma schema describes, each as `table.column type`, with `?` where it may be null. */
function describedColumns(schema: string): string[] {
  const models = [...schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)].map(([, body = '']) => body);
  return models.flatMap((body) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1];
    const fields = [...body.matchAll(/^ {2}(\w+) +(\w+)(\[\])?(\?)?(.*)$/gm)];
    return fields.flatMap(([, name = '', type = '', list = '', optional = '', attributes = '']) => {
      const column = /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? name;
      return types[type] ? [`${table}.${column} ${types[type]}${list}${optional}`] : [];
    });
  });
}

async function migratedColumns(): Promise<string[]> {
  const rows = await queryRows<{ line: string }>(
    migrated.database,
    `select format('%s.%s %s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       case when a.attnotnull then '' else '?' end) as line
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
       and c.relname <> '_prisma_migrations'`,
  );
  return rows.map(({ line }) => line);
}

test('the Prisma schema describes exactly the tables and columns that the migrations make', async () => {
  const schema = await readFile(fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url)), 'utf8');
  // A list may be null in a table, which Prisma's language cannot say.
  const migratedNow = (await migratedColumns()).map((line) => line.replace('[]?', '[]'));
  expect(describedColumns(schema).sort()).toEqual(migratedNow.sort());
  expect(migratedNow.length).toBeGreaterThan(100);
});
