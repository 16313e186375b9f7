import type { Database } from '../../prisma/database.ts';

/** A database that is named before it is there: routes are made before the API that has its own database. */
export function lateDatabase(): { database: Database; use(database: Database): void } {
  let target: Database | undefined;
  const database = new Proxy({} as Database, {
    get(_, name) {
      if (!target) throw new Error('the database is not there yet');
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    database,
    use(given) {
      target = given;
    },
  };
}
