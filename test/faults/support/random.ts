import { seeded } from '../../../policy/simulate/seeded.ts';

/** Chance that can be had again: everything a fault test leaves to it follows from one seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `from` to below `until`. */
  between(from: number, until: number): number;
  one<T>(of: readonly T[]): T;
}

/** A sequence that depends on the seed alone. */
export function createRandom(seed: number): Random {
  const next = seeded(seed);
  const between = (from: number, until: number): number => from + Math.floor(next() * (until - from));
  return { next, between, one: (of) => of[between(0, of.length)] as (typeof of)[number] };
}
