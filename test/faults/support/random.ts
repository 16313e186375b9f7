/** Chance that can be had again: everything a fault test leaves to it follows from one seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `from` to below `until`. */
  between(from: number, until: number): number;
  one<T>(of: readonly T[]): T;
}

/** A sequence that depends on the seed alone (the mulberry32 generator). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, until: number): number => from + Math.floor(next() * (until - from));
  return { next, between, one: (of) => of[between(0, of.length)] as (typeof of)[number] };
}
