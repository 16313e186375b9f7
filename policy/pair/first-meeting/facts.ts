import type { PairEvent } from '../../event.ts';
import type { Instant } from '../../time.ts';
import { sortedIn } from '../facts.ts';

/** A meeting that was held or is planned, as far as the first one needs it (S1). */
interface MeetingFact {
  ref: string;
  at: Instant;
  receivedAt: Instant;
}

export interface FirstMeetingState {
  /** The first meetings that were reported as held, a few of them: one may be taken back. */
  held: MeetingFact[];
  scheduled: MeetingFact[];
  retracted: string[];
  /** When staff resolved the case. */
  resolvedAt: Instant | null;
}

export function nothingYet(): FirstMeetingState {
  return { held: [], scheduled: [], retracted: [], resolvedAt: null };
}

/** The facts with one more event in them; what came too late to act says nothing here (E2). */
export function withFirstMeeting(state: FirstMeetingState, event: PairEvent): FirstMeetingState {
  const { type, data, ref, receivedAt, at } = event;
  if (type === 'case.resolved' && data.caseKind === 'first-meeting' && data.caseKey) {
    return { ...state, resolvedAt: Math.min(state.resolvedAt ?? receivedAt, receivedAt) };
  }
  if (type !== 'meeting.recorded' && type !== 'meeting.scheduled') return state;
  if (data.retracts !== undefined) {
    if (state.retracted.includes(data.retracts)) return state;
    return { ...state, retracted: [...state.retracted, data.retracts].sort() };
  }
  if (event.history) return state;
  const fact = { ref, at: typeof data.at === 'number' ? data.at : at, receivedAt };
  if (type === 'meeting.scheduled')
    return { ...state, scheduled: sortedIn(state.scheduled, fact, (item) => item.receivedAt) };
  return data.occurred === true ? { ...state, held: sortedIn(state.held, fact, (item) => item.receivedAt) } : state;
}

/** The meeting that shows that the two have met; null while none does. */
export function firstHeld({ held, retracted }: FirstMeetingState): MeetingFact | null {
  return held.find(({ ref }) => !retracted.includes(ref)) ?? null;
}
