import type { LintRule } from '../finding.ts';

/** One section of the policy document: what holds where a program says nothing, and what it may not or should not say. */
export interface Section<Policy extends object> {
  defaults: Policy;
  /** On, with its defaults, although the document does not mention it. */
  always?: true;
  /** In the order in which findings are reported. */
  rules: readonly LintRule[];
}
