import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { HOUR, MINUTE } from '../../policy/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import { unconfigured, type Verifier } from './webhook.ts';

const signatureHeader = 'X-Twilio-Email-Event-Webhook-Signature';
const timestampHeader = 'X-Twilio-Email-Event-Webhook-Timestamp';

/**
 * SendGrid repeats what it could not deliver for a day; the stamp of a repetition may be the first one's. A replay within
 * that time changes nothing, since whatever is taken is taken once.
 */
const heldFor = 25 * HOUR;
/** Clocks differ. */
const mayBeAhead = 10 * MINUTE;

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
    return age <= heldFor && age >= -mayBeAhead ? null : 'The signature is older than 25 hours, or of the future';
  };
}

function isSigned(key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  try {
    return verify('sha256', signed, key, signature);
  } catch {
    return false;
  }
}
