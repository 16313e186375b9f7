import type { Database, Transaction } from '../../../prisma/database.ts';

/** The product's own database, with something changed on the way to it. */

type Statement = (sql: string, ...values: unknown[]) => Promise<unknown>;

/** What is done with a statement: its SQL, and how to run it. */
export type Around = (sql: string, run: (sql: string) => Promise<unknown>) => Promise<unknown>;

/** A database of which every statement, also in a transaction, passes `statement`, and every transaction `transaction`. */
export function altered(
  database: Database,
  alter: { statement?: Around; transaction?: (run: () => Promise<unknown>) => Promise<unknown> },
): Database {
  const { statement = (sql, run) => run(sql), transaction = (run) => run() } = alter;
  const on = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name === '$queryRawUnsafe' || name === '$executeRawUnsafe') {
          const run = value.bind(target) as Statement;
          return (sql: string, ...values: unknown[]) => statement(sql, (text) => run(text, ...values));
        }
        if (name === '$transaction') {
          return (body: (tx: Transaction) => Promise<unknown>) =>
            transaction(() => value.call(target, (tx: Transaction) => body(on(tx))));
        }
        return value.bind(target);
      },
    });
  return on(database);
}

/** A database whose statements are changed in their text. */
export function rewriting(database: Database, changes: Array<[string | RegExp, string]>): Database {
  const rewritten = (sql: string): string => changes.reduce((text, [from, to]) => text.replace(from, to), sql);
  return altered(database, { statement: (sql, run) => run(rewritten(sql)) });
}

/** Whether a statement claims sends, records what became of them, or takes them for settling. */
export const isClaim = (sql: string): boolean => sql.includes('insert into sends');
export const isRecord = (sql: string): boolean => sql.includes('update sends') && sql.includes('jsonb_to_recordset');

/**
 * A database in which a claim is committed only when its outcome is to be recorded: what hands over is believed to have
 * claimed. When it never records, the claim was never there.
 */
export function holdingClaims(database: Database): Database {
  let commit: () => void = () => undefined;
  let held = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let committed: Promise<unknown> = Promise.resolve();
  const record: Around = async (sql, run) => {
    if (!isRecord(sql)) return run(sql);
    commit();
    await committed;
    held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    return run(sql);
  };
  const on = altered(database, { statement: record });
  return new Proxy(on, {
    get(target, name) {
      if (name !== '$transaction') return Reflect.get(target, name);
      return (body: (tx: Transaction) => Promise<unknown>) =>
        new Promise((claimed, failed) => {
          committed = target
            .$transaction(
              async (tx) => {
                claimed(await body(tx));
                await held;
              },
              { timeout: 60_000 },
            )
            .catch(failed);
        });
    },
  });
}
