/** The long profile is for a machine that has nothing else to do: `TANDEM_FAULTS=long npx vitest run test/faults`. */
export const long = process.env.TANDEM_FAULTS === 'long';

/** A parameter of a test: its value in the short profile, and in the long one. */
export function inProfile<T>(short: T, inLong: T): T {
  return long ? inLong : short;
}

/** Milliseconds that a test of this folder may take. */
export const testTimeout = inProfile(180_000, 1_200_000);
