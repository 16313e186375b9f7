import { isHeldAhead, type PairEvent } from '../../event.ts';
import { DAY, type Instant } from '../../time.ts';
import { sortedIn } from '../facts.ts';

/** What the first meeting of a pair rests on. Each list is sorted, so that facts commute. */

/** A meeting that was reported as held, or that is planned. */
export interface MeetingFact {
  ref: string;
  at: Instant;
  receivedAt: Instant;
  /** Accepted too late to act (E2). */
  history: boolean;
}

export interface FirstMeetingState {
  held: MeetingFact[];
  scheduled: MeetingFact[];
  /** What was taken back, and since when. */
  retracted: Array<{ ref: string; receivedAt: Instant }>;
  /** When staff resolved the case. */
  resolvedAt: Instant | null;
  /** They have met, so long ago that nothing takes it back; nothing else is kept then. */
  met: boolean;
}

export function nothingYet(): FirstMeetingState {
  return { held: [], scheduled: [], retracted: [], resolvedAt: null, met: false };
}

/** The facts with one more event in them; unknown and repeated ones change nothing. */
export function withFirstMeeting(state: FirstMeetingState, event: PairEvent): FirstMeetingState {
  const { type, data, ref, receivedAt, at } = event;
  if (state.met) return state;
  if (type === 'case.resolved' && data.caseKind === 'first-meeting') {
    return { ...state, resolvedAt: Math.min(state.resolvedAt ?? receivedAt, receivedAt) };
  }
  if (type !== 'meeting.recorded' && type !== 'meeting.scheduled') return state;
  if (data.retracts !== undefined) return event.history ? state : withRetraction(state, data.retracts, receivedAt);
  const fact = { ref, at: typeof data.at === 'number' ? data.at : at, receivedAt, history: event.history === true };
  if (type === 'meeting.scheduled') return { ...state, scheduled: sortedIn(state.scheduled, fact, inOrderOfComing) };
  if (isHeldAhead(event)) return state;
  return data.occurred === true ? { ...state, held: sortedIn(state.held, fact, inOrderOfComing) } : state;
}

function inOrderOfComing({ receivedAt }: MeetingFact): Instant {
  return receivedAt;
}

/** Of two that take back the same the earlier counts, whichever was applied first. */
function withRetraction(state: FirstMeetingState, ref: string, receivedAt: Instant): FirstMeetingState {
  const same = state.retracted.find((item) => item.ref === ref);
  if (same && same.receivedAt <= receivedAt) return state;
  const others = state.retracted.filter((item) => item !== same);
  return { ...state, retracted: sortedIn(others, { ref, receivedAt }, (item) => item.receivedAt) };
}

/** So long after a report it can be taken back. */
const correctedFor = 100 * DAY;

/** Since when a fact is taken back; null while it stands. */
export function takenBackAt({ ref, receivedAt }: MeetingFact, state: FirstMeetingState): Instant | null {
  const found = state.retracted.find((item) => item.ref === ref);
  if (!found || Math.abs(found.receivedAt - receivedAt) >= correctedFor) return null;
  return Math.max(found.receivedAt, receivedAt);
}

/** Whether they have met, by what came in time to act. */
export function haveMet(state: FirstMeetingState): boolean {
  return state.met || state.held.some((fact) => !fact.history && takenBackAt(fact, state) === null);
}

/** Only that they have met, once nothing can take it back. */
export function compactFirstMeeting(state: FirstMeetingState, now: Instant): FirstMeetingState {
  const isFinal = (fact: MeetingFact): boolean => !fact.history && takenBackAt(fact, state) === null;
  const met = state.met || state.held.some((fact) => fact.receivedAt <= now - correctedFor && isFinal(fact));
  return met ? { ...nothingYet(), met } : state;
}
