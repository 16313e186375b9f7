import { readFile } from 'node:fs/promises';

/** What left, according to the files that hold every hand-over. */

/** Ids of the messages of each hand-over. Half a line, left by a process that was killed while it wrote, is none. */
export async function handOvers(paths: string[]): Promise<string[][]> {
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  return texts.flatMap((text) => text.split('\n').flatMap(messageIdsIn));
}

function messageIdsIn(line: string): string[][] {
  try {
    return [(JSON.parse(line) as { messageIds: string[] }).messageIds];
  } catch {
    return [];
  }
}

export interface Differences {
  /** Messages that were handed over more than once. */
  twice: string[];
  /** Messages that were never handed over. */
  missing: string[];
  /** What was handed over and nobody asked for. */
  foreign: string[];
}

/** Compares what left with what was to leave, once each (M9). */
export function differences(expected: string[], left: string[][]): Differences {
  const times = new Map<string, number>(expected.map((id) => [id, 0]));
  const foreign: string[] = [];
  for (const id of left.flat()) {
    const before = times.get(id);
    if (before === undefined) foreign.push(id);
    else times.set(id, before + 1);
  }
  const ids = [...times];
  return {
    twice: ids.filter(([, count]) => count > 1).map(([id]) => id),
    missing: ids.filter(([, count]) => count === 0).map(([id]) => id),
    foreign,
  };
}

export const noDifference: Differences = { twice: [], missing: [], foreign: [] };
