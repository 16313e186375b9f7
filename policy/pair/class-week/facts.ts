import type { PairEvent } from '../../event.ts';
import type { CivilDate } from '../../program.ts';
import { DAY, HOUR, type Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { isRetractedBy, roleOf, sortedIn } from '../facts.ts';

/** What a class week rests on. Each list is sorted, so that facts commute; nothing is ever taken out but by compacting. */

export interface Communication {
  ref: string;
  kind: 'lesson' | 'message';
  at: Instant;
  receivedAt: Instant;
  /** A lesson's own statement of the session that opened its week. */
  sessionDate: CivilDate | null;
}

export interface Excusal {
  ref: string;
  sessionDate: CivilDate;
  receivedAt: Instant;
}

/** Something by which staff end the pause of reminders: outreach, or a resume by hand. */
export interface Resumption {
  ref: string;
  receivedAt: Instant;
  /** Only the case with this id or key; null means every one. */
  caseId: string | null;
}

/** A case opened or resolved by staff. */
export interface CaseFact {
  ref: string;
  caseId: string;
  caseKey: string | null;
  receivedAt: Instant;
}

/** Why an escalation no longer rests on enough misses, with the events that say so (W13, W15). */
export interface GroundLost {
  reason: 'calendar_changed' | 'late_arrival' | 'excused';
  facts: string[];
}

export interface Escalation {
  key: string;
  /** The session whose window was the deciding miss. */
  session: string;
  /** Sessions of the missed windows it rests on, oldest first. */
  misses: string[];
  /** The dates of those sessions when it was made. */
  dates: CivilDate[];
  /** Opening of the first missed window. */
  from: Instant;
  /** 1, or more where earlier ones with the same deciding miss were withdrawn: each is told apart. */
  attempt: number;
  since: Instant;
  /** When and why it was withdrawn because it no longer rested on anything. */
  withdrawn: ({ at: Instant } & GroundLost) | null;
}

/** An earlier event was wrong. */
export interface Retraction {
  /** The event that it takes back. */
  ref: string;
  receivedAt: Instant;
}

export interface ClassWeekState {
  communications: Communication[];
  excusals: Excusal[];
  retracted: Retraction[];
  resumptions: Resumption[];
  pausingCases: CaseFact[];
  resolvedCases: CaseFact[];
  escalation: Escalation | null;
  /** Earlier escalations, oldest first: their notices may still stand, and their pauses are not made up for (W10). */
  former: Escalation[];
  /** Keys of reminders that were decided, so that one that never was can be recorded as expired (W19). */
  decided: string[];
  /** Since when a window counts: misses before a closed case are no part of a new one (W12). */
  countFrom: Instant;
  /** Windows that opened before this were forgotten by compacting; nothing is judged by them. */
  forgottenBefore: Instant;
}

export function noFacts(): ClassWeekState {
  return {
    communications: [],
    excusals: [],
    retracted: [],
    resumptions: [],
    pausingCases: [],
    resolvedCases: [],
    escalation: null,
    former: [],
    decided: [],
    countFrom: 0,
    forgottenBefore: 0,
  };
}

/** A copy of the facts, to be changed; written out for the same reason as that of a pair's state. */
export function copyOfFacts(state: ClassWeekState): ClassWeekState {
  return {
    communications: state.communications,
    excusals: state.excusals,
    retracted: state.retracted,
    resumptions: state.resumptions,
    pausingCases: state.pausingCases,
    resolvedCases: state.resolvedCases,
    escalation: state.escalation,
    former: state.former,
    decided: state.decided,
    countFrom: state.countFrom,
    forgottenBefore: state.forgottenBefore,
  };
}

/**
 * Keeps, of the messages of one hour, the earliest and the latest: they decide every window that the hour touches, and a
 * pair that chats all day stays small.
 */
function withoutMiddle(list: Communication[], hour: number): Communication[] {
  const sameHour = list.filter((item) => item.kind === 'message' && Math.floor(item.at / HOUR) === hour);
  if (sameHour.length <= 2) return list;
  const middle = new Set(sameHour.slice(1, -1));
  return list.filter((item) => !middle.has(item));
}

function withCommunication(state: ClassWeekState, event: PairEvent, ctx: PairContext): ClassWeekState {
  if (roleOf(event.data.by, ctx) !== 'mentor') return state;
  const kind = event.type === 'lesson.completed' ? 'lesson' : 'message';
  const sessionDate = kind === 'lesson' ? (event.data.sessionDate ?? null) : null;
  const item: Communication = { ref: event.ref, kind, at: event.at, receivedAt: event.receivedAt, sessionDate };
  const list = sortedIn(state.communications, item, (other) => other.at);
  if (list === state.communications) return state;
  const next = copyOfFacts(state);
  next.communications = kind === 'message' ? withoutMiddle(list, Math.floor(event.at / HOUR)) : list;
  return next;
}

/** One fact a case: of two that say the same of it the earlier counts, whichever was applied first. */
function withCase(list: CaseFact[], event: PairEvent): CaseFact[] {
  const { caseId, caseKey } = event.data;
  if (caseId === undefined || list.some((other) => other.ref === event.ref)) return list;
  const item = { ref: event.ref, caseId, caseKey: caseKey ?? null, receivedAt: event.receivedAt };
  const facts = sortedIn(list, item, (other) => other.receivedAt);
  const first = facts.find((other) => other.caseId === caseId);
  return facts.filter((other) => other.caseId !== caseId || other === first);
}

function withResumption(state: ClassWeekState, event: PairEvent): ClassWeekState {
  const item = { ref: event.ref, receivedAt: event.receivedAt, caseId: event.data.caseId ?? null };
  return { ...state, resumptions: sortedIn(state.resumptions, item, (other) => other.receivedAt) };
}

/** How long a late fact or a changed calendar can still reach a week that is over: facts are kept for so long at least. */
export const keptFor = 70 * DAY;

/** Whether something was taken back, by what came so near to it that it cannot have been forgotten by then. */
export function isTakenBack(retracted: Retraction[], item: { ref: string; receivedAt: Instant }): boolean {
  return retracted.some((retraction) => isRetractedBy(retraction, item, keptFor));
}

function withRetraction(state: ClassWeekState, ref: string, receivedAt: Instant): ClassWeekState {
  if (state.retracted.some((item) => item.ref === ref && item.receivedAt === receivedAt)) return state;
  const retracted = [...state.retracted, { ref, receivedAt }];
  retracted.sort((a, b) => a.receivedAt - b.receivedAt || (a.ref < b.ref ? -1 : 1));
  return { ...state, retracted };
}

/** The facts with one more event in them; unknown and repeated ones, and history (E2), change nothing. */
export function withFact(state: ClassWeekState, event: PairEvent, ctx: PairContext): ClassWeekState {
  if (event.history) return state;
  const { retracts } = event.data;
  if (retracts !== undefined) return withRetraction(state, retracts, event.receivedAt);
  switch (event.type) {
    case 'lesson.completed':
    case 'message.sent':
      return withCommunication(state, event, ctx);
    case 'week.excused': {
      if (event.data.sessionDate === undefined) return state;
      const item = { ref: event.ref, sessionDate: event.data.sessionDate, receivedAt: event.receivedAt };
      return { ...state, excusals: sortedIn(state.excusals, item, (other) => other.receivedAt) };
    }
    case 'outreach.recorded':
      return roleOf(event.data.by, ctx) !== null ? state : withResumption(state, event);
    case 'reminders.resumed':
      return withResumption(state, event);
    case 'case.opened':
      if (event.data.caseKind !== 'escalation' || event.data.pauseReminders !== true) return state;
      return { ...state, pausingCases: withCase(state.pausingCases, event) };
    case 'case.resolved':
      if (event.data.caseKind !== 'escalation') return state;
      return { ...state, resolvedCases: withCase(state.resolvedCases, event) };
    default:
      return state;
  }
}
