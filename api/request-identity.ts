import { randomUUID } from 'node:crypto';
import type { RequestKey } from './authentication.ts';
import { digestOf } from './digest.ts';

/** A request whose answer may be lost although it was carried out, as when the process is killed in between. */
export interface RepeatableRequest {
  key: RequestKey;
  idempotencyKey?: string | undefined;
  body: unknown;
}

/**
 * What tells a request from others: sent once more with its Idempotency-Key it is the same request, and what it makes has the
 * same id. Without such a key each is one of its own.
 */
export function requestIdentity({ key, idempotencyKey, body }: RepeatableRequest): string {
  return idempotencyKey === undefined ? randomUUID() : [key.id, idempotencyKey, digestOf(body ?? null)].join('\n');
}
