import { setTimeout as sleep } from 'node:timers/promises';
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
const writtenWithin = 60;

/**
 * The same, but `die` is called when the point has been reached for the `times`-th time, and nothing goes on there.
 */
export function dyingAt(point: KillPoint, times: number, die: () => void, { database, channels }: Sending): Sending {
  let left = times;
  const reached = async (): Promise<void> => {
    left--;
    if (left > 0) return;
    die();
    await sleep(60_000);
  };
  const before = (is: (sql: string) => boolean) =>
    altered(database, {
      async statement(sql, run) {
        if (is(sql)) await reached();
        return run(sql);
      },
    });
  const after = (is: (sql: string) => boolean) =>
    altered(database, {
      async statement(sql, run) {
        const result = await run(sql);
        if (is(sql)) await reached();
        return result;
      },
    });
  switch (point) {
    case 'before the claim':
      return { database: before(isClaim), channels };
    case 'after the commit':
      return { database: after(isRecord), channels };
    case 'after the claim':
      return {
        database,
        channels: wrapped(channels, (channel) => ({
          ...channel,
          deliver: (delivery) => reached().then(() => channel.deliver(delivery)),
        })),
      };
    case 'after the request was written':
      return {
        database,
        channels: wrapped(channels, (channel) => ({
          ...channel,
          async deliver(delivery) {
            const answer = channel.deliver(delivery);
            await sleep(writtenWithin);
            await reached();
            return answer;
          },
        })),
      };
    case 'after the answer':
      return {
        database,
        channels: wrapped(channels, (channel) => ({
          ...channel,
          async deliver(delivery) {
            const answer = await channel.deliver(delivery);
            await reached();
            return answer;
          },
        })),
      };
    case 'while settling':
      return {
        database,
        channels: wrapped(channels, (channel) => ({
          ...channel,
          async lookUp(send) {
            const fate = await channel.lookUp(send);
            await reached();
            return fate;
          },
        })),
      };
  }
}
