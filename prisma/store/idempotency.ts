import { type Database, execute, queryRows } from '../database.ts';

/** Whose key, which key, and what it came with. */
export interface IdempotencyClaim {
  apiKeyId: string;
  key: string;
  /** Digest of method, path and body. */
  digest: string;
}

/** An answer as it was given. */
export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export type ClaimOutcome =
  /** The caller does the work, and settles or releases with this token. */
  | { state: 'claimed'; token: Date }
  | { state: 'answered'; answer: StoredAnswer }
  | { state: 'inProgress' }
  /** The key was used before with another payload. */
  | { state: 'reused' };

// Longer than any request can take; after it, work without an answer counts as lost with its process.
const LEASE = "interval '60 seconds'";

interface ClaimRow {
  token: Date | null;
  digest: string | null;
  status: number | null;
  body: { headers: Record<string, string>; body?: unknown } | null;
}

/** Claims an idempotency key, or tells what became of it, in one round trip. Leases run on the database's clock. */
export async function claimIdempotencyKey(database: Database, claim: IdempotencyClaim): Promise<ClaimOutcome> {
  const [row] = await queryRows<ClaimRow>(
    database,
    `with claimed as (
       insert into idempotency_keys as mine (api_key_id, key, digest, created_at) values ($1, $2, $3, clock_timestamp())
       on conflict (api_key_id, key) do update set created_at = excluded.created_at
         where mine.status is null and mine.digest = excluded.digest and mine.created_at < clock_timestamp() - ${LEASE}
       returning created_at)
     select claimed.created_at as token, known.digest, known.status, known.body
     from (values (1)) as one
     left join claimed on true
     left join idempotency_keys known on known.api_key_id = $1 and known.key = $2`,
    claim.apiKeyId,
    claim.key,
    claim.digest,
  );
  if (row?.token) return { state: 'claimed', token: row.token };
  if (row?.digest && row.digest !== claim.digest) return { state: 'reused' };
  if (!row?.status) return { state: 'inProgress' };
  return { state: 'answered', answer: { status: row.status, headers: row.body?.headers ?? {}, body: row.body?.body } };
}

/** Stores the answer of a claim, unless the claim was lost to another after its lease. */
export async function settleIdempotencyKey(
  database: Database,
  claim: IdempotencyClaim,
  token: Date,
  { status, headers, body }: StoredAnswer,
): Promise<void> {
  await execute(
    database,
    `update idempotency_keys set status = $4, body = $5::jsonb
     where api_key_id = $1 and key = $2 and created_at = $3::timestamptz and status is null`,
    claim.apiKeyId,
    claim.key,
    token,
    status,
    JSON.stringify({ headers, body }),
  );
}

/** Gives up a claim whose work failed, so that the same request may be tried again. */
export async function releaseIdempotencyKey(database: Database, claim: IdempotencyClaim, token: Date): Promise<void> {
  await execute(
    database,
    `delete from idempotency_keys
     where api_key_id = $1 and key = $2 and created_at = $3::timestamptz and status is null`,
    claim.apiKeyId,
    claim.key,
    token,
  );
}

/** Forgets keys older than so many hours by the database's clock; answers how many. */
export function forgetIdempotencyKeys(database: Database, olderThanHours: number): Promise<number> {
  const sql = 'delete from idempotency_keys where created_at < clock_timestamp() - make_interval(hours => $1::int)';
  return execute(database, sql, olderThanHours);
}
