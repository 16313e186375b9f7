import twilio from 'twilio';
import type { ProviderAnswer } from '../../policy/delivery/consequences.ts';
import { MINUTE } from '../../policy/time.ts';
import type { UnsettledSend } from '../../prisma/store/unsettled.ts';
import { answerOf, connectionCode } from './answers.ts';
import type { Delivery, DeliveryChannel, Fate } from './channel.ts';
import { withinMillis } from './hard-timeout.ts';
import { TwilioRefusal, TwilioRequests } from './twilio-requests.ts';

export interface TwilioOptions {
  accountSid: string;
  authToken: string;
  messagingServiceSid: string;
  /** Where the API is; Twilio's own unless told. */
  baseUrl?: string;
  /** Where others reach this installation: the status of each text is called back there. */
  publicUrl: string;
  now: () => Promise<number>;
  /** 10 s unless told. */
  timeoutMillis?: number;
  /** A minute unless told: longer than a request may take to be accepted. */
  settleAfterSeconds?: number;
}

/** Twilio keeps a text in its queue for ten hours at most. */
const longestValiditySeconds = 36_000;
/** Clocks differ: a text that was made this long before a claim may still be the claim's. */
const clockSkew = 5 * MINUTE;
const lookedThrough = 200;

/** Texts by Twilio's Messages API through a messaging service; asked by listing what went to the number. */
export function twilioChannel(options: TwilioOptions): DeliveryChannel {
  const { timeoutMillis = 10_000, settleAfterSeconds = 60 } = options;
  const httpClient = new TwilioRequests({ timeoutMillis, baseUrl: options.baseUrl });
  const client = twilio(options.accountSid, options.authToken, {
    httpClient,
    autoRetry: false,
    // Not from the environment: it would print whole requests.
    logLevel: 'error',
  });
  return {
    provider: 'twilio',
    carries: ['sms'],
    settleAfterSeconds,
    async deliver(delivery) {
      try {
        const text = textOf(delivery, options, await options.now());
        const { sid } = await withinMillis(timeoutMillis, client.messages.create(text));
        return answerOf('twilio', { status: 201 }, { providerId: sid });
      } catch (error) {
        return refusalOf(error);
      }
    },
    async lookUp(send) {
      if (send.address === null || send.body === null) return { fate: 'unknown' };
      try {
        const sent = client.messages.list({ to: send.address, limit: lookedThrough });
        return fateAmong(await withinMillis(timeoutMillis, sent), send);
      } catch {
        return { fate: 'unknown' };
      }
    },
  };
}

/** A queued text may not slip into quiet hours: it is valid only for as long as it may arrive. */
function textOf({ sendId, to, body, deliverBy }: Delivery, options: TwilioOptions, now: number) {
  const seconds = Math.floor((deliverBy - now) / 1000);
  return {
    to,
    body,
    messagingServiceSid: options.messagingServiceSid,
    statusCallback: `${options.publicUrl}/webhooks/twilio/status?send=${encodeURIComponent(sendId)}`,
    validityPeriod: Math.min(Math.max(1, seconds), longestValiditySeconds),
  };
}

function refusalOf(error: unknown): ProviderAnswer {
  if (!(error instanceof TwilioRefusal)) return answerOf('twilio', { connection: connectionCode(error) });
  const { status, twilioCode, retryAfterSeconds } = error;
  const said = twilioCode === undefined ? { status } : { status, code: twilioCode };
  return answerOf('twilio', said, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}

/** The text with these words that was made since the claim for no other send; a list that is cut off proves nothing absent. */
function fateAmong(
  sent: Array<{ sid: string; body: string; dateCreated: Date }>,
  { body, claimedAt, otherIds }: UnsettledSend,
): Fate {
  const since = claimedAt.getTime() - clockSkew;
  const found = sent
    .filter((text) => text.body.endsWith(body as string) && text.dateCreated.getTime() >= since)
    .find((text) => !otherIds.includes(text.sid));
  if (found) return { fate: 'accepted', providerId: found.sid };
  return sent.length < lookedThrough ? { fate: 'absent' } : { fate: 'unknown' };
}
