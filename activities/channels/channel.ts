import type { ProviderAnswer } from '../../policy/delivery/consequences.ts';
import type { Channel as ChannelName } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import type { UnsettledSend } from '../../prisma/store/unsettled.ts';

/** One message as it is handed to a provider. Contact details are read at the moment of sending. */
export interface Delivery {
  sendId: string;
  messageIds: string[];
  personId: string;
  /** The address or number. */
  to: string;
  bcc: string[];
  subject: string | null;
  body: string;
  template: string;
  /** Until when it may still arrive; the provider drops what it could not deliver by then, where it can. */
  deliverBy: Instant;
  /** Where one click ends such mail (RFC 8058); null for what is not promotional, and for mail that is blind-copied. */
  unsubscribeUrl: string | null;
}

/** What became of an earlier hand-over; `unknown` when the provider cannot say. */
export type Fate = { fate: 'accepted'; providerId: string } | { fate: 'absent' } | { fate: 'unknown' };

/** A way out. All go through the same claim, send, record and settle. */
export interface DeliveryChannel {
  /** Name of the provider, as the ledger shows it; whoever has the same name can look up the same hand-overs. */
  provider: string;
  carries: ChannelName[];
  /** Hands over once, without a retry of its own, within 10 s; never throws. */
  deliver(delivery: Delivery): Promise<ProviderAnswer>;
  lookUp(send: UnsettledSend): Promise<Fate>;
  /** Seconds after a claim before the provider is asked: longer than the hand-over may take to arrive. */
  settleAfterSeconds: number;
}

/** Who carries what. */
export type DeliveryChannels = Record<ChannelName, DeliveryChannel>;

/** One channel for everything, such as the outbox. */
export function carriedBy(channel: DeliveryChannel): DeliveryChannels {
  return { email: channel, sms: channel };
}

/** Each channel once, also where one carries both mail and texts. */
export function distinctChannels(channels: DeliveryChannels): DeliveryChannel[] {
  return [...new Set(Object.values(channels))];
}

/** The provider of each channel, by name. */
export function providersOf(channels: DeliveryChannels): Record<ChannelName, string> {
  return { email: channels.email.provider, sms: channels.sms.provider };
}
