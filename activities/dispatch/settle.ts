import { outcomeOf } from '../../policy/delivery/consequences.ts';
import type { Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import type { Consequences } from '../../prisma/store/send-consequences.ts';
import { type RecordedOutcome, recordOutcomes } from '../../prisma/store/send-outcomes.ts';
import { takeUnsettled, type UnsettledSend } from '../../prisma/store/unsettled.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { DeliveryChannel, Fate } from '../channels/channel.ts';

const sendsAtOnce = 200;
const askedAtOnce = 8;
/** Seconds until a send that its channel could not tell about is asked for again. */
const askAgainSeconds = 60;

export interface SettleDependencies extends Consequences {
  database: Database;
  clock: Clock;
}

/**
 * Settles sends that were claimed and never recorded, by asking their channel and never by guessing (M9). What is proven
 * absent goes back to be sent; what cannot be known stays `unknown`. Answers how many were settled.
 */
export async function settleSends(deps: SettleDependencies, channel: DeliveryChannel): Promise<number> {
  const open = await takeUnsettled(deps.database, channel.provider, sendsAtOnce, askAgainSeconds);
  if (open.length === 0) return 0;
  const now = await deps.clock.now();
  const outcomes: RecordedOutcome[] = [];
  const lane = async (): Promise<void> => {
    for (let send = open.shift(); send; send = open.shift()) {
      const outcome = settled(send, await channel.lookUp(send), now);
      if (outcome) outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, lane));
  if (outcomes.length > 0) await recordOutcomes(deps.database, outcomes, now, deps);
  return outcomes.length;
}

const noHistory = { attempts: 0, retriedPassing: false };

function settled({ id }: UnsettledSend, fate: Fate, now: Instant): RecordedOutcome | null {
  if (fate.fate === 'unknown') return null;
  if (fate.fate === 'absent')
    return { id, outcome: { kind: 'not_sent', code: 'proven_absent', retryAt: now, counts: false } };
  return { id, outcome: outcomeOf({ class: 'accepted', code: 'found', providerId: fate.providerId }, noHistory, now) };
}
