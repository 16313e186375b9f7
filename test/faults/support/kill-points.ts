import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, DeliveryChannel } from '../../../activities/channels/channel.ts';
import type { ProviderAnswer } from '../../../policy/delivery/consequences.ts';
import { altered, isClaim, isRecord } from './altered-database.ts';
import { type Sending, wrapped } from './protections.ts';

/** The instants of sending at which a process can die with different things done. */
export const killPoints = [
  'before the claim',
  'after the claim',
  'after the request was written',
  'after the answer',
  'after the commit',
  'while settling',
] as const;
export type KillPoint = (typeof killPoints)[number];

/** A request is written by then, in milliseconds; the provider has to be slower with its answer. */
const writtenWithin = 300;

/** The same, but `die` is called when the point has been reached for the `times`-th time, and nothing goes on there. */
export function dyingAt(point: KillPoint, times: number, die: () => void, sending: Sending): Sending {
  let left = times;
  const reached = async (): Promise<void> => {
    left--;
    if (left > 0) return;
    die();
    await sleep(60_000);
  };
  switch (point) {
    case 'before the claim':
      return inStatement(sending, isClaim, (run) => reached().then(run));
    case 'after the commit':
      return inStatement(sending, isRecord, (run) => afterwards(run, reached));
    case 'after the claim':
      return inDelivery(sending, (deliver) => reached().then(deliver));
    case 'after the request was written':
      return inDelivery(sending, async (deliver) => {
        const answer = deliver();
        await sleep(writtenWithin);
        await reached();
        return answer;
      });
    case 'after the answer':
      return inDelivery(sending, (deliver) => afterwards(deliver, reached));
    case 'while settling': {
      const asking = (channel: DeliveryChannel): DeliveryChannel => ({
        ...channel,
        lookUp: (send) => afterwards(() => channel.lookUp(send), reached),
      });
      return { ...sending, channels: wrapped(sending.channels, asking) };
    }
  }
}

async function afterwards<T>(run: () => Promise<T>, then: () => Promise<void>): Promise<T> {
  const result = await run();
  await then();
  return result;
}

function inStatement(
  { database, channels }: Sending,
  is: (sql: string) => boolean,
  around: (run: () => Promise<unknown>) => Promise<unknown>,
): Sending {
  const statement = (sql: string, run: (sql: string) => Promise<unknown>): Promise<unknown> =>
    is(sql) ? around(() => run(sql)) : run(sql);
  return { channels, database: altered(database, statement) };
}

function inDelivery(
  { database, channels }: Sending,
  around: (deliver: () => Promise<ProviderAnswer>) => Promise<ProviderAnswer>,
): Sending {
  const delivering = (channel: DeliveryChannel): DeliveryChannel => ({
    ...channel,
    deliver: (delivery: Delivery) => around(() => channel.deliver(delivery)),
  });
  return { database, channels: wrapped(channels, delivering) };
}
