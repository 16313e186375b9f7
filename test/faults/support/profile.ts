/** The long profile is for a machine that has nothing else to do: `npm run test:faults -- --long`. */
export const long = process.env.TANDEM_FAULTS === 'long';

/** A parameter of a test: its value in the short profile, and in the long one. */
export function inProfile<T>(short: T, inLong: T): T {
  return long ? inLong : short;
}

/** Milliseconds that a test of this folder may take. */
export const testTimeout = inProfile(180_000, 2_700_000);

/** What chance starts from: another one in each run, unless `TANDEM_FAULTS_SEED` names the one of a run to be had again. */
export const seed = Number(process.env.TANDEM_FAULTS_SEED ?? Date.now() % 1_000_000);
