import { createHmac, type KeyObject, sign } from 'node:crypto';

/**
 * Twilio's signature of a form that it posts: HMAC-SHA1, base64, over the address as it was configured and each field's
 * name and value, sorted by name.
 */
export function twilioSignature(authToken: string, url: string, form: URLSearchParams): string {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : 1));
  const signed = url + fields.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken).update(signed).digest('base64');
}

/** SendGrid's signature headers: ECDSA P-256, SHA-256, DER in base64, over the timestamp and the body's bytes. */
export function sendgridSignature(privateKey: KeyObject, body: Buffer, epochSeconds: number): Record<string, string> {
  const timestamp = String(epochSeconds);
  const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), body]), privateKey);
  return {
    'X-Twilio-Email-Event-Webhook-Signature': signature.toString('base64'),
    'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
  };
}
