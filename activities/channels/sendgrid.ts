import type { ProviderAnswer } from '../../policy/delivery/consequences.ts';
import { answerOf, connectionCode, retryAfterSeconds } from './answers.ts';
import type { Delivery, DeliveryChannel, Fate } from './channel.ts';
import { withinMillis } from './hard-timeout.ts';
import { type MailDataRequired, sendGridClients } from './sendgrid-client.ts';

export interface SendGridOptions {
  apiKey: string;
  /** Where the API is; SendGrid's own unless told. */
  baseUrl?: string;
  from: { name?: string; email: string };
  /** 10 s unless told. */
  timeoutMillis?: number;
  /** Two minutes unless told: longer than a request may take, and than accepted mail takes to be found. */
  settleAfterSeconds?: number;
}

/** The custom argument that comes back in every event and by which a mail is found again. */
export const sendArgument = 'tandem_send';

/** Mail by SendGrid's Mail Send API; asked by its Email Activity API. One client of its own, without retries or redirects. */
export function sendGridChannel(options: SendGridOptions): DeliveryChannel {
  const { timeoutMillis = 10_000, settleAfterSeconds = 120 } = options;
  const { api, mail } = sendGridClients({ ...options, timeoutMillis });
  const from = senderOf(options.from);
  return {
    provider: 'sendgrid',
    carries: ['email'],
    settleAfterSeconds,
    async deliver(delivery) {
      try {
        const [response] = await withinMillis(timeoutMillis, mail.send(mailOf(delivery, from)));
        return answerTo(response.statusCode, response.headers);
      } catch (error) {
        return refusalOf(error);
      }
    },
    async lookUp({ id, address }) {
      if (address === null) return { fate: 'unknown' };
      try {
        const query = `to_email="${address}" AND unique_args['${sendArgument}']="${id}"`;
        const request = { method: 'GET', url: '/v3/messages', qs: { limit: 10, query } } as const;
        const [response, body] = await withinMillis(timeoutMillis, api.request(request));
        return fateOf(response.statusCode, body);
      } catch {
        return { fate: 'unknown' };
      }
    },
  };
}

/** SendGrid refuses names with these characters. */
function senderOf({ name, email }: SendGridOptions['from']): SendGridOptions['from'] {
  const plain = name
    ?.replace(/[;,\p{Cc}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain ? { name: plain, email } : { email };
}

/** Addresses are objects, since a string is parsed; tracking is off, since it would rewrite the program's own links. */
function mailOf(delivery: Delivery, from: SendGridOptions['from']): MailDataRequired {
  const { to, bcc, subject, body, sendId, unsubscribeUrl } = delivery;
  const headers: Record<string, string> = unsubscribeUrl
    ? { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : {};
  const personalization = {
    to: [{ email: to }],
    ...(bcc.length > 0 ? { bcc: bcc.map((email) => ({ email })) } : {}),
    customArgs: { [sendArgument]: sendId },
  };
  return {
    from,
    personalizations: [personalization],
    subject: subject ?? '',
    content: [{ type: 'text/plain', value: body }],
    ...(unsubscribeUrl ? { headers } : {}),
    trackingSettings: {
      clickTracking: { enable: false },
      openTracking: { enable: false },
      subscriptionTracking: { enable: false },
    },
  };
}

function answerTo(status: number, headers: Record<string, unknown> | undefined): ProviderAnswer {
  const providerId = headers?.['x-message-id'];
  return answerOf('sendgrid', { status }, typeof providerId === 'string' ? { providerId } : {});
}

/** Of an error only the status, the code and the times are read: it also carries the key and the whole mail. */
function refusalOf(error: unknown): ProviderAnswer {
  const { code, response } = error as { code?: unknown; response?: { status?: number; headers?: object } };
  const status = typeof code === 'number' ? code : response?.status;
  if (status === undefined) return answerOf('sendgrid', { connection: connectionCode(error) });
  const seconds = retryAfterSeconds(response?.headers as Record<string, unknown> | undefined, Date.now());
  return answerOf('sendgrid', { status }, seconds === undefined ? {} : { retryAfterSeconds: seconds });
}

function fateOf(status: number, body: unknown): Fate {
  const messages = (body as { messages?: unknown } | null)?.messages;
  if (status !== 200 || !Array.isArray(messages)) return { fate: 'unknown' };
  const [found] = messages as Array<{ msg_id?: unknown }>;
  return found ? { fate: 'accepted', providerId: String(found.msg_id ?? '') } : { fate: 'absent' };
}
