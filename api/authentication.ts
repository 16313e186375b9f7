import { ipKeyGenerator, MemoryStore } from 'express-rate-limit';
import type { Database } from '../prisma/database.ts';
import { findKeyByHash, hashOfKey, type KeyRecord, type Scope } from '../prisma/store/keys.ts';
import type { Clock } from '../runtime/clock.ts';
import { Problem } from './problem.ts';

const CACHE_MS = 5_000;
const FAILURES_PER_MINUTE = 30;
const MINUTE_MS = 60_000;
const KEY_FORM = /^Bearer +(tdm_[A-Za-z0-9_-]{20,100}) *$/i;

/** The key behind a request. */
export interface RequestKey {
  id: string;
  scopes: readonly Scope[];
  /** The programs it is limited to; null means all. */
  programIds: readonly string[] | null;
  has(scope: Scope): boolean;
  mayProgram(programId: string): boolean;
}

export interface Authentication {
  /**
   * The key of an `Authorization` header.
   * @param address where the request comes from
   * @throws {Problem} 401, or 429 when too many unknown keys came from that address
   */
  authenticate(header: string | undefined, address: string | undefined): Promise<RequestKey>;
  /** Makes this process ask the database again for every key, so that a revoked one is noticed at once. */
  forget(): void;
}

interface Remembered {
  until: number;
  found: Promise<KeyRecord | null>;
}

/**
 * Recognizes keys. One that was found is remembered for five seconds, so that busy callers cost no round trip; a key
 * revoked elsewhere works no longer than that.
 */
export function createAuthentication(database: Database, clock: Clock): Authentication {
  const remembered = new Map<string, Remembered>();
  const failures = new MemoryStore();
  failures.init({ windowMs: MINUTE_MS } as Parameters<MemoryStore['init']>[0]);

  async function lookUp(hash: string): Promise<KeyRecord | null> {
    const known = remembered.get(hash);
    if (known && performance.now() < known.until) return known.found;
    const entry = { until: performance.now() + CACHE_MS, found: findKeyByHash(database, hash) };
    remembered.set(hash, entry);
    const forgetIt = () => remembered.get(hash) === entry && remembered.delete(hash);
    entry.found.then((record) => record === null && forgetIt(), forgetIt);
    return entry.found;
  }

  return {
    forget: () => remembered.clear(),
    async authenticate(header, address) {
      const key = header === undefined ? undefined : KEY_FORM.exec(header)?.[1];
      if (!key) throw unauthenticated('Send a key as "Authorization: Bearer tdm_…"');
      const hash = hashOfKey(key);
      const from = ipKeyGenerator(address ?? '');
      // A key that worked lately is let through whatever others try from the same address.
      if (!remembered.has(hash)) await refuseGuessing(failures, from);
      const record = await lookUp(hash);
      if (record && record.revokedAt === null && !(await isExpired(record, clock))) return requestKey(record);
      await failures.increment(from);
      throw unauthenticated('The key is unknown, revoked or expired');
    },
  };
}

/** @throws {Problem} 403 naming the scope that the key lacks */
export function requireScope(key: RequestKey, scope: Scope): void {
  if (key.has(scope)) return;
  throw new Problem('forbidden', `The key lacks the scope "${scope}"`, { code: 'missing_scope', members: { scope } });
}

/** Only a key that can expire costs a look at the clock. */
async function isExpired({ expiresAt }: KeyRecord, clock: Clock): Promise<boolean> {
  return expiresAt !== null && expiresAt.getTime() <= (await clock.now());
}

function requestKey({ id, scopes, programIds }: KeyRecord): RequestKey {
  return {
    id,
    scopes,
    programIds,
    has: (scope) => scopes.includes(scope),
    mayProgram: (programId) => programIds === null || programIds.includes(programId),
  };
}

async function refuseGuessing(failures: MemoryStore, from: string): Promise<void> {
  const { totalHits = 0, resetTime } = (await failures.get(from)) ?? {};
  if (totalHits < FAILURES_PER_MINUTE) return;
  const seconds = Math.max(1, Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1000));
  throw new Problem('too-many-requests', 'Too many keys that do not work came from this address', {
    headers: { 'Retry-After': String(seconds) },
  });
}

function unauthenticated(detail: string): Problem {
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
}
