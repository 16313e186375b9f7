import type { Logger } from 'pino';
import type { Database } from '../prisma/database.ts';
import { dropOldWords } from '../prisma/store/retention.ts';
import type { Clock } from '../runtime/clock.ts';

const everyMillis = 3_600_000;

/** Looks once an hour of wall time for words that are kept no longer; called as often as one likes. */
export function createRetention(deps: { database: Database; clock: Clock; logger: Logger }): () => Promise<void> {
  let last = -everyMillis;
  return async () => {
    const wall = performance.now();
    if (wall - last < everyMillis) return;
    const dropped = await dropOldWords(deps.database, await deps.clock.now());
    last = wall;
    if (dropped > 0) deps.logger.info({ rows: dropped }, 'words older than 30 days dropped');
  };
}
