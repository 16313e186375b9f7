import type { SurveysPolicy } from '../../sections/surveys.ts';
import type { Instant } from '../../time.ts';
import type { PairContext, PolicyInForce } from '../context.ts';

/** The surveys section that was, or will be, in force at an instant as far as is known now (V7); null when it is off. */
export function surveysPolicyAt(at: Instant, { policies }: PairContext): SurveysPolicy | null {
  const inForce = policies.findLast(({ since }, index) => index === 0 || since <= at) as PolicyInForce;
  return inForce.policy.surveys ?? null;
}
