import { ApplicationFailure, type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import type { PairEvent } from '../policy/event.ts';
import { refusals } from '../policy/pair/commands.ts';
import type { PlannedStep } from '../policy/step.ts';
import type { Instant } from '../policy/time.ts';
import { closePair, getPair, getPlan, pausePair, resumePair, resumeReminders } from '../workflows/messages.ts';

export type PairCommand = 'pausePair' | 'resumePair' | 'closePair' | 'resumeReminders';

/** `asked`: there was no answer in time; the relay asks again under the same id until there is one. */
export type CommandResult = 'applied' | 'asked' | { refused: string };

/** The pair's workflow, as the API speaks with it. */
export interface PairGateway {
  /** The pair as of `now`; null when its workflow cannot tell at present. */
  view(owner: string, now: Instant): Promise<Record<string, unknown> | null>;
  /** Its steps until `until`, soonest first; null when its workflow cannot tell at present. */
  plan(owner: string, now: Instant, until: Instant): Promise<PlannedStep[] | null>;
  /** Carries out a command that is on the journal as `event`. */
  command(owner: string, name: PairCommand, event: PairEvent): Promise<CommandResult>;
}

const answersWithin = 3_000;
const updates = { pausePair, resumePair, closePair, resumeReminders } as const;

/** Speaks with pairs by queries and updates, and waits 3 seconds of wall time at most for each. */
export function temporalPairGateway(client: Client): PairGateway {
  const inTime = <T>(ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + answersWithin, ask);
  // A run that is missing, being opened, or out of reach: what the pair last said of itself is read in its place.
  const orNull = <T>(ask: () => Promise<T>): Promise<T | null> => inTime(ask).catch(() => null);
  return {
    view: (owner, now) => orNull(() => client.workflow.getHandle(owner).query(getPair, now)),
    plan: (owner, now, until) => orNull(() => client.workflow.getHandle(owner).query(getPlan, now, until)),
    async command(owner, name, event) {
      const handle = client.workflow.getHandle(owner);
      try {
        await inTime(() => handle.executeUpdate(updates[name], { updateId: event.ref, args: [event] }));
        return 'applied';
      } catch (error) {
        const refused = refusalCode(error);
        return refused === null ? 'asked' : { refused };
      }
    },
  };
}

/**
 * The same for a clock that skips time: Temporal's test server never skips again once a query has met a run that was about to
 * give way to the next. What pairs last said is read in their place, which is all there is to know once they are at rest.
 */
export function gatewayWithoutQueries(gateway: PairGateway): PairGateway {
  return { ...gateway, view: async () => null, plan: async () => null };
}

/** The code of a pair's refusal; null for every other failure, a pair that is being opened or that is broken among them. */
export function refusalCode(error: unknown): string | null {
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return null;
  const { type, nonRetryable } = error.cause;
  return nonRetryable && type && refusals.has(type) ? type : null;
}
