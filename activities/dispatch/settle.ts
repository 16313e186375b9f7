import type { Database } from '../../prisma/database.ts';
import { recordOutcomes, type SendOutcome, takeUnsettled } from '../../prisma/store/sends.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { DeliveryChannel } from '../channels/channel.ts';

const sendsAtOnce = 200;
/** Seconds until a send that its channel could not tell about is asked for again. */
const askAgainSeconds = 60;

/**
 * Settles sends that were claimed and never recorded, by asking their channel and never by guessing (M9). What is proven
 * absent goes back to be sent; what cannot be known stays `unknown`. Answers how many were settled.
 */
export async function settleSends(database: Database, channel: DeliveryChannel, clock: Clock): Promise<number> {
  const open = await takeUnsettled(database, channel.provider, sendsAtOnce, askAgainSeconds);
  const outcomes: Array<{ id: string; outcome: SendOutcome }> = [];
  const now = await clock.now();
  for (const { id } of open) {
    const fate = await channel.lookUp(id);
    if (fate === 'accepted') outcomes.push({ id, outcome: { kind: 'accepted', providerId: id } });
    if (fate === 'absent') outcomes.push({ id, outcome: { kind: 'not_sent', code: 'proven_absent', retryAt: now } });
  }
  if (outcomes.length > 0) await recordOutcomes(database, outcomes, now);
  return outcomes.length;
}
