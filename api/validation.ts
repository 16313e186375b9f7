import type { z } from 'zod';
import { type Fault, jsonPointer } from './problem.ts';

const MAX_FAULTS = 100;

type Issue = z.core.$ZodIssue;

export type Checked<T> = { ok: true; value: T } | { ok: false; faults: Fault[] };

/**
 * Checks a value against its schema.
 * @param prefix what every pointer begins with: nothing for a body, `/query` and its like for other parts
 */
export function check<S extends z.ZodType>(schema: S, value: unknown, prefix = ''): Checked<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, [], prefix));
  return { ok: false, faults: faults.slice(0, MAX_FAULTS) };
}

function faultsOf(issue: Issue, above: readonly PropertyKey[], prefix: string): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: prefix + jsonPointer([...path, key]),
      detail: 'There is no such field',
    }));
  }
  if (issue.code === 'invalid_union') {
    const closest = closestBranch(issue.errors);
    if (closest) return closest.flatMap((inner) => faultsOf(inner, path, prefix));
  }
  return [{ pointer: prefix + jsonPointer(path), detail: issue.message }];
}

/** Of several alternatives the one that got furthest into the value: most likely the one that was meant. */
function closestBranch(branches: readonly Issue[][]): Issue[] | undefined {
  const depth = (issues: Issue[]) => Math.max(0, ...issues.map((issue) => issue.path.length));
  const furthest = Math.max(0, ...branches.map(depth));
  return furthest > 0 ? branches.find((issues) => depth(issues) === furthest) : undefined;
}
