import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks again and again until `look` answers something other than null; answers that.
 * @param within milliseconds
 * @throws with `what` when it takes longer
 */
export async function until<T>(
  what: string,
  within: number,
  look: () => Promise<T | null> | T | null,
  every = 100,
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > end) throw new Error(`not within ${within / 1000} s: ${what}`);
    await sleep(every);
  }
}

/** True or null, as `until` wants it. */
export function when(condition: boolean): true | null {
  return condition ? true : null;
}
