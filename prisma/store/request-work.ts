import type { Lead } from '../../policy/pair/context.ts';
import type { MentorRequest, RequestContext } from '../../policy/request/request.ts';
import { requestsPolicyOf } from '../../policy/sections/requests.ts';
import { type Queryable, queryRows } from '../database.ts';
import { readDocument } from './request-parties.ts';
import { type RequestRecord, readRequest } from './requests.ts';

/** What a request's workflow decides by, read at each wake. */
export interface RequestWork {
  request: MentorRequest;
  context: RequestContext;
  /** How many entries its earlier runs have applied. */
  facts: number;
}

/** The row without its words, the version that it was opened under, and the staff of today (V7); null where there is none. */
export async function readRequestWork(on: Queryable, id: string, lead: Lead): Promise<RequestWork | null> {
  const record = await readRequest(on, id, null);
  if (!record) return null;
  const context = await readRequestContext(on, record, lead);
  const [said] = await queryRows<{ facts: number }>(on, 'select facts from says where owner = $1', record.owner);
  return { request: withoutWords(record), context, facts: said?.facts ?? 0 };
}

/** @throws {Error} when the version is missing, which only a damaged database can bring about */
export async function readRequestContext(on: Queryable, record: RequestRecord, lead: Lead): Promise<RequestContext> {
  const [own, current] = await Promise.all([
    readDocument(on, record.programId, record.policyVersion),
    readDocument(on, record.programId, null),
  ]);
  if (!own || !current) throw new Error('the policy version of a request is missing');
  return {
    policy: requestsPolicyOf(own.document.policy),
    policyVersion: own.version,
    zone: own.document.zone,
    staff: current.document.staff,
    gatherMinutes: own.document.policy.messaging.gatherMinutes,
    lead,
  };
}

/** Only this goes to Temporal. */
function withoutWords(record: RequestRecord): MentorRequest {
  const {
    owner: _o,
    policyVersion: _v,
    digest: _d,
    message: _m,
    reply: _r,
    staffNote: _n,
    withMinor: _w,
    ...row
  } = record;
  return row;
}
