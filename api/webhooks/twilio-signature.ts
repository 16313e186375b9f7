import twilio from 'twilio';
import { readForm } from './form.ts';
import { unconfigured, type Verifier } from './webhook.ts';

/**
 * Verifies Twilio's signature: over the address that it was told to call and the fields of the form. The address is the
 * configured one, never the request's host. There is no timestamp in it: what is taken is deduplicated.
 * @param authToken the account's; without it everything is refused
 * @param publicUrl where others reach this installation, without a trailing slash
 */
export function twilioVerifier(authToken: string | undefined, publicUrl: string): Verifier {
  if (authToken === undefined) return unconfigured('TWILIO_AUTH_TOKEN');
  return async ({ bytes, target, header }) => {
    const signature = header('X-Twilio-Signature');
    if (signature === undefined) return 'Send X-Twilio-Signature as Twilio does';
    const isSigned = isValid(authToken, signature, publicUrl + target, readForm(bytes));
    return isSigned ? null : 'The form was not signed with the configured token for the configured PUBLIC_URL';
  };
}

function isValid(authToken: string, signature: string, url: string, form: object): boolean {
  try {
    return twilio.validateRequest(authToken, signature, url, form as Record<string, unknown>);
  } catch {
    return false;
  }
}
