/**
 * Group commit: while one commit is under way the next items gather, and go together. Each caller gets its result after
 * the commit that holds its item.
 */
export interface GroupCommitOptions<Item, Result> {
  /** What an item has for itself: two that share an identity never go together, and neither overtakes the other. */
  identitiesOf(item: Item): string[];
  /** Identities in one commit at most; a larger item goes alone. */
  identitiesAtMost: number;
  /** Commits all or nothing; a result for each item, in their order. */
  commit(items: Item[]): Promise<Result[]>;
  /** Whether the items of a commit that failed like this are tried alone, so that a bad one fails no other. */
  isTriedAlone(error: unknown): boolean;
  /** Called when nothing is left to do. */
  ended?(): void;
}

interface Waiting<Item, Result> {
  item: Item;
  identities: string[];
  done(result: Result): void;
  failed(error: unknown): void;
}

/** Answers the function that hands an item in; it rejects with what its commit failed with. */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let running = false;
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const { round, rest } = nextRound(waiting, options.identitiesAtMost);
      waiting = rest;
      await commitRound(round, options);
    }
    running = false;
    options.ended?.();
  };
  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, identities: options.identitiesOf(item), done, failed });
      if (running) return;
      running = true;
      // What arrives in the same turn travels with it.
      queueMicrotask(() => void run());
    });
}

/** Items in their order, up to the size of a commit; one that shares an identity with an earlier one waits. */
function nextRound<Item, Result>(waiting: Waiting<Item, Result>[], identitiesAtMost: number) {
  const round: Waiting<Item, Result>[] = [];
  const rest: Waiting<Item, Result>[] = [];
  const taken = new Set<string>();
  let size = 0;
  let full = false;
  for (const one of waiting) {
    full ||= round.length > 0 && size + one.identities.length > identitiesAtMost;
    const waits = full || one.identities.some((identity) => taken.has(identity));
    (waits ? rest : round).push(one);
    for (const identity of one.identities) taken.add(identity);
    if (!waits) size += one.identities.length;
  }
  return { round, rest };
}

async function commitRound<Item, Result>(
  round: Waiting<Item, Result>[],
  options: GroupCommitOptions<Item, Result>,
): Promise<void> {
  try {
    const results = await options.commit(round.map(({ item }) => item));
    for (const [index, one] of round.entries()) one.done(results[index] as Result);
  } catch (error) {
    if (round.length === 1 || !options.isTriedAlone(error)) for (const one of round) one.failed(error);
    else await triedAlone(round, options);
  }
}

/** A few at a time: others need connections too. */
const aloneAtOnce = 3;

async function triedAlone<Item, Result>(
  round: Waiting<Item, Result>[],
  options: GroupCommitOptions<Item, Result>,
): Promise<void> {
  const left = [...round];
  const lane = async (): Promise<void> => {
    for (let one = left.shift(); one; one = left.shift()) await commitRound([one], options);
  };
  await Promise.all(Array.from({ length: aloneAtOnce }, lane));
}
