import twilio from 'twilio';
import { retryAfterSeconds } from './answers.ts';

/** A refusal by Twilio: codes alone, and when it takes more. */
export class TwilioRefusal extends Error {
  readonly status: number;
  readonly twilioCode: number | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, twilioCode: number | undefined, retryAfter: number | undefined) {
    super(`Twilio answered ${status}`);
    this.name = 'TwilioRefusal';
    this.status = status;
    this.twilioCode = twilioCode;
    this.retryAfterSeconds = retryAfter;
  }
}

/**
 * The client's requests, to another address where one is given. Whatever is not the expected answer (201 to a message,
 * 200 to a question, as JSON) is a refusal of its own: the client's errors lose the headers, which only its shared last
 * answer has.
 */
export class TwilioRequests extends twilio.RequestClient {
  private readonly baseUrl: string | undefined;

  constructor(options: { timeoutMillis: number; baseUrl?: string | undefined }) {
    super({ timeout: options.timeoutMillis, autoRetry: false });
    this.baseUrl = options.baseUrl;
  }

  override async request<TData>(
    request: Parameters<twilio.RequestClient['request']>[0],
  ): ReturnType<typeof twilio.RequestClient.prototype.request<TData>> {
    const uri = this.baseUrl ? request.uri.replace(/^https:\/\/api\.twilio\.com/, this.baseUrl) : request.uri;
    const answer = await super.request({ ...request, uri });
    const expected = String(request.method).toLowerCase() === 'post' ? 201 : 200;
    const body = parsed(answer.body);
    if (answer.statusCode === expected && body !== null) return answer as typeof answer & { body: TData };
    const code = body?.code;
    const seconds = retryAfterSeconds(answer.headers as Record<string, unknown>, Date.now());
    throw new TwilioRefusal(answer.statusCode, typeof code === 'number' ? code : undefined, seconds);
  }
}

function parsed(body: unknown): { code?: unknown } | null {
  if (typeof body === 'object') return body;
  try {
    const value: unknown = JSON.parse(String(body));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
