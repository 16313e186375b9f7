import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { MINUTE } from '../../policy/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import { unconfigured, type Verifier } from './webhook.ts';

const signatureHeader = 'X-Twilio-Email-Event-Webhook-Signature';
const timestampHeader = 'X-Twilio-Email-Event-Webhook-Timestamp';

/** What was signed longer ago, or further ahead, may be a replay. */
const heldFor = 10 * MINUTE;

/**
 * Verifies SendGrid's signature: ECDSA P-256 with SHA-256, DER in base64, over the timestamp header and the raw body.
 * @param publicKey base64 of the DER form, as SendGrid shows it; without it everything is refused
 * @param setting the setting that holds the key
 */
export function sendGridVerifier(
  publicKey: string | undefined,
  clock: Clock,
  setting = 'SENDGRID_WEBHOOK_PUBLIC_KEY',
): Verifier {
  if (publicKey === undefined) return unconfigured(setting);
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return async ({ bytes, header }) => {
    const timestamp = header(timestampHeader) ?? '';
    const signature = header(signatureHeader) ?? '';
    if (!/^\d{1,12}$/.test(timestamp) || !/^[A-Za-z0-9+/]{8,200}={0,2}$/.test(signature)) {
      return `Send ${signatureHeader} and ${timestampHeader} as SendGrid does`;
    }
    if (!isSigned(key, Buffer.concat([Buffer.from(timestamp), bytes]), Buffer.from(signature, 'base64'))) {
      return 'The body was not signed with the key that is configured';
    }
    const age = (await clock.now()) - Number(timestamp) * 1000;
    return Math.abs(age) <= heldFor ? null : 'The signature is older or newer than 10 minutes';
  };
}

function isSigned(key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  try {
    return verify('sha256', signed, key, signature);
  } catch {
    return false;
  }
}
