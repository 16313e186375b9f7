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
    let now = 0;
    const leftAt: number[] = [];
    const pace = createRelayPace(
      () => now,
      async (millis) => {
        now += millis;
      },
    );
    const end = request(pace, 20);
    // What is being stored keeps the burst going.
    for (let delivery = 0; delivery < 12; delivery++) {
      const more = request(pace, 20);
      await pace.turn();
      leftAt.push(now);
      await more();
    }
    expect(leftAt).toEqual(Array.from({ length: 12 }, (_, index) => index * 100));
    await end();
    now += 1_000;
    for (let delivery = 0; delivery < 500; delivery++) await pace.turn();
    expect(now).toBe(2_100);
  });
});
