import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import sendgridClient from '@sendgrid/client';
import sendgridMail from '@sendgrid/mail';
import twilio from 'twilio';
import { onTestFinished } from 'vitest';
import {
  type ProviderFake,
  type ProviderFakeOptions,
  startProviderFake,
} from '../../runtime/local/provider-fake/start.ts';
import { temporaryDirectory } from '../runtime/spawned.ts';

// The classes are properties of the shared instances, which their types do not say to a module.
const { Client } = sendgridClient as unknown as { Client: new () => typeof sendgridClient };
const { MailService } = sendgridMail as unknown as { MailService: new () => typeof sendgridMail };

/** A provider fake that is stopped after the test. */
export async function providerFake(options: Partial<ProviderFakeOptions> = {}): Promise<ProviderFake> {
  const directory = options.directory ?? (await temporaryDirectory());
  const fake = await startProviderFake({ retryPausesMs: [50, 100], ...options, directory });
  onTestFinished(() => fake.stop());
  return fake;
}

type Reached = Pick<ProviderFake, 'sendgridUrl' | 'twilioUrl' | 'keys'>;

/** SendGrid's own clients, set up as a program has them. */
export function sendgridOf(
  { sendgridUrl, keys }: Reached,
  { timeout = 10_000, apiKey = keys.sendgridApiKey, maxRedirects = 0 } = {},
) {
  const client = new Client();
  client.setApiKey(apiKey);
  // The types name fewer fields than are handed on to axios.
  client.setDefaultRequest({ baseUrl: sendgridUrl, timeout, maxRedirects } as object as { url: string });
  const mail = new MailService();
  mail.setClient(client);
  return { client, mail };
}

/** Twilio's own client, set up as a program has it. */
export function twilioOf({ twilioUrl, keys }: Reached, { timeout = 10_000, authToken = keys.twilioAuthToken } = {}) {
  const client = twilio(keys.twilioAccountSid, authToken, { timeout });
  client.api.baseUrl = twilioUrl;
  return client;
}

/** A mail that SendGrid takes. */
export function aMail(to = 'ana@example.org', sendId = 'snd_1') {
  return {
    to: { email: to, name: 'Ana' },
    from: { email: 'program@example.org', name: 'Program' },
    subject: 'This week',
    text: 'The lesson waits.',
    html: '<p>The lesson waits.</p>',
    customArgs: { tandem_send: sendId },
  };
}

/** A text that Twilio takes. */
export function aText({ keys }: Pick<ProviderFake, 'keys'>, to = '+15005550010', sendId = 'snd_1') {
  return {
    to,
    body: 'The lesson waits.',
    messagingServiceSid: keys.twilioMessagingServiceSid,
    statusCallback: `https://tandem.example.org/webhooks/twilio/status/${sendId}`,
    validityPeriod: 3600,
  };
}

export interface Called {
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The program that is called back: keeps what came, and answers as told. */
export async function calledProgram(answer: (call: Called, count: number) => number = () => 204) {
  const calls: Called[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
    calls.push(call);
    response.writeHead(answer(call, calls.length)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const localUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { calls, webhooks: { publicUrl: 'https://tandem.example.org', localUrl } };
}

/** What a call failed with; fails when it did not. */
export async function failureOf(call: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const failure = await call.then(
    () => null,
    (error) => error,
  );
  if (failure === null) throw new Error('the call should have failed');
  return failure;
}
