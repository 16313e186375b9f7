import type { ProgramDocument, StaffIds } from '../../policy/program.ts';
import { type AskingDecision, decideAsking } from '../../policy/request/asking.ts';
import type { Party, PartyRole } from '../../policy/request/party.ts';
import { closesAtOf, type RequestKind } from '../../policy/request/request.ts';
import { requestsPolicyOf } from '../../policy/sections/requests.ts';
import { safety } from '../../policy/sections/safety.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import { noteMenteeMoved } from './notes.ts';
import { writeEntry } from './own-entries.ts';
import { lockProgram } from './pair-making.ts';
import type { ProgramLimit } from './people.ts';
import { acceptRequest, RequestRefused } from './request-answers.ts';
import { openConcernOf } from './request-concerns.ts';
import { askingContext, lockParties, readDocument } from './request-parties.ts';
import { lockRequests } from './requests.ts';

export interface NewRequest {
  id: string;
  /** Id of its workflow. */
  owner: string;
  programId: string;
  kind: RequestKind;
  menteeId: string;
  mentorIds: string[];
  message: string;
  /** Digest of what the caller sent, by which the same request is told from another one. */
  digest: string;
}

export type RequestOpening =
  | { outcome: 'opened' | 'same' | 'existing' | 'paired'; id: string }
  /** There is a request with this id that was made otherwise. */
  | { outcome: 'taken' }
  | { outcome: 'unknown'; fields: string[] }
  | { outcome: 'refused'; code: string; role?: PartyRole; members?: Record<string, unknown> };

type Caller = { programIds: ProgramLimit; now: Instant };

/**
 * Opens a request, an offer or a list with its first journal entry. Limits, duplicates and capacities are decided while the
 * rows of all people concerned are locked, so that of many at once no more are opened than may be (R4, R10). One transaction.
 */
export async function openRequest(database: Database, given: NewRequest, caller: Caller): Promise<RequestOpening> {
  try {
    return await database.$transaction((on) => opening(on, given, caller));
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    // What was undone with the request is not undone with it.
    await database.$transaction((on) => hear(on, given, null, false, caller.now));
    return { outcome: 'refused', ...error.refusal };
  }
}

async function opening(on: Transaction, given: NewRequest, caller: Caller): Promise<RequestOpening> {
  const earlier = await earlierOf(on, given);
  if (earlier) return earlier;
  const program = await lockProgram(on, given.programId, caller.programIds);
  if (!program) return { outcome: 'unknown', fields: ['programId'] };
  const people = [given.menteeId, ...given.mentorIds];
  const parties = await lockParties(on, people, given.programId, caller.programIds);
  const unknown = unknownFields(given, parties);
  if (unknown.length > 0) return { outcome: 'unknown', fields: unknown };
  const again = await earlierOf(on, given);
  if (again) return again;
  const decision = await decided(on, given, parties, program.document, caller.now);
  await hear(on, given, program.document, decision.act === 'open' || decision.act === 'pair', caller.now);
  if (decision.act === 'existing') return { outcome: 'existing', id: decision.id };
  if (decision.act === 'refuse') return refusalOf(decision);
  await noteMenteeMoved(on, { ...given, about: given.id, now: caller.now });
  if (decision.act === 'pair') return cross(on, given, decision.id, program.version, caller);
  if (!(await insertRequest(on, given, program, caller.now)))
    return (await earlierOf(on, given)) ?? { outcome: 'taken' };
  const ref = `request.opened:${given.id}:1`;
  const entry = { type: 'request.opened', ref, subject: given, pairId: null, data: {}, digest: given.digest } as const;
  await writeEntry(on, { ...entry, now: caller.now });
  return { outcome: 'opened', id: given.id };
}

/** Words of the one who asks that may tell of danger open a safety case, whatever becomes of the request (K6). */
async function hear(
  on: Transaction,
  { id, programId, kind, menteeId, mentorIds, message }: NewRequest,
  document: ProgramDocument | null,
  kept: boolean,
  now: Instant,
): Promise<void> {
  const personId = kind === 'offer' ? (mentorIds[0] as string) : menteeId;
  const { keywords } =
    (document ?? (await readDocument(on, programId, null))?.document)?.policy.safety ?? safety.defaults;
  await openConcernOf(on, { programId, personId, id, part: 'message', texts: [message], kept, keywords, now });
}

async function earlierOf(on: Queryable, { id, digest }: NewRequest): Promise<RequestOpening | null> {
  const [row] = await queryRows<{ digest: string }>(on, 'select digest from requests where id = $1', id);
  if (!row) return null;
  return row.digest === digest ? { outcome: 'same', id } : { outcome: 'taken' };
}

function unknownFields({ kind, menteeId, mentorIds }: NewRequest, parties: Map<string, Party>): string[] {
  const mentors = mentorIds.flatMap((id, index) => {
    if (parties.has(id)) return [];
    return [kind === 'list' ? `mentorIds/${index}` : 'mentorId'];
  });
  return parties.has(menteeId) ? mentors : ['menteeId', ...mentors];
}

async function decided(
  on: Transaction,
  { kind, menteeId, mentorIds, programId }: NewRequest,
  parties: Map<string, Party>,
  document: ProgramDocument,
  now: Instant,
): Promise<AskingDecision> {
  const mentee = parties.get(menteeId) as Party;
  const mentors = mentorIds.map((id) => parties.get(id) as Party);
  const policy = requestsPolicyOf(document.policy);
  const context = await askingContext(on, { menteeId, mentorIds, programId });
  return decideAsking({ kind, mentee, mentors }, { ...context, policy, now });
}

function refusalOf({ code, role, openRequestIds }: Extract<AskingDecision, { act: 'refuse' }>): RequestOpening {
  const members = openRequestIds && { openRequestIds };
  return { outcome: 'refused', code, ...(role && { role }), ...(members && { members }) };
}

async function insertRequest(
  on: Transaction,
  given: NewRequest,
  program: { version: number; document: ProgramDocument },
  now: Instant,
): Promise<boolean> {
  const { zone, policy } = program.document;
  const closesAt = closesAtOf(given.kind, now, requestsPolicyOf(policy), zone);
  return insertRow(on, given, { version: program.version, status: 'pending', now, closesAt, pairId: null });
}

async function insertRow(
  on: Transaction,
  { id, owner, programId, kind, menteeId, mentorIds, message, digest }: NewRequest,
  row: { version: number; status: string; now: Instant; closesAt: Instant | null; pairId: string | null },
): Promise<boolean> {
  const mentorId = kind === 'list' ? null : (mentorIds[0] as string);
  const closedAt = row.status === 'pending' ? null : new Date(row.now);
  const sql = `
    insert into requests (id, owner, program_id, kind, mentee_id, mentor_id, mentor_ids, policy_version, status, round,
      created_at, opened_at, closes_at, closed_at, pair_id, reminded_at, message, digest)
    values ($1, $2, $3, $4, $5, $6, $7::text[], $8, $9, 1, $10::timestamptz, $10::timestamptz, $11, $12, $13, '{}', $14, $15)
    on conflict (id) do nothing`;
  const closesAt = row.closesAt === null ? null : new Date(row.closesAt);
  const people = [id, owner, programId, kind, menteeId, mentorId, mentorIds];
  const times = [row.version, row.status, new Date(row.now), closesAt, closedAt, row.pairId];
  return (await execute(on, sql, ...people, ...times, message, digest)) === 1;
}

/** The other side asked for the same: the one that was there is accepted, and this one is kept as answered by it (R16). */
async function cross(
  on: Transaction,
  given: NewRequest,
  otherId: string,
  version: number,
  caller: Caller,
): Promise<RequestOpening> {
  const people = { menteeId: given.menteeId, mentorIds: given.mentorIds };
  const other = (await lockRequests(on, otherId, people)).find(({ id }) => id === otherId);
  if (other?.status !== 'pending') throw new RequestRefused({ code: 'already_answered' });
  const by = given.kind === 'offer' ? (given.mentorIds[0] as string) : given.menteeId;
  const staff: StaffIds = {};
  const pairId = await acceptRequest(
    on,
    other,
    { mentorId: given.mentorIds[0] as string, by, classId: null, staff },
    caller,
  );
  await insertRow(on, given, { version, status: 'superseded', now: caller.now, closesAt: null, pairId });
  return { outcome: 'paired', id: given.id };
}
