import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits so many milliseconds of the wall clock.
 * @throws when the fake is stopped meanwhile
 */
export async function wait(milliseconds: number, stopped: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: stopped });
}
