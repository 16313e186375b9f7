import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const stored = z.strictObject({
  sendgridApiKey: z.string(),
  webhookPrivateKey: z.string(),
  twilioAccountSid: z.string(),
  twilioAuthToken: z.string(),
  twilioMessagingServiceSid: z.string(),
});

/** What a client of the fake needs, named as the settings that take it. */
export interface Keys {
  sendgridApiKey: string;
  /** Base64 of the DER form, as SendGrid shows it. */
  sendgridWebhookPublicKey: string;
  twilioAccountSid: string;
  twilioAuthToken: string;
  twilioMessagingServiceSid: string;
}

export interface Credentials extends Keys {
  /** P-256; signs SendGrid's event webhooks and inbound mail. */
  webhookPrivateKey: KeyObject;
}

/** The fake's own keys, made at the first start on a directory and kept in it. */
export async function openCredentials(directory: string): Promise<Credentials> {
  const path = join(directory, 'credentials.json');
  const kept = await readFile(path, 'utf8').catch(() => null);
  const { webhookPrivateKey, ...keys } = kept === null ? await make(path) : stored.parse(JSON.parse(kept));
  const privateKey = createPrivateKey({ key: Buffer.from(webhookPrivateKey, 'base64'), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { ...keys, webhookPrivateKey: privateKey, sendgridWebhookPublicKey: publicKey.toString('base64') };
}

async function make(path: string): Promise<z.output<typeof stored>> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = {
    sendgridApiKey: `SG.${randomBytes(16).toString('base64url')}.${randomBytes(32).toString('base64url')}`,
    webhookPrivateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    twilioAccountSid: sid('AC'),
    twilioAuthToken: randomBytes(16).toString('hex'),
    twilioMessagingServiceSid: sid('MG'),
  };
  await writeFile(`${path}.new`, JSON.stringify(made, null, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return made;
}

/** A new id as Twilio gives them: two letters for the kind and 32 hexadecimal digits. */
export function sid(kind: string): string {
  return kind + randomBytes(16).toString('hex');
}
