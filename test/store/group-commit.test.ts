import { describe, expect, it } from 'vitest';
import { createGroupCommit } from '../../prisma/group-commit.ts';

interface Item {
  owner: string;
  n: number;
}

/** Commits that take a turn of the event loop, with what each of them held. */
function recorded(options: { identitiesOf?: (item: Item) => string[]; fails?: (items: Item[]) => boolean } = {}) {
  const rounds: number[][] = [];
  const hand = createGroupCommit<Item, string>({
    identitiesOf: options.identitiesOf ?? (({ owner }) => [owner]),
    identitiesAtMost: 10,
    isTriedAlone: (error) => (error as Error).message !== 'nobody',
    async commit(items) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      rounds.push(items.map(({ n }) => n));
      if (options.fails?.(items)) throw new Error(items.length > 1 ? 'one of them' : `alone ${items[0]?.n}`);
      return items.map(({ n }) => `done ${n}`);
    },
  });
  return { rounds, hand };
}

const items = (count: number, ownerOf = (n: number): string => `owner_${n}`): Item[] =>
  Array.from({ length: count }, (_, n) => ({ owner: ownerOf(n), n }));

describe('group commit', () => {
  it('what arrives while a commit is under way goes together, in its order and no more than fits', async () => {
    const { rounds, hand } = recorded();
    const results = await Promise.all(items(25).map(hand));
    expect(results).toEqual(items(25).map(({ n }) => `done ${n}`));
    expect(rounds.map((round) => round.length)).toEqual([10, 10, 5]);
    expect(rounds.flat()).toEqual(items(25).map(({ n }) => n));
  });

  it('two of one identity never go together, and neither overtakes the other', async () => {
    const { rounds, hand } = recorded();
    await Promise.all(items(9, (n) => `owner_${n % 3}`).map(hand));
    expect(rounds).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7, 8],
    ]);
  });

  it('control: items without an identity of their own go together', async () => {
    const { rounds, hand } = recorded({ identitiesOf: () => [] });
    await Promise.all(items(9, () => 'owner').map(hand));
    expect(rounds).toHaveLength(1);
  });

  it('one that fails is told so alone, and the others are committed', async () => {
    const { hand } = recorded({ fails: (given) => given.some(({ n }) => n === 3) });
    const results = await Promise.allSettled(items(6).map(hand));
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, false, true, true]);
    expect(results[3]).toMatchObject({ reason: { message: 'alone 3' } });
    expect(await hand({ owner: 'later', n: 7 })).toBe('done 7');
  });
});
