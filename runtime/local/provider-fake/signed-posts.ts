import { sendgridSignature, twilioSignature } from './callbacks.ts';
import type { Credentials } from './credentials.ts';
import { type Outgoing, post } from './post.ts';
import { localAddress, type Webhooks } from './webhooks.ts';

export interface SignedPostsDeps {
  now: () => Promise<number>;
  credentials: Credentials;
  webhooks: () => Webhooks | null;
  /** Milliseconds before each repetition. */
  retryPausesMs: readonly number[];
  stopped: AbortSignal;
}

/** Posts to public addresses, as far as they are on this machine; each says whether it was taken. */
export interface SignedPosts {
  /** A form, signed as Twilio does; null where no address was given. */
  postForm(url: string | null, form: URLSearchParams): Promise<boolean>;
  /** A body, signed as SendGrid does. */
  postSigned(url: string | null, body: Buffer, contentType: string): Promise<boolean>;
  /** One batch of SendGrid's event webhook. */
  postEvents(events: object[]): Promise<boolean>;
  counts(): PostCounts;
}

/** How many posts were taken, were not taken in the end, and have no address on this machine. */
export interface PostCounts {
  taken: number;
  refused: number;
  unaddressed: number;
}

export function createSignedPosts(deps: SignedPostsDeps): SignedPosts {
  const { now, credentials, webhooks } = deps;
  const counts: PostCounts = { taken: 0, refused: 0, unaddressed: 0 };
  const carry = async (publicAddress: string | null, outgoing: Omit<Outgoing, 'url'>): Promise<boolean> => {
    const url = publicAddress === null ? null : localAddress(publicAddress, webhooks());
    const taken = url !== null && (await post({ ...outgoing, url }, deps.retryPausesMs, deps.stopped));
    counts[url === null ? 'unaddressed' : taken ? 'taken' : 'refused'] += 1;
    return taken;
  };
  const postSigned = async (url: string | null, body: Buffer, contentType: string): Promise<boolean> => {
    const signature = sendgridSignature(credentials.webhookPrivateKey, body, Math.floor((await now()) / 1000));
    return carry(url, { body, headers: { 'Content-Type': contentType, ...signature } });
  };
  return {
    postForm(url, form) {
      const signature = url === null ? '' : twilioSignature(credentials.twilioAuthToken, url, form);
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature };
      return carry(url, { body: Buffer.from(form.toString()), headers });
    },
    postSigned,
    postEvents(events) {
      const target = webhooks();
      const url = target && target.publicUrl + target.paths.sendgridEvents;
      return postSigned(url, Buffer.from(JSON.stringify(events)), 'application/json');
    },
    counts: () => ({ ...counts }),
  };
}
