import type { Classification } from '../../../policy/mailbox/row.ts';
import type { SweepStep } from '../../../policy/step.ts';
import type { Instant } from '../../../policy/time.ts';
import type { Transaction } from '../../database.ts';

/** What sweeps are carried out with. */
export interface SweepTerms {
  programId: string;
  policyVersion: number;
  zone: string;
  gatherMinutes: number;
  /** When it is carried out, by the workflow that decided it. */
  now: Instant;
  classify: (template: string, variant?: string | null) => Classification;
  /** Items in one transaction at most; a thousand unless told. */
  batch?: number;
}

const usualBatch = 1000;

export function batchOf({ batch }: SweepTerms): number {
  return batch ?? usualBatch;
}

/**
 * Does a part of a sweep to the items after the one named, in one transaction. `after` is the last item of this part; null
 * where there are no more.
 */
export type Stage = (on: Transaction, sweep: SweepStep, terms: SweepTerms, after: string) => Promise<Moved>;

export interface Moved {
  after: string | null;
  changed: number;
}

/** What every statement over a batch answers: how many items it looked at, the last of them, and how many it changed. */
export interface BatchRow {
  looked: number;
  last: string | null;
  changed: number;
}

/** A batch that is not full was the last one. */
export function movedBy(row: BatchRow | undefined, terms: SweepTerms): Moved {
  const { looked = 0, last = null, changed = 0 } = row ?? {};
  return { after: looked < batchOf(terms) ? null : last, changed };
}
