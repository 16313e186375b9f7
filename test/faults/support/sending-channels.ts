import type { DeliveryChannels } from '../../../activities/channels/channel.ts';
import { sendGridChannel } from '../../../activities/channels/sendgrid.ts';
import { twilioChannel } from '../../../activities/channels/twilio.ts';
import { wallClock } from '../../../runtime/clock.ts';
import type { ProviderSettings } from '../../../runtime/provider-settings.ts';

/** Times of the tests' channels: short, and in the same order as the product's own. */
export const timeoutMillis = 1000;
export const settleAfterSeconds = 4;

/** Where providers call back, as they know it. */
export const publicUrl = 'https://tandem.example.org';

/** The product's channels for both providers, with the times of the tests. */
export function sendingChannels({ sendgrid, twilio }: Required<ProviderSettings>): DeliveryChannels {
  const times = { timeoutMillis, settleAfterSeconds };
  return {
    email: sendGridChannel({ ...sendgrid, ...times, from: { email: 'program@example.org' } }),
    sms: twilioChannel({ ...twilio, ...times, publicUrl, now: wallClock.now }),
  };
}
