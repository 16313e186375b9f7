import { forgetIdempotencyKeys } from '../prisma/store/idempotency.ts';
import { giveUpParked, journalBacklog, redeliverForgotten, unparkKnown } from '../prisma/store/journal-care.ts';
import { tellOfParkedDanger } from '../prisma/store/parked-danger.ts';
import { overdueShards } from '../prisma/store/sends.ts';
import { classify } from '../templates/table.ts';
import type { DispatchShard } from '../workflows/ids.ts';
import type { RelayDependencies } from './relay.ts';
import { createRetention } from './retention.ts';

/** Looking after parked and forgotten entries, and overdue mailboxes, is not urgent. */
const careMillis = 5_000;
const overdueSeconds = 5;
const nudgeOverdueEvery = 60_000;
/** An answer is given again under its Idempotency-Key for so long; older ones are forgotten once a day. */
const answersKeptHours = 24;
const forgetAnswersEvery = 24 * 3_600_000;

/** What is looked after every few seconds of wall time, whatever the clock of the rules says. */
export function createCare(deps: RelayDependencies): () => Promise<void> {
  let lastCare = 0;
  let lastForgotten = -forgetAnswersEvery;
  const dropOldWords = createRetention(deps);
  const lastNudge = new Map<string, number>();
  return async () => {
    const wall = performance.now();
    if (lastCare > 0 && wall - lastCare < careMillis) return;
    lastCare = wall;
    const now = await deps.clock.now();
    await unparkKnown(deps.database);
    const givenUp = await giveUpParked(deps.database, now);
    if (givenUp > 0) deps.logger.warn({ entries: givenUp }, 'events of unknown pairs given up after 24 hours');
    if ((await tellOfParkedDanger(deps.database, classify('task'), now)) > 0) await deps.nudge('urgent');
    await redeliverForgotten(deps.database);
    const backlog = await journalBacklog(deps.database);
    deps.metrics.relayOldestAge.set(backlog.oldestSeconds);
    const overdue = await overdueShards(deps.database, now);
    deps.metrics.dispatchOldestDueAge.set(Math.max(0, ...overdue.map((shard) => shard.seconds)));
    for (const { shard, seconds } of overdue) {
      if (seconds < overdueSeconds || wall - (lastNudge.get(shard) ?? -nudgeOverdueEvery) < nudgeOverdueEvery) continue;
      lastNudge.set(shard, wall);
      await deps.nudge(shard as DispatchShard);
    }
    await dropOldWords();
    if (wall - lastForgotten < forgetAnswersEvery) return;
    await forgetIdempotencyKeys(deps.database, answersKeptHours);
    lastForgotten = wall;
  };
}
