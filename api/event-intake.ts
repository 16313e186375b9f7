import { type Database, isUnavailable } from '../prisma/database.ts';
import { createGroupCommit } from '../prisma/group-commit.ts';
import { type NewEntry, type Recorded, recordEntries } from '../prisma/store/journal.ts';

/**
 * Puts entries on the journal by group commit: each caller gets its answer after the insert that holds its entries was
 * committed.
 */
export interface EventIntake {
  /**
   * Entries of one call stay together. The same identity may come more than once, also in one call.
   * @param allowedPrograms programs that the caller may write to; null means all
   */
  record(entries: NewEntry[], allowedPrograms: readonly string[] | null): Promise<Recorded[]>;
}

const entriesPerInsert = 100;

export function createEventIntake(database: Database): EventIntake {
  const lanes = new Map<string, Lane>();
  const enqueue = (entries: NewEntry[], allowedPrograms: readonly string[] | null): Promise<Recorded[]> => {
    const name = JSON.stringify(allowedPrograms);
    const lane = lanes.get(name) ?? createLane(database, allowedPrograms, () => lanes.delete(name));
    lanes.set(name, lane);
    return lane(entries);
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

type Lane = (entries: NewEntry[]) => Promise<Recorded[]>;

/** The entries of callers with the same programs; `ended` is called when it has run empty. */
function createLane(database: Database, allowedPrograms: readonly string[] | null, ended: () => void): Lane {
  const allowed = allowedPrograms === null ? null : [...allowedPrograms];
  return createGroupCommit<NewEntry[], Recorded[]>({
    identitiesOf: (entries) => entries.map(identityOf),
    identitiesAtMost: entriesPerInsert,
    commit: (groups) => insert(database, groups, allowed),
    isTriedAlone: (error) => !isUnavailable(error),
    ended,
  });
}

/** One insert for all. */
async function insert(database: Database, groups: NewEntry[][], allowed: string[] | null): Promise<Recorded[][]> {
  // Always in one order, so that two inserts with the same identities never wait for each other in a circle.
  const placed = groups.flat().map((entry): [string, NewEntry] => [identityOf(entry), entry]);
  placed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const recorded = await recordEntries(
    database,
    placed.map(([, entry]) => entry),
    allowed,
  );
  const results = new Map(placed.map(([identity], index) => [identity, recorded[index] as Recorded]));
  return groups.map((entries) => entries.map((entry) => results.get(identityOf(entry)) as Recorded));
}
