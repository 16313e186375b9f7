import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Room for taking in: the answer is what a caller waits for, so while a burst comes in the relay delivers little, and
 * afterwards each pair's entries in one signal. It never stops, safety does not wait, and a load that lasts is shared.
 */
export interface RelayPace {
  /** Counts these entries as waiting to be stored while the work lasts. */
  storing<T>(entries: number, work: () => Promise<T>): Promise<T>;
  /** Whether a burst is being taken in. */
  isTakingIn(): boolean;
  /** Returns at once, or during a burst when the next delivery is due. */
  turn(): Promise<void>;
}

/** So many entries wait at once only when they come faster than they are stored. */
const burstEntries = 8;
/** A gap of this many milliseconds between two requests does not end a burst. */
const gapMillis = 100;
/** A load that lasts longer is no burst: taking in and delivering then share what there is. */
const burstMillis = 3_000;
const calmMillis = 1_000;
/** Between two deliveries during a burst. */
const turnMillis = 100;

/**
 * @param now milliseconds of a clock that never goes back
 * @param pause returns after so many milliseconds of that clock
 */
export function createRelayPace(
  now: () => number = () => performance.now(),
  pause: (millis: number) => Promise<unknown> = sleep,
): RelayPace {
  let waiting = 0;
  let began = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let nextTurn = 0;
  const notice = (): void => {
    if (waiting < burstEntries) return;
    if (now() - last > calmMillis) began = now();
    last = now();
  };
  const isTakingIn = (): boolean => {
    notice();
    return now() - last < gapMillis && now() - began < burstMillis;
  };
  return {
    isTakingIn,
    async storing(entries, work) {
      waiting += entries;
      notice();
      try {
        return await work();
      } finally {
        notice();
        waiting -= entries;
      }
    },
    async turn() {
      while (isTakingIn()) {
        const left = nextTurn - now();
        if (left <= 0) {
          nextTurn = now() + turnMillis;
          return;
        }
        await pause(left);
      }
    },
  };
}
