import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from './figures.ts';

/** What every section is run with. */
export interface Bench {
  /** A fraction of the load: shows that everything works, not how fast it is. */
  quick: boolean;
  /** Tells what is being done. */
  say(line: string): void;
}

export type Section = (bench: Bench) => Promise<Figure[]>;

/**
 * Looks every so many milliseconds until something has come true.
 * @throws after `withinSeconds`
 */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  { everyMillis = 50, withinSeconds = 180 } = {},
): Promise<void> {
  const deadline = performance.now() + withinSeconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinSeconds} s`);
    await sleep(everyMillis);
  }
}

/** Seconds that some work took. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
