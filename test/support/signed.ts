import { generateKeyPairSync, sign } from 'node:crypto';
import twilio from 'twilio';
import type { ProviderSettings } from '../../runtime/provider-settings.ts';

/** What providers sign with, in tests, and how. */

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const authToken = 'a'.repeat(32);

/** Where the tests' installation is reached, as its provider was told. */
export const publicUrl = 'https://tandem.example.org/hooks';

export const providerSettings = {
  sendgrid: {
    apiKey: 'SG.test',
    webhookPublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  },
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken, messagingServiceSid: `MG${'0'.repeat(32)}` },
} satisfies ProviderSettings;

/** SendGrid's headers for a body that it signs at an instant. */
export function sendGridHeaders(body: string | Buffer, at: number, timestamp = String(Math.floor(at / 1000))) {
  const signed = Buffer.concat([Buffer.from(timestamp), Buffer.from(body)]);
  return {
    'X-Twilio-Email-Event-Webhook-Signature': sign('sha256', signed, privateKey).toString('base64'),
    'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
  };
}

/** Twilio's headers for a form that it posts to a path of an installation. */
export function twilioHeaders(path: string, form: Record<string, string>, base = publicUrl) {
  return {
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Twilio-Signature': twilio.getExpectedTwilioSignature(authToken, base + path, form),
  };
}
