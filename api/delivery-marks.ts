import type { Database } from '../prisma/database.ts';
import { markDelivered } from '../prisma/store/journal-leases.ts';

/**
 * Remembers what Temporal has taken until it is marked on the journal, some time later and many at once: most entries
 * are applied by then and need no mark. Entries that were not marked before their lease ended are delivered again, which
 * changes nothing.
 */
export interface DeliveryMarks {
  delivered(seqs: number[]): void;
  /** Marks what was delivered a while ago. */
  writeDue(): Promise<void>;
  /** Marks everything. */
  writeAll(): Promise<void>;
}

const writeAfterMillis = 1_000;

export function createDeliveryMarks(database: Database): DeliveryMarks {
  let gathering: number[] = [];
  let since = 0;
  const writeAll = async (): Promise<void> => {
    if (gathering.length === 0) return;
    const seqs = gathering;
    gathering = [];
    await markDelivered(database, seqs);
  };
  return {
    writeAll,
    delivered(seqs) {
      if (gathering.length === 0) since = performance.now();
      gathering.push(...seqs);
    },
    async writeDue() {
      if (performance.now() - since >= writeAfterMillis) await writeAll();
    },
  };
}
