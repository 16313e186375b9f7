import { z } from 'zod';

const webAddress = z
  .url({ protocol: /^https?$/, error: 'A web address, http or https' })
  .transform((url) => url.replace(/\/+$/, ''));
const loopback = webAddress.refine(
  (url) => isLoopback(url),
  'An address on this machine, such as http://127.0.0.1:8080',
);

/** Where the fake calls back. */
export const webhooksSchema = z
  .strictObject({
    /** The address that the program knows as its own: what is signed begins with it. */
    publicUrl: webAddress,
    /** Where that is on this machine; the fake calls nowhere else. */
    localUrl: loopback.optional(),
    /** What follows the public address. */
    paths: z
      .strictObject({
        sendgridEvents: z.string().startsWith('/').default('/webhooks/sendgrid/events'),
        sendgridInbound: z.string().startsWith('/').default('/webhooks/sendgrid/inbound'),
        twilioInbound: z.string().startsWith('/').default('/webhooks/twilio/inbound'),
      })
      .prefault({}),
  })
  .refine(({ publicUrl, localUrl }) => localUrl !== undefined || isLoopback(publicUrl), {
    path: ['localUrl'],
    error: 'The public address is not on this machine: say where it is here, such as http://127.0.0.1:8080',
  });
export type Webhooks = z.output<typeof webhooksSchema>;
/** As they are given, with what has a default left out. */
export type WebhooksInput = z.input<typeof webhooksSchema>;

/** Where on this machine a public address is; null when it is not on this machine. */
export function localAddress(url: string, webhooks: Webhooks | null): string | null {
  if (!URL.canParse(url)) return null;
  if (webhooks?.localUrl !== undefined && isBelow(url, webhooks.publicUrl)) {
    return webhooks.localUrl + url.slice(webhooks.publicUrl.length);
  }
  return isLoopback(url) ? url : null;
}

function isBelow(url: string, base: string): boolean {
  return url.startsWith(base) && /^([/?#]|$)/.test(url.slice(base.length));
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** Thrown when something is to be handed over and nobody said where. */
export class NoWebhooks extends Error {
  constructor() {
    super('There is nowhere to call: set the webhooks first, by POST /control/webhooks');
  }
}
