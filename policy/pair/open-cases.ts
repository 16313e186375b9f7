import type { Step } from '../step.ts';
import { toRfc3339 } from '../time.ts';
import { idOf } from './context.ts';

/** The cases among what stands, as a pair's view lists them. */
export function openCasesIn(steps: Step[]): Array<{ id: string; kind: string; since: string }> {
  return steps.flatMap((step) =>
    step.kind === 'case' ? [{ id: idOf('case', step.key), kind: step.caseKind, since: toRfc3339(step.openedAt) }] : [],
  );
}
