import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRelayPace, type RelayPace } from '../../api/relay-pace.ts';

/** A pace whose clock stands until it is moved, and requests that last until they are ended. */
function standing() {
  let now = 0;
  const pace = createRelayPace(() => now);
  return {
    pace,
    pass(millis: number) {
      now += millis;
    },
  };
}

function request(pace: RelayPace, entries: number): () => Promise<void> {
  let end: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const stored = pace.storing(entries, () => held);
  return () => {
    end();
    return stored;
  };
}

describe('room for taking in', () => {
  it('a few entries at a time are no burst, many at once are', async () => {
    const { pace } = standing();
    const few = Array.from({ length: 7 }, () => request(pace, 1));
    expect(pace.isTakingIn()).toBe(false);
    const eighth = request(pace, 1);
    expect(pace.isTakingIn()).toBe(true);
    for (const end of [...few, eighth]) await end();
  });

  it('a burst outlasts a short gap and ends with a longer one', async () => {
    const { pace, pass } = standing();
    await request(pace, 20)();
    pass(90);
    expect(pace.isTakingIn()).toBe(true);
    pass(20);
    expect(pace.isTakingIn()).toBe(false);
  });

  it('a load that lasts is no burst until it has been calm for a while', async () => {
    const { pace, pass } = standing();
    const taking: boolean[] = [];
    for (let tenths = 0; tenths < 60; tenths++) {
      await request(pace, 20)();
      taking.push(pace.isTakingIn());
      pass(100);
    }
    expect(taking.lastIndexOf(true)).toBe(29);
    pass(1_000);
    await request(pace, 20)();
    expect(pace.isTakingIn()).toBe(true);
  });

  it('what fails is no longer waiting', async () => {
    const { pace, pass } = standing();
    await expect(pace.storing(20, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    pass(1_000);
    const end = request(pace, 1);
    expect(pace.isTakingIn()).toBe(false);
    await end();
  });

  it('ten deliveries a second leave during a burst, and all at once without one', async () => {
    const pace = createRelayPace();
    const end = request(pace, 20);
    let turns = 0;
    let began = performance.now();
    const lanes = Array.from({ length: 12 }, async () => {
      await pace.turn();
      turns++;
    });
    await sleep(150);
    expect(turns).toBeGreaterThanOrEqual(1);
    expect(turns).toBeLessThanOrEqual(1 + (performance.now() - began) / 100);
    await end();
    await Promise.all(lanes);
    began = performance.now();
    await Promise.all(Array.from({ length: 500 }, () => pace.turn()));
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
