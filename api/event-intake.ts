import { type Database, isUnavailable } from '../prisma/database.ts';
import { type NewEntry, type Recorded, recordEntries } from '../prisma/store/journal.ts';

/**
 * Puts entries on the journal by group commit: while one insert is under way the next entries gather, and go together.
 * Each caller gets its answer after the insert that holds its entries was committed.
 */
export interface EventIntake {
  /**
   * Entries of one call stay together. The same identity may come more than once, also in one call.
   * @param allowedPrograms programs that the caller may write to; null means all
   */
  record(entries: NewEntry[], allowedPrograms: readonly string[] | null): Promise<Recorded[]>;
}

const entriesPerInsert = 100;

interface Group {
  entries: NewEntry[];
  done(recorded: Recorded[]): void;
  failed(error: unknown): void;
}

export function createEventIntake(database: Database): EventIntake {
  const lanes = new Map<string, (group: Group) => void>();
  const enqueue = (entries: NewEntry[], allowedPrograms: readonly string[] | null): Promise<Recorded[]> => {
    const name = JSON.stringify(allowedPrograms);
    const lane = lanes.get(name) ?? createLane(database, allowedPrograms, () => lanes.delete(name));
    lanes.set(name, lane);
    return new Promise((done, failed) => lane({ entries, done, failed }));
  };
  return {
    async record(entries, allowedPrograms) {
      const { first, repeated } = split(entries);
      const recorded =
        first.length > 0
          ? await enqueue(
              first.map(([entry]) => entry),
              allowedPrograms,
            )
          : [];
      const again =
        repeated.length > 0
          ? await this.record(
              repeated.map(([entry]) => entry),
              allowedPrograms,
            )
          : [];
      const results: Recorded[] = [];
      for (const [index, [, position]] of first.entries()) results[position] = recorded[index] as Recorded;
      for (const [index, [, position]] of repeated.entries()) results[position] = again[index] as Recorded;
      return results;
    },
  };
}

function identityOf(entry: NewEntry): string {
  return `${entry.source}\n${entry.eventId}`;
}

type Placed = [entry: NewEntry, position: number];

/** The first entry of each identity, and those that repeat one: an insert takes each identity once. */
function split(entries: NewEntry[]): { first: Placed[]; repeated: Placed[] } {
  const seen = new Set<string>();
  const first: Placed[] = [];
  const repeated: Placed[] = [];
  for (const [position, entry] of entries.entries()) {
    const identity = identityOf(entry);
    (seen.has(identity) ? repeated : first).push([entry, position]);
    seen.add(identity);
  }
  return { first, repeated };
}

/** A queue with one insert under way at most; `ended` is called when it has run empty. */
function createLane(
  database: Database,
  allowedPrograms: readonly string[] | null,
  ended: () => void,
): (group: Group) => void {
  const allowed = allowedPrograms === null ? null : [...allowedPrograms];
  let waiting: Group[] = [];
  let running = false;
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const round = nextRound(waiting);
      waiting = waiting.filter((group) => !round.includes(group));
      await insert(database, round, allowed);
    }
    running = false;
    ended();
  };
  return (group) => {
    waiting.push(group);
    if (running) return;
    running = true;
    // What arrives in the same turn travels with it.
    queueMicrotask(() => void run());
  };
}

/** Whole groups in their order, up to the size of an insert, no identity twice. */
function nextRound(waiting: Group[]): Group[] {
  const round: Group[] = [];
  const taken = new Set<string>();
  let size = 0;
  for (const group of waiting) {
    const identities = group.entries.map(identityOf);
    if (round.length > 0 && size + identities.length > entriesPerInsert) break;
    if (identities.some((identity) => taken.has(identity))) continue;
    for (const identity of identities) taken.add(identity);
    size += identities.length;
    round.push(group);
  }
  return round;
}

/** One insert for all; what cannot be stored fails alone. */
async function insert(database: Database, round: Group[], allowed: string[] | null): Promise<void> {
  // Always in one order, so that two inserts with the same identities never wait for each other in a circle.
  const placed = round.flatMap((group) => group.entries).map((entry): [string, NewEntry] => [identityOf(entry), entry]);
  placed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  try {
    const recorded = await recordEntries(
      database,
      placed.map(([, entry]) => entry),
      allowed,
    );
    const results = new Map(placed.map(([identity], index) => [identity, recorded[index] as Recorded]));
    for (const group of round) group.done(group.entries.map((entry) => results.get(identityOf(entry)) as Recorded));
  } catch (error) {
    if (round.length === 1 || isUnavailable(error)) for (const group of round) group.failed(error);
    else for (const group of round) await insert(database, [group], allowed);
  }
}
