import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Problem } from './problem.ts';

/**
 * What the caller hears of a fault of ours: only an id, under which the log has the error's name, code and stack (never
 * what it quotes).
 */
export function unexpected(error: unknown, logger: Logger): Problem {
  const correlationId = randomUUID();
  const cause = error instanceof Error ? error : new Error('something was thrown that is not an Error');
  logger.error({ err: cause, correlationId }, 'a request failed');
  return new Problem('internal', 'Report the correlation id to whoever runs this installation', {
    members: { correlationId },
  });
}
