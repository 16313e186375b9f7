import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, sendgridError, twilioError, twilioErrorOfStatus } from './answers.ts';
import type { Fault, Provider } from './plan.ts';
import { wait } from './wait.ts';

/** A request under way: where its answer goes, and what ends all waiting. */
export interface Exchange {
  request: IncomingMessage & { originalUrl: string };
  response: ServerResponse;
  stopped: AbortSignal;
}

/** What an answer may depend on besides: the instant (epoch milliseconds) and the recipients. */
interface Context {
  now: number;
  about: readonly string[];
}

/** What the provider answers under a fault instead of `usual`; null when nothing is to be answered. */
export function answerUnder(fault: Fault | null, provider: Provider, usual: Answer, context: Context): Answer | null {
  switch (fault?.answer) {
    case undefined:
    case 'normal':
    case 'drip':
      return usual;
    case 'hang':
    case 'reset':
      return null;
    case 'sandbox':
      return { status: 200, headers: {}, body: '' };
    case 'html':
      return { status: fault.status, headers: { 'Content-Type': 'text/html' }, body: htmlPage(fault.status) };
    case 'redirect':
      return { status: fault.status, headers: {}, body: '' };
    case 'twilioError':
      return twilioError(fault.code, { status: fault.status, to: context.about[0] });
    case 'status':
      return statusAnswer(fault, provider, context.now);
  }
}

function htmlPage(status: number): string {
  return `<!doctype html>\n<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>\n`;
}

function statusAnswer(fault: Fault & { answer: 'status' }, provider: Provider, now: number): Answer {
  const { status, retryAfterSeconds, rateLimitResetSeconds } = fault;
  const answer = provider === 'sendgrid' ? sendgridError(status, [{ field: null }]) : twilioErrorOfStatus(status);
  if (retryAfterSeconds !== undefined) answer.headers['Retry-After'] = String(retryAfterSeconds);
  if (rateLimitResetSeconds !== undefined) {
    answer.headers['X-RateLimit-Remaining'] = '0';
    answer.headers['X-RateLimit-Reset'] = String(Math.ceil(now / 1000) + rateLimitResetSeconds);
  }
  return answer;
}

/** Gives the answer, or none, as the fault has it. Someone who no longer listens changes nothing. */
export async function give(answer: Answer | null, fault: Fault | null, exchange: Exchange): Promise<void> {
  const { request, response, stopped } = exchange;
  if (fault && 'delayMs' in fault && fault.delayMs) await wait(fault.delayMs, stopped);
  if (fault?.answer === 'hang') return;
  if (fault?.answer === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (answer === null || response.destroyed) return;
  if (fault?.answer === 'drip') return drip(answer, fault.overMs, exchange);
  // Back to the same address: a client that follows it asks twice.
  if (fault?.answer === 'redirect') answer.headers.Location = request.originalUrl;
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** The whole answer byte by byte, head and all: SendGrid's has no body to be slow with. */
async function drip({ status, headers, body }: Answer, overMs: number, exchange: Exchange): Promise<void> {
  const { socket } = exchange.request;
  const fields = { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`HTTP/1.1 ${status} Slow\r\n${lines.join('')}\r\n${body}`);
  const start = performance.now();
  for (const [index, byte] of bytes.entries()) {
    if (socket.destroyed) return;
    socket.write(Buffer.of(byte));
    const pause = start + (overMs * (index + 1)) / bytes.length - performance.now();
    if (pause >= 1) await wait(pause, exchange.stopped);
  }
  socket.end();
}
