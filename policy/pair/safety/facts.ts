import type { PairEvent } from '../../event.ts';
import { ladderOf } from '../../safety/ladder.ts';
import type { Respondent } from '../../sections/check-ins.ts';
import type { Instant } from '../../time.ts';
import type { PairContext, Span } from '../context.ts';
import { roleOf, sortedIn } from '../facts.ts';

/** What safety rests on. Each list is sorted, so that facts commute; nothing is ever taken out but by compacting. */

export type Cause = 'safety_concern' | 'keyword' | 'discomfort' | 'opened';

/** Somebody worries, or a text reads as if somebody should. */
export interface Concern {
  ref: string;
  /** When it was accepted: what is late is as urgent as what is new. */
  at: Instant;
  cause: Cause;
  /** What the keyword stands for. */
  code: string | null;
  /** The part in the pair of who worries; null for staff. */
  role: Respondent | null;
  /** Who worries, where an entry of Tandem's own says so. */
  personId: string | null;
  /** Who opened the case by hand. */
  openedBy: string | null;
  /** Somebody of the ladder who recorded it, and so has seen it. */
  knownTo: string | null;
  /** A case that has a row of its own already. */
  caseId: string | null;
}

interface AboutCase {
  ref: string;
  at: Instant;
  caseId: string;
}

export interface Acknowledgement extends AboutCase {
  by: string;
}

export type Resolution = AboutCase;

export interface Retraction {
  ref: string;
  at: Instant;
  retracts: string;
}

/** When a concern was said to belong to a case: whoever has ended the case before has not seen it. */
export interface Told {
  ref: string;
  at: Instant;
}

export interface SafetyState {
  concerns: Concern[];
  acknowledgements: Acknowledgement[];
  resolutions: Resolution[];
  retractions: Retraction[];
  told: Told[];
  /** When a safety case was open, of those that were forgotten by compacting. */
  past: Span[];
}

export function noConcerns(): SafetyState {
  return { concerns: [], acknowledgements: [], resolutions: [], retractions: [], told: [], past: [] };
}

function accepted(item: { at: Instant }): Instant {
  return item.at;
}

/** Everybody who has a part in the pair: nobody of them is called about it. */
export function partiesOf({ mentorId, menteeId, guardianId }: PairContext): Array<string | null> {
  return [mentorId, menteeId, guardianId];
}

/** Who is called about the pair, in order. */
export function pairLadder(ctx: PairContext): string[] {
  return ladderOf(ctx.pairStaff, ctx.programStaff, partiesOf(ctx));
}

/** What an event says of danger; null for most. One that takes an earlier one back says nothing but its words. */
function causeOf({ type, data }: PairEvent): Cause | null {
  if (type === 'case.opened') return data.caseKind === 'safety' ? 'opened' : null;
  const asked = type === 'checkin.recorded' && data.retracts === undefined;
  if (asked && data.safetyConcern === true) return 'safety_concern';
  if (data.keyword !== undefined) return 'keyword';
  return asked && data.discomfort === true && data.respondent === 'mentee' ? 'discomfort' : null;
}

function concernOf(event: PairEvent, ctx: PairContext): Concern | null {
  const { type, data, ref, receivedAt } = event;
  const cause = causeOf(event);
  if (cause === null) return null;
  const byTandem = type === 'case.opened';
  const by = data.by ?? null;
  const opened = byTandem && data.keyword === undefined;
  return {
    ref,
    at: receivedAt,
    cause: byTandem && !opened ? 'keyword' : cause,
    code: data.keyword ?? null,
    role: roleOf(byTandem ? data.personId : (data.respondent ?? data.by), ctx),
    personId: byTandem ? (data.personId ?? null) : null,
    openedBy: opened ? by : null,
    knownTo: by !== null && pairLadder(ctx).includes(by) ? by : null,
    caseId: byTandem ? (data.caseId ?? null) : null,
  };
}

function withConcern(state: SafetyState, event: PairEvent, ctx: PairContext): SafetyState {
  const concern = concernOf(event, ctx);
  if (concern === null) return state;
  const concerns = sortedIn(state.concerns, concern, accepted);
  return concerns === state.concerns ? state : { ...state, concerns };
}

function withRetraction(state: SafetyState, { ref, receivedAt: at, data }: PairEvent): SafetyState {
  if (data.retracts === undefined) return state;
  const retractions = sortedIn(state.retractions, { ref, at, retracts: data.retracts }, accepted);
  return retractions === state.retractions ? state : { ...state, retractions };
}

/** The facts with one more event in them; unknown and repeated ones change nothing. History does: danger has no date (K6). */
export function withFact(state: SafetyState, event: PairEvent, ctx: PairContext): SafetyState {
  const { type, ref, receivedAt: at, data } = event;
  const { caseId, caseKind, by } = data;
  if (type === 'case.acknowledged' || type === 'case.resolved') {
    if (caseKind !== 'safety' || caseId === undefined) return state;
    if (type === 'case.resolved') {
      const resolutions = sortedIn(state.resolutions, { ref, at, caseId }, accepted);
      return resolutions === state.resolutions ? state : { ...state, resolutions };
    }
    // Nobody who has a part in the pair can take it off the hands of staff.
    if (by === undefined || roleOf(by, ctx) !== null) return state;
    const acknowledgements = sortedIn(state.acknowledgements, { ref, at, caseId, by }, accepted);
    return acknowledgements === state.acknowledgements ? state : { ...state, acknowledgements };
  }
  return withRetraction(withConcern(state, event, ctx), event);
}
