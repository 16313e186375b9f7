import type { RequestEvent } from '../../policy/event.ts';
import type { StaffIds } from '../../policy/program.ts';
import { type Answer, type AnswerContext, type AnswerDecision, decideAnswer } from '../../policy/request/answering.ts';
import type { Party, PartyRole } from '../../policy/request/party.ts';
import { pairIdOf } from '../../policy/request/request.ts';
import { requestsPolicyOf } from '../../policy/sections/requests.ts';
import type { Instant } from '../../policy/time.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import { type Database, execute, type Transaction } from '../database.ts';
import { writeEntry } from './own-entries.ts';
import { lockProgram, makePair } from './pair-making.ts';
import type { ProgramLimit } from './people.ts';
import { openConcernOfAnswer } from './request-concerns.ts';
import { endedRef, endRequest } from './request-endings.ts';
import { askingContext, guardianOf, lockParties, readDocument } from './request-parties.ts';
import { lockRequests, type RequestRecord, readRequest } from './requests.ts';

/** What is refused, with what the caller is to know. */
export interface RequestRefusal {
  code: string;
  role?: PartyRole;
  members?: Record<string, unknown>;
}

/** Undoes a transaction in which an answer turned out to be impossible. */
export class RequestRefused extends Error {
  readonly refusal: RequestRefusal;

  constructor(refusal: RequestRefusal) {
    super(`refused: ${refusal.code}`);
    this.refusal = refusal;
  }
}

export interface AnswerWords {
  /** Words for the other side. */
  reply?: string | undefined;
  /** Words that stay with staff. */
  staffNote?: string | undefined;
}

/** What a new pair is made with. */
export interface PairTerms {
  classId: string | null;
  staff: StaffIds;
}

export type Answering =
  | { outcome: 'answered'; request: RequestRecord }
  | { outcome: 'hidden' }
  | ({ outcome: 'refused'; request: RequestRecord | null } & RequestRefusal);

/** A workflow says within this time what it heard by itself; else the relay tells it. */
const heardWithinSeconds = 30;

type Caller = { programIds: ProgramLimit; now: Instant };

/**
 * Records an answer: the request's row is locked, a pure function decides over it, and row, entries, other requests that end
 * with it and the pair that it makes are written in the same transaction. Of several the first recorded wins (R5); whatever
 * is committed completes by itself, since the relay starts the workflows.
 */
export async function answerRequest(
  database: Database,
  id: string,
  answer: Answer,
  given: AnswerWords & PairTerms,
  caller: Caller,
): Promise<Answering> {
  try {
    return await database.$transaction((on) => answering(on, id, answer, given, caller));
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    const request = await readRequest(database, id, caller.programIds);
    return { outcome: 'refused', request, ...error.refusal };
  }
}

/** Answers that make a pair or begin anew look at people, who are locked before any request. */
const concernsPeople = new Set<Answer['act']>(['accept', 'assign', 'reopen']);

async function answering(
  on: Transaction,
  id: string,
  answer: Answer,
  given: AnswerWords & PairTerms,
  caller: Caller,
): Promise<Answering> {
  const found = await readRequest(on, id, caller.programIds);
  if (!found) return { outcome: 'hidden' };
  const mentorIds = answer.act === 'assign' ? [answer.mentorId] : found.mentorIds;
  const wide = concernsPeople.has(answer.act);
  if (wide) await lockProgram(on, found.programId, caller.programIds);
  const people = wide ? await lockParties(on, [found.menteeId, ...mentorIds], found.programId, null) : null;
  const locked = await lockRequests(on, id, wide ? { menteeId: found.menteeId, mentorIds } : null);
  const request = locked.find((other) => other.id === id) as RequestRecord;
  const context = await contextOf(on, request, answer, people, mentorIds, caller.now);
  const decision = decideAnswer(request, answer, context);
  await openConcernOfAnswer(on, request, answer, given, decision.act !== 'refuse', caller.now);
  if (decision.act === 'refuse') return { outcome: 'refused', request, ...refusalOf(decision) };
  await carryOut(on, request, answer, decision, given, caller);
  return { outcome: 'answered', request: (await readRequest(on, id, null)) as RequestRecord };
}

function refusalOf({ code, role, members }: Extract<AnswerDecision, { act: 'refuse' }>): RequestRefusal {
  return { code, ...(role && { role }), ...(members && { members }) };
}

async function contextOf(
  on: Transaction,
  request: RequestRecord,
  answer: Answer,
  people: Map<string, Party> | null,
  mentorIds: string[],
  now: Instant,
): Promise<AnswerContext> {
  const read = await readDocument(on, request.programId, request.policyVersion);
  if (!read) throw new Error('the policy version of a request is missing');
  const mentee = people?.get(request.menteeId);
  const mentors = mentorIds.flatMap((id) => people?.get(id) ?? []);
  return {
    policy: requestsPolicyOf(read.document.policy),
    zone: read.document.zone,
    now,
    parties: mentee ? { mentee, mentors } : null,
    guardianId: answer.act === 'withdraw' ? await guardianOf(on, request.menteeId) : null,
    asking: answer.act === 'reopen' ? await askingContext(on, request) : null,
  };
}

async function carryOut(
  on: Transaction,
  request: RequestRecord,
  answer: Answer,
  decision: Exclude<AnswerDecision, { act: 'refuse' }>,
  given: AnswerWords & PairTerms,
  caller: Caller,
): Promise<void> {
  const by = 'by' in answer ? answer.by : null;
  switch (decision.act) {
    case 'pair': {
      const override = answer.act === 'assign' ? answer.override : null;
      await acceptRequest(on, request, { ...given, mentorId: decision.mentorId, by: by as string, override }, caller);
      return;
    }
    case 'end':
      await endRequest(on, request, { ...given, ...decision, by }, caller.now);
      return;
    case 'remind':
      return remind(on, request, by as string, caller.now);
    case 'reopen':
      return reopen(on, request, by as string, decision.closesAt, caller.now);
  }
}

/**
 * Accepts a pending request whose row is locked, and makes the pair (R5). Answers the pair's id.
 * @throws RequestRefused when there can be no such pair, so that nothing of it is kept
 */
export async function acceptRequest(
  on: Transaction,
  request: RequestRecord,
  terms: PairTerms & { mentorId: string; by: string; override?: string | null },
  caller: Caller,
): Promise<string> {
  const pairId = pairIdOf(request.id);
  const { mentorId, by, override = null } = terms;
  await endRequest(on, request, { status: 'accepted', reason: override, by, mentorId, pairId }, caller.now);
  const made = await makePair(
    on,
    {
      id: pairId,
      owner: pairWorkflowId(request.programId, pairId),
      programId: request.programId,
      mentorId,
      menteeId: request.menteeId,
      classId: terms.classId,
      matchedAt: caller.now,
      staff: terms.staff,
      history: {},
      override: null,
      digest: `request:${request.id}`,
    },
    { programIds: null, now: caller.now },
  );
  if (made.outcome === 'unknown') throw new RequestRefused({ code: 'unknown', members: { fields: made.fields } });
  if (made.outcome === 'refused')
    throw new RequestRefused({ code: made.code, role: made.field === 'mentorId' ? 'mentor' : 'mentee' });
  if (made.outcome !== 'created') throw new RequestRefused({ code: 'pair_exists' });
  return pairId;
}

/**
 * Closes a round whose date has come (R8), unless somebody was faster. Answers the entry, which the workflow that asked has
 * thereby heard; null when there was nothing to close.
 */
export function expireRequest(
  database: Database,
  id: string,
  round: number,
  now: Instant,
): Promise<RequestEvent | null> {
  return database.$transaction(async (on) => {
    const [request] = await lockRequests(on, id, null);
    if (!request) return null;
    const context = await contextOf(on, request, { act: 'expire', round }, null, [], now);
    const decision = decideAnswer(request, { act: 'expire', round }, context);
    if (decision.act !== 'end') return null;
    const seq = await endRequest(on, request, { ...decision, by: null }, now, heardWithinSeconds);
    const { status } = decision;
    return { seq, ref: endedRef(request), type: 'request.ended', at: now, receivedAt: now, data: { status } };
  });
}

async function remind(on: Transaction, request: RequestRecord, by: string, now: Instant): Promise<void> {
  const sql = 'update requests set reminded_at = reminded_at || $2::timestamptz where id = $1';
  await execute(on, sql, request.id, new Date(now));
  const ref = `request.reminded:${request.id}:${request.round}:${request.remindedAt.length + 1}`;
  await writeEntry(on, { type: 'request.reminded', ref, subject: request, pairId: null, data: { by }, now });
}

/** A fresh clock: everything of the round before is over. */
async function reopen(
  on: Transaction,
  request: RequestRecord,
  by: string,
  closesAt: Instant | null,
  now: Instant,
): Promise<void> {
  const round = request.round + 1;
  const sql = `
    update requests set status = 'pending', round = $2, opened_at = $3, closes_at = $4, closed_at = null, ended_by = null,
      reason = null, reminded_at = '{}', reply = null, staff_note = null
    where id = $1`;
  await execute(on, sql, request.id, round, new Date(now), closesAt === null ? null : new Date(closesAt));
  const ref = `request.reopened:${request.id}:${round}`;
  await writeEntry(on, { type: 'request.reopened', ref, subject: request, pairId: null, data: { by }, now });
}
