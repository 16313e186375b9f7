import type { DeliveryChannel, DeliveryChannels } from '../../../activities/channels/channel.ts';
import type { Database } from '../../../prisma/database.ts';
import { holdingClaims, rewriting } from './altered-database.ts';

/** What keeps a message from going twice or not at all (M9, M10), each of which a test can switch off. */
export const protections = [
  'the claim before the hand-over',
  'asking, not taking for unsent',
  'asking, not taking for sent',
  'the settle time',
  'the lock of a claim',
  'one request for one hand-over',
  'waiting as long as the provider said',
  'outcomes that only move forward',
] as const;
export type Protection = (typeof protections)[number];

/** What sending is done with. */
export interface Sending {
  database: Database;
  channels: DeliveryChannels;
}

/** The same without one protection; with all of them when none is named. */
export function without(protection: Protection | null, { database, channels }: Sending): Sending {
  switch (protection) {
    case null:
      return { database, channels };
    case 'the claim before the hand-over':
      return { database: holdingClaims(database), channels };
    case 'asking, not taking for unsent':
      return { database, channels: changed(channels, { lookUp: async () => ({ fate: 'absent' }) }) };
    case 'asking, not taking for sent':
      return {
        database,
        channels: changed(channels, { lookUp: async () => ({ fate: 'accepted', providerId: 'guessed' }) }),
      };
    case 'the settle time':
      return { database: rewriting(database, [['now() + make_interval(secs => "leaseSeconds")', 'now()']]), channels };
    case 'the lock of a claim':
      return { database: rewriting(database, [[/ for update$/, '']]), channels };
    case 'one request for one hand-over':
      return { database, channels: wrapped(channels, repeating) };
    case 'waiting as long as the provider said':
      return { database, channels: wrapped(channels, impatient) };
    case 'outcomes that only move forward':
      return {
        database: rewriting(database, [
          [/s\.id = l\.id and \(.*\)\n/, 's.id = l.id\n'],
          [/where m\.state in \('sending', 'unknown'\) or g\.reported.*\n/, '\n'],
        ]),
        channels,
      };
  }
}

function changed(channels: DeliveryChannels, changes: Partial<DeliveryChannel>): DeliveryChannels {
  return wrapped(channels, (channel) => ({ ...channel, ...changes }));
}

/** Channels with something done to each. */
export function wrapped(
  { email, sms }: DeliveryChannels,
  wrap: (channel: DeliveryChannel) => DeliveryChannel,
): DeliveryChannels {
  return { email: wrap(email), sms: wrap(sms) };
}

/** A client that tries again by itself whatever it gets no clear answer to. */
function repeating(channel: DeliveryChannel): DeliveryChannel {
  return {
    ...channel,
    async deliver(delivery) {
      const answer = await channel.deliver(delivery);
      return answer.class === 'ambiguous' ? channel.deliver(delivery) : answer;
    },
  };
}

function impatient(channel: DeliveryChannel): DeliveryChannel {
  return {
    ...channel,
    async deliver(delivery) {
      const answer = await channel.deliver(delivery);
      return answer.class === 'limited' ? { ...answer, retryAfterSeconds: 0 } : answer;
    },
  };
}
