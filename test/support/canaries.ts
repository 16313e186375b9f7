import { type Database, queryRows } from '../../prisma/database.ts';

/** Every column of the database that may hold text, and in which of them any of the terms is found. */
export async function foundIn(database: Database, terms: string[]): Promise<string[]> {
  const columns = await queryRows<{ table: string; column: string }>(
    database,
    `select c.table_name as table, c.column_name as column from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type in ('text', 'jsonb', 'ARRAY')
     order by 1, 2`,
  );
  const found: string[] = [];
  for (const { table, column } of columns) {
    const sql = `
      select 1 from "${table}", unnest($1::text[]) as term
      where strpos(lower("${column}"::text), lower(term)) > 0 limit 1`;
    if ((await queryRows(database, sql, terms)).length > 0) found.push(`${table}.${column}`);
  }
  return found;
}
