import { createHash } from 'node:crypto';
import type { DeliveryRule, Fault, FaultRule, Plan, Provider } from './plan.ts';

/** A plan at work: it counts the requests that its rules look at. */
export interface Rules {
  fault(provider: Provider, on: 'send' | 'lookUp', recipients: readonly string[]): Fault | null;
  delivery(provider: Provider, recipient: string): DeliveryRule | null;
  lookUpLagMs: number;
}

type Match = Pick<FaultRule, 'provider' | 'to' | 'requests' | 'share'>;

/**
 * Puts a plan to work, its counts at zero. Chance is a hash of seed, rule, recipient and the recipient's count, so the
 * same plan meets each recipient with the same faults in whatever order their requests arrive.
 */
export function applyPlan(plan: Plan): Rules {
  const faults = plan.faults.map((rule, index) => ({ rule, concerns: createMatcher(rule, `${plan.seed}/f${index}`) }));
  const deliveries = plan.deliveries.map((rule, index) => ({
    rule,
    concerns: createMatcher(rule, `${plan.seed}/d${index}`),
  }));
  return {
    fault(provider, on, recipients) {
      const found = faults
        .filter(({ rule }) => rule.on === on)
        .filter(({ concerns }) => concerns(provider, recipients));
      return found[0]?.rule.fault ?? null;
    },
    delivery(provider, recipient) {
      return deliveries.filter(({ concerns }) => concerns(provider, [recipient]))[0]?.rule ?? null;
    },
    lookUpLagMs: plan.lookUpLagMs,
  };
}

/** Says of each request in turn whether the rule concerns it. */
function createMatcher(rule: Match, seed: string): (provider: Provider, recipients: readonly string[]) => boolean {
  const pattern = rule.to === undefined ? null : globPattern(rule.to);
  const countOf = new Map<string, number>();
  let count = 0;
  return (provider, recipients) => {
    if (rule.provider !== undefined && rule.provider !== provider) return false;
    const recipient = recipients.find((one) => pattern?.test(one) ?? true) ?? (pattern ? undefined : '');
    if (recipient === undefined) return false;
    count += 1;
    const ofRecipient = (countOf.get(recipient) ?? 0) + 1;
    countOf.set(recipient, ofRecipient);
    const { first = 1, last = Number.POSITIVE_INFINITY } = rule.requests ?? {};
    if (count < first || count > last) return false;
    return rule.share === undefined || chance(`${seed}/${recipient}/${ofRecipient}`) < rule.share;
  };
}

function globPattern(glob: string): RegExp {
  const literal = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 'is');
}

/** From 0 to below 1. */
function chance(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
