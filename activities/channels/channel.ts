import type { Channel as ChannelName } from '../../policy/step.ts';
import type { SendOutcome } from '../../prisma/store/sends.ts';

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
}

/** A way out. All go through the same claim, send, record and settle. */
export interface DeliveryChannel {
  /** Name of the provider, as the ledger shows it; whoever has the same name can look up the same hand-overs. */
  provider: string;
  carries: ChannelName[];
  /** Hands over once, without a retry of its own, within 10 s; never throws. */
  deliver(delivery: Delivery): Promise<SendOutcome>;
  /** What became of an earlier hand-over; `unknown` when the provider cannot say. */
  lookUp(sendId: string): Promise<'accepted' | 'absent' | 'unknown'>;
  /** Seconds after a claim before the provider is asked: longer than the hand-over may take to arrive. */
  settleAfterSeconds: number;
}
