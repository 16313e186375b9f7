import type { Database, Transaction } from '../../../prisma/database.ts';

/** The product's own database, with something changed on the way to it. */

/** What is done with a statement: its SQL, and how to run it or another one in its place. */
export type Around = (sql: string, run: (sql: string) => Promise<unknown>) => Promise<unknown>;

/** A database of which every statement passes `around`, also inside a transaction. */
export function altered(database: Database, around: Around): Database {
  return alteredClient(database, around);
}

function alteredClient<T extends object>(target: T, around: Around): T {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name === '$queryRawUnsafe' || name === '$executeRawUnsafe') {
        return (sql: string, ...values: unknown[]) => around(sql, (text) => value.call(target, text, ...values));
      }
      if (name === '$transaction') {
        return (body: (tx: Transaction) => Promise<unknown>, options?: object) =>
          value.call(target, (tx: Transaction) => body(alteredClient(tx, around)), options);
      }
      return value.bind(target);
    },
  });
}

/** A database whose statements are changed in their text. */
export function rewriting(database: Database, changes: Array<[string | RegExp, string]>): Database {
  const rewritten = (sql: string): string => changes.reduce((text, [from, to]) => text.replace(from, to), sql);
  return altered(database, (sql, run) => run(rewritten(sql)));
}

/** Whether a statement claims sends. */
export const isClaim = (sql: string): boolean => sql.includes('insert into sends');
/** Whether a statement records what became of sends. */
export const isRecord = (sql: string): boolean => sql.includes('update sends') && sql.includes('jsonb_to_recordset');

/** A promise, and what resolves it. */
function promised(): { resolved: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const resolved = new Promise<void>((done) => {
    resolve = done;
  });
  return { resolved, resolve };
}

/**
 * A database in which a claim is committed only when its outcome is to be recorded: what hands over is believed to have
 * claimed. When it never records, the claim was never there.
 */
export function holdingClaims(database: Database): Database {
  let recording = promised();
  let committed: Promise<unknown> = Promise.resolve();
  const on = altered(database, async (sql, run) => {
    if (!isRecord(sql)) return run(sql);
    recording.resolve();
    await committed;
    recording = promised();
    return run(sql);
  });
  const hold = (body: (tx: Transaction) => Promise<unknown>): Promise<unknown> =>
    new Promise((done, failed) => {
      const { resolved } = recording;
      let over: Promise<unknown> = Promise.resolve();
      const held = async (tx: Transaction): Promise<unknown> => {
        let claims = false;
        const watched = alteredClient(tx, (sql, run) => {
          claims ||= isClaim(sql);
          return run(sql);
        });
        const value = await body(watched);
        if (!claims) return value;
        committed = over.catch(() => undefined);
        done(value);
        await resolved;
        return value;
      };
      over = on.$transaction(held, { timeout: 60_000 });
      over.then(done, failed);
    });
  return new Proxy(on, { get: (target, name) => (name === '$transaction' ? hold : Reflect.get(target, name)) });
}
