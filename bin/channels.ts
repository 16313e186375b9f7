import { carriedBy, type DeliveryChannel, type DeliveryChannels } from '../activities/channels/channel.ts';
import { sendGridChannel } from '../activities/channels/sendgrid.ts';
import { twilioChannel } from '../activities/channels/twilio.ts';
import type { Channel } from '../policy/step.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Settings } from '../runtime/settings.ts';

/** Who carries mail and texts under these settings: the providers that have keys, and the outbox for the rest. */
export function channelsOf(
  { providers, mailFrom }: Settings,
  outbox: DeliveryChannel,
  clock: Clock,
): (publicUrl: string) => DeliveryChannels {
  const { sendgrid, twilio } = providers;
  return (publicUrl) => ({
    ...carriedBy(outbox),
    ...(sendgrid && mailFrom ? { email: sendGridChannel({ ...sendgrid, from: senderOf(mailFrom) }) } : {}),
    ...(twilio ? { sms: twilioChannel({ ...twilio, publicUrl, now: clock.now }) } : {}),
  });
}

/** The names of those who carry mail and texts under these settings. */
export function providerNames({ providers }: Settings): Record<Channel, string> {
  return { email: providers.sendgrid ? 'sendgrid' : 'outbox', sms: providers.twilio ? 'twilio' : 'outbox' };
}

/** Of `Name <address>` or an address alone. */
function senderOf(text: string): { name?: string; email: string } {
  const [, name = '', email = text] = /^(.*)<([^<>]+)>$/.exec(text) ?? [];
  const plain = name.trim().replace(/^"|"$/g, '');
  return plain === '' ? { email: email.trim() } : { name: plain, email: email.trim() };
}
