import type { Classification } from '../policy/mailbox/row.ts';
import type { Say } from '../policy/pair/say.ts';
import type { Database } from '../prisma/database.ts';
import { createSayWriter } from '../prisma/store/say.ts';
import type { Nudger } from './nudger.ts';

export type SayInput = Say;

export interface SayActivities {
  /** Writes everything of an owner that stands now, and returns when the dispatchers concerned have been nudged. */
  say(input: SayInput): Promise<{ stale: boolean }>;
}

export function createSayActivities(deps: {
  database: Database;
  nudger: Nudger;
  classify: (template: string, variant?: string | null) => Classification;
}): SayActivities {
  const write = createSayWriter(deps.database, deps.classify);
  return {
    async say(input) {
      const { stale, shards } = await write(input);
      await Promise.all(shards.map((shard) => deps.nudger.nudge(shard)));
      return { stale };
    },
  };
}
