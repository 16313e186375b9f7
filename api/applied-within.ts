import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../prisma/database.ts';
import { entryStates } from '../prisma/store/journal.ts';

/** Waits until an entry of the journal is applied; answers the messages that it cancelled, null when that takes longer. */
export async function cancelledWithin(database: Database, seq: number, seconds: number): Promise<string[] | null> {
  const end = performance.now() + seconds * 1_000;
  for (let pause = 25; ; pause = Math.min(100, pause * 1.5)) {
    const stands = (await entryStates(database, [seq])).get(seq);
    if (stands?.state === 'applied') return stands.cancelled;
    if (performance.now() + pause > end) return null;
    await sleep(pause);
  }
}
