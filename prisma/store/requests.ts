import type { MentorRequest, RequestKind, RequestStatus } from '../../policy/request/request.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows, type Transaction } from '../database.ts';
import type { ProgramLimit } from './people.ts';

/** Requests as they are stored, and as they are listed. */

export interface RequestRecord extends MentorRequest {
  /** Id of its workflow. */
  owner: string;
  policyVersion: number;
  digest: string;
  message: string | null;
  reply: string | null;
  staffNote: string | null;
  /** Whether either side is a minor: then the words are shown with addresses, numbers and links taken out (R2). */
  withMinor: boolean;
}

interface StoredRequest {
  id: string;
  owner: string;
  program_id: string;
  kind: string;
  mentee_id: string;
  mentor_id: string | null;
  mentor_ids: string[];
  policy_version: number;
  status: string;
  round: number;
  created_at: Date;
  opened_at: Date;
  closes_at: Date | null;
  closed_at: Date | null;
  ended_by: string | null;
  reason: string | null;
  pair_id: string | null;
  reminded_at: Date[];
  message: string | null;
  reply: string | null;
  staff_note: string | null;
  digest: string;
  with_minor: boolean;
}

const columns = `r.id, r.owner, r.program_id, r.kind, r.mentee_id, r.mentor_id, r.mentor_ids, r.policy_version, r.status,
  r.round, r.created_at, r.opened_at, r.closes_at, r.closed_at, r.ended_by, r.reason, r.pair_id, r.reminded_at, r.message,
  r.reply, r.staff_note, r.digest,
  exists (select from people p where p.id in (r.mentee_id, r.mentor_id) and p.is_minor) as with_minor`;

function recordOf(row: StoredRequest): RequestRecord {
  const instant = (at: Date | null): Instant | null => at?.getTime() ?? null;
  return {
    id: row.id,
    owner: row.owner,
    programId: row.program_id,
    kind: row.kind as RequestKind,
    menteeId: row.mentee_id,
    mentorId: row.mentor_id,
    mentorIds: row.mentor_ids,
    policyVersion: row.policy_version,
    status: row.status as RequestStatus,
    round: row.round,
    createdAt: row.created_at.getTime(),
    openedAt: row.opened_at.getTime(),
    closesAt: instant(row.closes_at),
    closedAt: instant(row.closed_at),
    endedBy: row.ended_by,
    reason: row.reason,
    pairId: row.pair_id,
    remindedAt: row.reminded_at.map((at) => at.getTime()),
    digest: row.digest,
    message: row.message,
    reply: row.reply,
    staffNote: row.staff_note,
    withMinor: row.with_minor,
  };
}

/** A request inside the limit; null where there is none for the caller. */
export async function readRequest(on: Queryable, id: string, programIds: ProgramLimit): Promise<RequestRecord | null> {
  const sql = `
    select ${columns} from requests r where r.id = $1 and ($2::text[] is null or r.program_id = any($2::text[]))`;
  const [row] = await queryRows<StoredRequest>(on, sql, id, programIds);
  return row ? recordOf(row) : null;
}

/** Locks a request until the transaction ends, with everything pending of these people, in the order of ids. */
export async function lockRequests(
  on: Transaction,
  id: string,
  people: { menteeId: string; mentorIds: string[] } | null,
): Promise<RequestRecord[]> {
  const sql = `
    select ${columns} from requests r
    where r.id = $1 or (r.status = 'pending' and (r.mentee_id = $2 or r.mentor_id = any($3::text[])))
    order by r.id for update of r`;
  const rows = await queryRows<StoredRequest>(on, sql, id, people?.menteeId ?? null, people?.mentorIds ?? []);
  return rows.map(recordOf);
}

export interface RequestFilter {
  programId?: string | undefined;
  status?: RequestStatus | undefined;
  kind?: RequestKind | undefined;
  menteeId?: string | undefined;
  mentorId?: string | undefined;
  /** Mentor or mentee. */
  personId?: string | undefined;
}

/** One program is named as one, so that its index gives the order too. */
function insideOf(programIds: readonly string[], value: (given: unknown) => string): string {
  const [only, ...more] = programIds;
  if (only !== undefined && more.length === 0) return `r.program_id = ${value(only)}`;
  return `r.program_id = any(${value(programIds)}::text[])`;
}

/** Puts the conditions of a filter together: only what is asked for, so that an index can be used. */
export function listRequestsSql(
  filter: RequestFilter,
  page: { programIds: ProgramLimit; after: [Instant, string] | null; limit: number },
): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const { programId, status, kind, menteeId, mentorId, personId } = filter;
  const person = personId === undefined ? '' : value(personId);
  const conditions = [
    page.programIds !== null && insideOf(page.programIds, value),
    programId !== undefined && `r.program_id = ${value(programId)}`,
    status !== undefined && `r.status = ${value(status)}`,
    kind !== undefined && `r.kind = ${value(kind)}`,
    menteeId !== undefined && `r.mentee_id = ${value(menteeId)}`,
    mentorId !== undefined && `r.mentor_id = ${value(mentorId)}`,
    personId !== undefined && `(r.mentee_id = ${person} or r.mentor_id = ${person})`,
    page.after !== null &&
      `(r.created_at, r.id) < (${value(new Date(page.after[0]))}::timestamptz, ${value(page.after[1])}::text)`,
  ].filter((condition) => condition !== false);
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const sql = `select ${columns} from requests r ${where}
    order by r.created_at desc, r.id desc limit ${value(page.limit)}::int`;
  return { sql, values };
}

/**
 * Requests, newest first, in one statement.
 * @param page.after creation (epoch milliseconds) and id of the last request seen
 */
export async function listRequests(
  on: Queryable,
  filter: RequestFilter,
  page: { programIds: ProgramLimit; after: [Instant, string] | null; limit: number },
): Promise<RequestRecord[]> {
  const { sql, values } = listRequestsSql(filter, page);
  return (await queryRows<StoredRequest>(on, sql, ...values)).map(recordOf);
}
