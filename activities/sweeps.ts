import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { Classification } from '../policy/mailbox/row.ts';
import type { SweepStep } from '../policy/step.ts';
import type { Instant } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import { hasUntoldPairs } from '../prisma/store/sweeps/cohort-ending.ts';
import { carryOutSweeps } from '../prisma/store/sweeps.ts';
import type { Nudger } from './nudger.ts';

export interface SweepInput {
  programId: string;
  /** Version and terms of the document that the sweeps were decided under. */
  version: number;
  zone: string;
  gatherMinutes: number;
  /** Every sweep that stands. */
  sweeps: SweepStep[];
  now: Instant;
}

export interface SweepActivities {
  /**
   * Carries out what is not done of the sweeps, and returns when the dispatcher of their messages has been nudged and the
   * pairs that have ended have been told: on a virtual clock no time passes until then.
   */
  sweep(input: SweepInput): Promise<void>;
}

const lookEveryMillis = 250;
/** A relay that does not run keeps nothing but the clock of a rehearsal waiting: it tells the pairs when it runs again. */
const waitAtMostMillis = 120_000;

export function createSweepActivities(deps: {
  database: Database;
  nudger: Nudger;
  classify: (template: string, variant?: string | null) => Classification;
}): SweepActivities {
  const { database, nudger, classify } = deps;
  return {
    async sweep({ version, ...input }) {
      // A worker that shuts down leaves the rest to another one.
      const moved = (): void => {
        heartbeat();
        cancellationSignal().throwIfAborted();
      };
      await carryOutSweeps(database, { ...input, policyVersion: version, classify, moved });
      // What sweeps say is transactional, or for staff; an attempt before this one may have said it.
      await nudger.nudge('urgent');
      const until = performance.now() + waitAtMostMillis;
      while (performance.now() < until && (await hasUntoldPairs(database, input.programId))) {
        heartbeat();
        // Ends when the worker shuts down.
        await sleep(lookEveryMillis);
      }
    },
  };
}
