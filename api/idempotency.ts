import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../prisma/database.ts';
import {
  claimIdempotencyKey,
  type IdempotencyClaim,
  releaseIdempotencyKey,
  settleIdempotencyKey,
} from '../prisma/store/idempotency.ts';
import { malformed, Problem, refused } from './problem.ts';
import type { PlainReply } from './route.ts';

const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

/** What identifies the request that an idempotency key stands for. */
export interface KeyedRequest {
  apiKeyId: string;
  /** Value of `Idempotency-Key`. */
  key: string;
  method: string;
  /** Path with its query. */
  path: string;
  body: unknown;
}

/**
 * Carries a request out once per idempotency key. The same key with the same payload gets the first answer again, be it
 * a refusal; a failure of ours (5xx) gives the key back.
 * @throws {Problem} 422 `idempotency_key_reused` for another payload, 409 `in_progress` while the first is at work
 */
export async function oncePerKey(
  { database, logger }: { database: Database; logger: Logger },
  request: KeyedRequest,
  perform: () => Promise<PlainReply>,
): Promise<PlainReply> {
  if (!KEY_FORM.test(request.key))
    throw malformed('Idempotency-Key has 1 to 255 printable ASCII characters, no blanks');
  const claim = { apiKeyId: request.apiKeyId, key: request.key, digest: digestOf(request) };
  const outcome = await claimIdempotencyKey(database, claim);
  if (outcome.state === 'claimed') return performClaimed(database, logger, claim, outcome.token, perform);
  if (outcome.state === 'answered') {
    const { status, headers, body } = outcome.answer;
    return { status, headers: { ...headers, 'Idempotent-Replayed': 'true' }, body };
  }
  if (outcome.state === 'reused') {
    throw refused('idempotency_key_reused', 'This Idempotency-Key was used before with another payload');
  }
  throw new Problem('conflict', 'A request with this Idempotency-Key is at work', {
    code: 'in_progress',
    headers: { 'Retry-After': '1' },
  });
}

async function performClaimed(
  database: Database,
  logger: Logger,
  claim: IdempotencyClaim,
  token: Date,
  perform: () => Promise<PlainReply>,
): Promise<PlainReply> {
  // The first failure is the one to report; a claim that stays is given up by its lease.
  const warn = (error: unknown) => logger.warn(error);
  const release = () => releaseIdempotencyKey(database, claim, token).catch(warn);
  const reply = await perform().catch(async (error: unknown) => {
    if (error instanceof Problem && error.status < 500) return refusalOf(error);
    await release();
    throw error;
  });
  const { status, headers = {}, body } = reply;
  if (status >= 500) await release();
  else await settleIdempotencyKey(database, claim, token, { status, headers, body }).catch(warn);
  return reply;
}

function refusalOf({ status, headers, document }: Problem): PlainReply {
  return { status, headers, body: document };
}

function digestOf({ method, path, body }: KeyedRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([method, path, sorted(body)]))
    .digest('hex');
}

/** The same value with the names of every object in order, so that their order makes no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, sorted(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
