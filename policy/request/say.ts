import type { RequestEvent } from '../event.ts';
import type { Say } from '../pair/say.ts';
import type { Instant } from '../time.ts';
import type { RequestDecision } from './decide.ts';
import type { MentorRequest, RequestContext } from './request.ts';

/** What a request says after a decision; `facts` counts the journal entries that its runs have applied so far. */
export function sayOfRequest(
  owner: string,
  request: MentorRequest,
  applied: { entries: RequestEvent[]; facts: number },
  decision: RequestDecision,
  now: Instant,
  ctx: RequestContext,
): Say {
  const { entries, facts } = applied;
  return {
    owner,
    programId: request.programId,
    pairId: null,
    aboutPairs: request.pairId === null ? [] : [request.pairId],
    facts,
    at: now,
    nextAt: decision.nextAt,
    messages: decision.messages,
    effects: [],
    records: [],
    cases: [],
    fresh: decision.messages,
    marks: entries.map((entry, index) => ({ seq: entry.seq, order: facts - entries.length + index + 1, at: now })),
    readMarks: [],
    zone: ctx.zone,
    gatherMinutes: ctx.gatherMinutes,
    policyVersion: ctx.policyVersion,
    closed: false,
    projection: null,
    counts: null,
    retires: false,
  };
}
