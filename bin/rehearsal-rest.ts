import { type SettledPair, settledAfter, untilOwed } from '../policy/pair/foresee.ts';
import type { Instant } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import { lastSaysOfPairs, readLastSaid, type UnfinishedWork, unfinishedWork } from '../prisma/store/unfinished.ts';

/** Tells when nothing is left to do: on a virtual clock nothing else says that a timer's decision is still to come. */
export interface Rest {
  /** What is left to do by `now`. */
  left(now: Instant): Promise<UnfinishedWork & { pairs: number }>;
}

interface Foreseen {
  say: string;
  pair: SettledPair;
}

/** Each pair's next decision is foreseen by the functions that will make it, once for each of its says. */
export function createRest(database: Database): Rest {
  const foreseen = new Map<string, Foreseen>();

  async function lookAtNewSays(): Promise<void> {
    const says = await lastSaysOfPairs(database);
    const nameOf = ({ facts, at }: { facts: number; at: Instant }): string => `${facts}|${at}`;
    const changed = says.filter((say) => foreseen.get(say.owner)?.say !== nameOf(say));
    if (changed.length > 0) {
      const owners = changed.map((say) => say.owner);
      for (const said of await readLastSaid(database, owners))
        foreseen.set(said.owner, { say: nameOf(said), pair: settledAfter(said.state, said.ctx, said.at) });
    }
    const open = new Set(says.map((say) => say.owner));
    for (const owner of foreseen.keys()) if (!open.has(owner)) foreseen.delete(owner);
  }

  return {
    async left(now) {
      await lookAtNewSays();
      let pairs = 0;
      for (const entry of foreseen.values()) {
        const { pair, owed } = untilOwed(entry.pair, now);
        entry.pair = pair;
        if (owed) pairs++;
      }
      return { ...(await unfinishedWork(database, now)), pairs };
    },
  };
}
