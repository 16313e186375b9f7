import { createHash, randomBytes } from 'node:crypto';
import { type Database, execute, queryRows } from '../database.ts';

/** What a key may be used for. `admin` is keys, programs and erasure; it implies no other scope. */
export const scopes = ['events', 'read', 'command', 'sensitive', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** What is known of a key; the key itself is not. */
export interface KeyRecord {
  id: string;
  name: string;
  scopes: Scope[];
  /** The programs it is limited to; null means all. */
  programIds: string[] | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
}

export interface NewKey {
  name: string;
  scopes: readonly Scope[];
  programIds?: readonly string[] | null;
  expiresAt?: Date | null;
}

const COLUMNS = `id, name, scopes, program_ids as "programIds", expires_at as "expiresAt", revoked_at as "revokedAt",
  created_at as "createdAt"`;

/** The only form in which a key is stored: its SHA-256, in hex. */
export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * Makes a key of 256 random bits and stores its hash.
 * @returns its id, and the key, which can be read this once only
 */
export async function createKey(database: Database, input: NewKey, now: Date): Promise<{ id: string; key: string }> {
  const id = `key_${randomBytes(12).toString('base64url')}`;
  const key = `tdm_${randomBytes(32).toString('base64url')}`;
  await execute(
    database,
    `insert into api_keys (id, name, hash, scopes, program_ids, expires_at, created_at)
     values ($1, $2, $3, $4::text[], $5::text[], $6::timestamptz, $7::timestamptz)`,
    id,
    input.name,
    hashOfKey(key),
    [...new Set(input.scopes)],
    input.programIds ? [...new Set(input.programIds)] : null,
    input.expiresAt ?? null,
    now,
  );
  return { id, key };
}

/** All keys, revoked and expired ones too, newest first. */
export function listKeys(database: Database): Promise<KeyRecord[]> {
  return queryRows<KeyRecord>(database, `select ${COLUMNS} from api_keys order by created_at desc, id`);
}

/** The key of that id, be it revoked or expired, or null. */
export async function findKey(database: Database, id: string): Promise<KeyRecord | null> {
  const [found] = await queryRows<KeyRecord>(database, `select ${COLUMNS} from api_keys where id = $1`, id);
  return found ?? null;
}

/** The key with that hash, be it revoked or expired, or null. */
export async function findKeyByHash(database: Database, hash: string): Promise<KeyRecord | null> {
  const [found] = await queryRows<KeyRecord>(database, `select ${COLUMNS} from api_keys where hash = $1`, hash);
  return found ?? null;
}

/**
 * Revokes a key for good; processes that have used it lately notice within five seconds. Revoking again changes nothing.
 * @returns whether there is a key of that id
 */
export async function revokeKey(database: Database, id: string, now: Date): Promise<boolean> {
  const sql = 'update api_keys set revoked_at = coalesce(revoked_at, $2::timestamptz) where id = $1';
  return (await execute(database, sql, id, now)) > 0;
}
