import { wait } from './wait.ts';

/** A request that the fake makes. `body` goes out as it is. */
export interface Outgoing {
  url: string;
  body: Buffer;
  headers: Record<string, string>;
}

const TIMEOUT_MS = 10_000;

/**
 * Posts until someone takes it, at most once more than there are pauses.
 * @param pausesMs milliseconds before each repetition
 * @returns whether it was taken: answered with 2xx
 * @throws when the fake is stopped meanwhile
 */
export async function post(outgoing: Outgoing, pausesMs: readonly number[], stopped: AbortSignal): Promise<boolean> {
  for (const pause of [0, ...pausesMs]) {
    if (pause > 0) await wait(pause, stopped);
    if (await taken(outgoing, stopped)) return true;
    stopped.throwIfAborted();
  }
  return false;
}

async function taken({ url, body, headers }: Outgoing, stopped: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: new Uint8Array(body),
      headers,
      redirect: 'manual',
      signal,
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
