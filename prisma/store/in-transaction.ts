import { type Database, isConflict, type Transaction } from '../database.ts';

const attempts = 3;

/** One transaction, begun again when it met another one that held what it needed and waited for what it held. */
export async function inTransaction<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.$transaction(work);
    } catch (error) {
      if (attempt === attempts || !isConflict(error)) throw error;
    }
  }
}
