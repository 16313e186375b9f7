import type { SimulationInput } from '../../policy/simulate/documents.ts';
import { shifted, shiftedInstant, weeksUntil } from '../../policy/simulate/shift.ts';
import { type SimulationResult, simulate } from '../../policy/simulate.ts';
import type { Instant } from '../../policy/time.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';

export interface RunOptions {
  start: Instant | null;
  /** On the dates of the files. */
  until: Instant | null;
}

/** Moves the story to its start and runs it. */
export function run(input: SimulationInput, { start, until }: RunOptions): SimulationResult {
  const weeks = start === null ? 0 : weeksUntil(start, input);
  const { zone } = input.program;
  const stop = until === null ? {} : { until: shiftedInstant(until, weeks, zone) };
  return simulate(shifted(input, weeks, zone), {
    classify: (template, variant) => classify(template as TemplateKey, variant),
    ...stop,
  });
}
