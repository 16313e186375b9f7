import type { ProviderAnswer } from '../../policy/delivery/consequences.ts';
import { classOf, type Provider, type ProviderSaid } from '../../policy/delivery/outcomes.ts';

/** Turns what a provider said into an answer that holds codes alone: errors of the clients carry keys and whole messages. */
export function answerOf(
  provider: Provider,
  said: ProviderSaid,
  more: Pick<ProviderAnswer, 'providerId' | 'retryAfterSeconds'> = {},
): ProviderAnswer {
  const code = said.code ?? said.event ?? said.status ?? said.connection ?? 'no_answer';
  return { class: classOf(provider, said), code: String(code), ...more };
}

/** The code of a failed connection, which says whether anything can have left. */
export function connectionCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && !code.startsWith('ERR_BAD')) return code;
  }
  return 'no_answer';
}

const longestWaitSeconds = 3600;

/**
 * Seconds until a limited provider takes more: `Retry-After` (seconds or a date), else `X-RateLimit-Reset` (epoch
 * seconds). Undefined where neither makes sense; an hour at most.
 */
export function retryAfterSeconds(headers: Record<string, unknown> | undefined, now: number): number | undefined {
  const retryAfter = String(headers?.['retry-after'] ?? '');
  const reset = Number(headers?.['x-ratelimit-reset']);
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : retryAfter !== ''
      ? (Date.parse(retryAfter) - now) / 1000
      : reset - now / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), longestWaitSeconds) : undefined;
}
