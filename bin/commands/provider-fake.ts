import { join } from 'node:path';
import { startProviderFake } from '../../runtime/local/provider-fake/start.ts';
import type { Settings } from '../../runtime/settings.ts';
import { type Stack, stackOf } from '../stack.ts';

/** Stand-ins for SendGrid and Twilio, for developers of integrations and for demos; prints the `ready` line. */
export async function providerFake(settings: Settings, print: (line: string) => void): Promise<Stack> {
  return stackOf(async ({ started }) => {
    const directory = join(settings.dataDirectory, 'provider-fake');
    const fake = await startProviderFake({ directory, port: settings.port });
    started(() => fake.stop());
    const { sendgridUrl, twilioUrl, controlUrl } = fake;
    print(`ready ${JSON.stringify({ sendgridUrl, twilioUrl, controlUrl })}`);
  });
}
