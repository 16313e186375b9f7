import type { PairEvent } from '../event.ts';
import type { Say } from '../pair/say.ts';
import type { Instant } from '../time.ts';
import type { ProgramContext } from './concern.ts';
import type { ProgramDecision } from './decide.ts';

/** What a program says after a decision; `facts` counts the journal entries that it has applied so far. */
export function sayOfProgram(
  owner: string,
  entries: PairEvent[],
  facts: number,
  decision: ProgramDecision,
  now: Instant,
  ctx: ProgramContext,
  version: number,
): Say {
  return {
    owner,
    programId: ctx.programId,
    pairId: null,
    facts,
    at: now,
    nextAt: decision.nextAt,
    messages: decision.messages,
    cases: decision.cases,
    effects: [],
    records: [],
    fresh: [...decision.messages, ...decision.cases],
    marks: entries.map((entry, index) => ({ seq: entry.seq, order: facts - entries.length + index + 1, at: now })),
    readMarks: [],
    zone: ctx.document.zone,
    gatherMinutes: ctx.document.policy.messaging.gatherMinutes,
    policyVersion: version,
    closed: false,
    projection: null,
    counts: null,
    retires: false,
  };
}
