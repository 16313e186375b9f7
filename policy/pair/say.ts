import type { CaseStep, EffectStep, MessageStep, RecordSet, SaidStep } from '../step.ts';
import type { Instant } from '../time.ts';
import { type PairContext, policyNow, zoneOf } from './context.ts';
import { countsOf, type PairCounts } from './counts.ts';
import type { Decision } from './decide.ts';
import { type AppliedMark, copyOfState, type PairState } from './state.ts';

/** One declarative write: everything of one owner that stands now. */
export interface Say {
  owner: string;
  programId: string;
  pairId: string | null;
  /** Pairs that the messages of another owner than a pair are about. */
  aboutPairs?: string[];
  /** With `at` it orders two says of one owner: an older one changes nothing. */
  facts: number;
  at: Instant;
  /** When the owner decides again if nothing happens; null when only a fact can bring news. */
  nextAt: Instant | null;
  messages: MessageStep[];
  cases: CaseStep[];
  /** What is brought about beyond the owner; each only when it is fresh. */
  effects: EffectStep[];
  records: RecordSet[];
  /** What was carried out for the first time as it reads now. */
  fresh: SaidStep[];
  marks: AppliedMark[];
  readMarks: Array<{ version: number; at: Instant }>;
  zone: string;
  gatherMinutes: number;
  policyVersion: number;
  /** The pair has ended: its open cases are moot, but for those that outlive it. */
  closed: boolean;
  /** What lists are computed from, by the same pure functions as the live view. */
  projection: { state: PairState; ctx: PairContext } | null;
  /** What lists filter a pair by; null of other owners. */
  counts: PairCounts | null;
  /** The run ends with this say: the whole state is kept for a later entry. */
  retires: boolean;
}

/** What a pair says after a decision. */
export function sayOf(owner: string, state: PairState, decision: Decision, now: Instant, ctx: PairContext): Say {
  const { version, policy } = policyNow(ctx);
  const lean = copyOfState(state);
  lean.marks = [];
  lean.readMarks = [];
  return {
    owner,
    programId: ctx.programId,
    pairId: ctx.pairId,
    facts: decision.order,
    at: now,
    nextAt: decision.nextAt,
    messages: decision.messages,
    cases: decision.cases,
    effects: decision.effects.filter((step) => decision.fresh.includes(step)),
    records: decision.records,
    fresh: decision.fresh,
    marks: state.marks.filter((mark) => mark.order <= decision.order),
    readMarks: state.readMarks,
    zone: zoneOf(ctx),
    gatherMinutes: policy.messaging.gatherMinutes,
    policyVersion: version,
    closed: ctx.closed !== null,
    projection: { state: lean, ctx },
    counts: countsOf(state, ctx),
    retires: decision.retires,
  };
}
