import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs what this installation gives out and gets back in a link. A signature holds for its purpose alone. */
export interface Signer {
  /** `text` with its signature, fit for a path. */
  sign(purpose: string, text: string): string;
  /** The text, when the signature is this installation's for that purpose; null else. */
  verify(purpose: string, signed: string): string | null;
}

/** HMAC-SHA256 under the installation's key. */
export function createSigner(secret: string): Signer {
  const signatureOf = (purpose: string, text: string): Buffer =>
    createHmac('sha256', secret).update(`${purpose}\n${text}`).digest();
  return {
    sign: (purpose, text) => `${encode(Buffer.from(text))}.${encode(signatureOf(purpose, text))}`,
    verify(purpose, signed) {
      const [payload = '', signature = '', ...rest] = signed.split('.');
      if (rest.length > 0) return null;
      const text = Buffer.from(payload, 'base64url').toString();
      const expected = signatureOf(purpose, text);
      const given = Buffer.from(signature, 'base64url');
      // A text that reads the same in another spelling is not the one that was signed.
      if (given.length !== expected.length || encode(Buffer.from(text)) !== payload) return null;
      return timingSafeEqual(given, expected) ? text : null;
    },
  };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url');
}
