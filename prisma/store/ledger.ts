import type { Because } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import type { ProgramLimit } from './people.ts';

/** Reading the ledger, for those who look at it. */

export interface LedgerRecord {
  id: string;
  key: string;
  owner: string;
  personId: string;
  role: string;
  programId: string;
  pairIds: string[];
  channel: string;
  template: string;
  variant: string | null;
  /** Person ids. */
  bcc: string[];
  state: string;
  reason: string | null;
  plannedFor: Date;
  expiresAt: Date;
  sentAt: Date | null;
  policyVersion: number;
  because: Because;
  gates: Array<{ gate: string; at: string }> | null;
  acceptedAt: Date;
  provider: string | null;
  providerId: string | null;
  providerStatus: string | null;
  /** Words as they were sent; null unless asked for. */
  subject: string | null;
  body: string | null;
}

const columns = `m.id, m.key, m.owner, m.person_id as "personId", m.role, m.program_id as "programId", m.pair_ids as "pairIds",
  m.channel, m.template, m.variant, case when m.channel = 'email' then m.bcc else '{}' end as bcc, m.state,
  m.planned_for as "plannedFor", m.expires_at as "expiresAt", m.sent_at as "sentAt", m.policy_version as "policyVersion",
  m.because, m.accepted_at as "acceptedAt", s.provider, s.provider_id as "providerId",
  coalesce(s.provider_status, s.state) as "providerStatus"`;

/** What calls somebody about a safety case shows that there is one. */
const aboutNoSafetyCase = `m.classification->>'safety' is distinct from 'true'`;

/** That a message is held shows the same. */
function reasonsAndGates(safety: boolean): string {
  if (safety) return 'm.reason, m.gates';
  return `nullif(m.reason, 'held') as reason, jsonb_path_query_array(m.gates, '$[*] ? (@.gate != "safety_hold")') as gates`;
}

function selected(withWords: boolean, safety: boolean): string {
  return `select ${columns}, ${reasonsAndGates(safety)}, ${withWords ? 's.subject, s.body' : 'null as subject, null as body'}
    from messages m left join sends s on s.id = m.send_id`;
}

export interface LedgerFilter {
  programId?: string | undefined;
  pairId?: string | undefined;
  personId?: string | undefined;
  state?: string | undefined;
  template?: string | undefined;
  channel?: string | undefined;
  /** Only what one workflow or broadcast wrote. */
  owner?: string | undefined;
  /** Only what was written or changed since then. */
  changedSince?: Instant | undefined;
}

interface LedgerReading {
  programIds: ProgramLimit;
  /** Whether subject and body are read too. */
  withWords: boolean;
  /** Whether the caller may know of safety cases: what is said about them, and what they hold back. */
  safety: boolean;
}

/**
 * Messages, the latest accepted first, in one statement.
 * @param after acceptance (epoch milliseconds) and id of the last message seen
 */
export function listMessages(
  on: Queryable,
  filter: LedgerFilter,
  { programIds, withWords, safety, after, limit }: LedgerReading & { after: [Instant, string] | null; limit: number },
): Promise<LedgerRecord[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  // Only what is asked for: a condition that may not apply keeps an index from being used.
  const conditions = [
    !safety && aboutNoSafetyCase,
    programIds !== null && `m.program_id = any(${value(programIds)}::text[])`,
    filter.programId !== undefined && `m.program_id = ${value(filter.programId)}`,
    filter.pairId !== undefined && `m.pair_ids @> array[${value(filter.pairId)}::text]`,
    filter.personId !== undefined && `m.person_id = ${value(filter.personId)}`,
    filter.state !== undefined && `m.state = ${value(filter.state)}`,
    filter.template !== undefined && `m.template = ${value(filter.template)}`,
    filter.channel !== undefined && `m.channel = ${value(filter.channel)}`,
    filter.owner !== undefined && `m.owner = ${value(filter.owner)}`,
    filter.changedSince !== undefined && `m.updated_at >= ${value(new Date(filter.changedSince))}::timestamptz`,
    after !== null && `(m.accepted_at, m.id) < (${value(new Date(after[0]))}::timestamptz, ${value(after[1])}::text)`,
  ].filter((condition) => condition !== false);
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const sql = `${selected(withWords, safety)} ${where} order by m.accepted_at desc, m.id desc limit ${value(limit)}::int`;
  return queryRows(on, sql, ...values);
}

/** A message inside the limit; null where there is none for the caller. */
export async function readMessage(
  on: Queryable,
  id: string,
  { programIds, withWords, safety }: LedgerReading,
): Promise<LedgerRecord | null> {
  const sql = `${selected(withWords, safety)}
    where m.id = $1 and ($2::text[] is null or m.program_id = any($2::text[])) and ($3::boolean or ${aboutNoSafetyCase})`;
  const [message] = await queryRows<LedgerRecord>(on, sql, id, programIds, safety);
  return message ?? null;
}
