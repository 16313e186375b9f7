import { join } from 'node:path';
import { type ProviderFake, startProviderFake } from '../runtime/local/provider-fake/start.ts';
import type { Settings } from '../runtime/settings.ts';
import type { Starting } from './stack.ts';

/** The settings under which messages go to a provider fake beside this process, and the fake itself. */
export interface FakedProviders {
  settings: Settings;
  fake: ProviderFake;
}

/** Starts the provider fake in the data directory, with keys of its own, and points both providers at it. */
export async function fakeProviders(settings: Settings, started: Starting['started']): Promise<FakedProviders> {
  const fake = await startProviderFake({ directory: join(settings.dataDirectory, 'provider-fake') });
  started(() => fake.stop());
  const { keys, sendgridUrl, twilioUrl } = fake;
  return {
    fake,
    settings: {
      ...settings,
      mailFrom: settings.mailFrom ?? 'Tandem <tandem@example.org>',
      inboundDomain: settings.inboundDomain ?? 'tandem.example.org',
      providers: {
        sendgrid: {
          apiKey: keys.sendgridApiKey,
          baseUrl: sendgridUrl,
          webhookPublicKey: keys.sendgridWebhookPublicKey,
        },
        twilio: {
          accountSid: keys.twilioAccountSid,
          authToken: keys.twilioAuthToken,
          messagingServiceSid: keys.twilioMessagingServiceSid,
          baseUrl: twilioUrl,
        },
      },
    },
  };
}
