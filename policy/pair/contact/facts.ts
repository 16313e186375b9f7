import { eventIdOf, type PairEvent } from '../../event.ts';
import type { Respondent } from '../../sections/check-ins.ts';
import { DAY, type Instant } from '../../time.ts';
import { choiceRefusal, type TroubleOption, troubleOptions } from '../../trouble-options.ts';
import { type CaseOutcome, outcomeOf, rematchAfter } from '../case-outcomes.ts';
import { type PairContext, policyNow } from '../context.ts';
import { personOf, roleOf, sortedIn } from '../facts.ts';
import { type Report, reporterOf } from '../merge-reports.ts';
import { type Touch, touchOf, withTouch } from './touches.ts';

/** What staying in touch rests on. Each list is sorted, so that facts commute; only compacting takes anything out. */

/** One report of a conversation (T10). */
export interface Conversation extends Report {
  receivedAt: Instant;
  /** Too late to act (E2): it counts, and causes nothing. */
  late: boolean;
}

/** "I can't get in touch", as it was reported (T2). */
export interface TroubleReport {
  ref: string;
  receivedAt: Instant;
  by: Respondent;
  /** Who reported it, and whom it is about: a guardian reports for the mentee. */
  reporterId: string;
  partyId: string;
  option: TroubleOption;
  /** After how many days the party is asked again (T3). */
  recheckDays: number;
  /** From when the party may be matched again, where that is what they ask for (T5). */
  rematchAfter: Instant;
}

/** Something that a participant wants staff to look at (T9). */
export interface Flag {
  ref: string;
  receivedAt: Instant;
  by: Respondent | null;
  reporterId: string | null;
  /** The program's own word; null where it came as free text. */
  topic: string | null;
  immediate: boolean;
}

/** An earlier report that was wrong. */
export interface Retraction {
  ref: string;
  /** What it takes back. */
  target: string;
  receivedAt: Instant;
  late: boolean;
}

/** How staff ended a case of this concern. */
export interface Resolution {
  ref: string;
  caseKey: string;
  receivedAt: Instant;
  outcome: CaseOutcome | null;
}

/** One of the ongoing messages, as it was decided for a person (T1). */
export interface SaidMessage {
  kind: OngoingKind;
  personId: string;
  slot: Instant;
  /** The days that the policy gave it when it was decided. */
  days: number;
}

export const ongoingKinds = ['encourage-contact', 'log-conversation', 'flag-invitation'] as const;
export type OngoingKind = (typeof ongoingKinds)[number];

export interface ContactState {
  touches: Touch[];
  conversations: Conversation[];
  /** Conversations that can no longer be taken back, and the civil day before which they all lie. */
  settled: { count: number; before: string | null };
  troubles: TroubleReport[];
  /** What trouble that is forgotten held back: others may still look at those days. */
  pastHolds: Array<{ from: Instant; until: Instant }>;
  flags: Flag[];
  retracted: Retraction[];
  resolutions: Resolution[];
  /** People who left with all their pairs, this one among them. */
  left: string[];
  said: SaidMessage[];
  /** When the thank-you for enough conversations was said; null before (T11). */
  celebrated: Instant | null;
}

export function noContact(): ContactState {
  return {
    touches: [],
    conversations: [],
    settled: { count: 0, before: null },
    troubles: [],
    pastHolds: [],
    flags: [],
    retracted: [],
    resolutions: [],
    left: [],
    said: [],
    celebrated: null,
  };
}

/** What the keys of its cases end with. */
const ownCases = ['/trouble', '/flag', '/no-reaction'];

/** The facts with one more event in them; unknown and repeated ones change nothing. */
export function withFact(state: ContactState, event: PairEvent, ctx: PairContext): ContactState {
  if (event.data.retracts !== undefined) return withRetraction(state, event);
  const next = withReport(state, event, ctx);
  // What came too late to act shows no contact either: it could only withdraw (E2).
  const touch = event.history ? null : touchOf(event, ctx);
  return touch === null ? next : { ...next, touches: withTouch(next.touches, touch) };
}

function withReport(state: ContactState, event: PairEvent, ctx: PairContext): ContactState {
  switch (event.type) {
    case 'conversation.logged':
      return withConversation(state, event, ctx);
    case 'contact.trouble':
      return withTrouble(state, event, ctx);
    case 'flag.submitted':
      return withFlag(state, event, ctx);
    case 'case.resolved':
      return withResolution(state, event, ctx);
    case 'pair.closed':
      return event.data.personId === undefined ? state : withLeaver(state, event.data.personId);
    default:
      return state;
  }
}

function withConversation(state: ContactState, event: PairEvent, ctx: PairContext): ContactState {
  const { ref, at, receivedAt, data } = event;
  const item = { ref, at, receivedAt, by: reporterOf(data.by ?? '', ctx), late: event.history === true };
  return { ...state, conversations: sortedIn(state.conversations, item, (other) => other.at) };
}

/** In which part somebody reports trouble: for an adult no guardian does (T2). */
function troubledRole(by: string | undefined, ctx: PairContext): Respondent | null {
  const role = roleOf(by, ctx);
  return role === 'guardian' && !ctx.menteeIsMinor ? null : role;
}

function withTrouble(state: ContactState, event: PairEvent, ctx: PairContext): ContactState {
  const role = troubledRole(event.data.by, ctx);
  const reporterId = role === null ? null : personOf(role, ctx);
  const option = troubleOptions.find((known) => known === event.data.option);
  const section = policyNow(ctx).policy.contact;
  if (event.history || !section || !role || !reporterId || !option || choiceRefusal(role, option)) return state;
  const item: TroubleReport = {
    ref: event.ref,
    receivedAt: event.receivedAt,
    by: role,
    reporterId,
    partyId: role === 'guardian' ? ctx.menteeId : reporterId,
    option,
    recheckDays: Math.max(1, section.howToRecheckDays),
    rematchAfter: rematchAfter(event.receivedAt, ctx),
  };
  return { ...state, troubles: sortedIn(state.troubles, item, (other) => other.receivedAt) };
}

function withFlag(state: ContactState, event: PairEvent, ctx: PairContext): ContactState {
  if (event.history || !policyNow(ctx).policy.contact) return state;
  const by = roleOf(event.data.by, ctx);
  const item: Flag = {
    ref: event.ref,
    receivedAt: event.receivedAt,
    by,
    reporterId: by === null ? null : personOf(by, ctx),
    topic: typeof event.data.topic === 'string' ? event.data.topic : null,
    immediate: event.data.priority === 'immediate',
  };
  return { ...state, flags: sortedIn(state.flags, item, (other) => other.receivedAt) };
}

function withResolution(state: ContactState, event: PairEvent, ctx: PairContext): ContactState {
  const { caseKey, caseKind } = event.data;
  if (!caseKey || !ownCases.some((end) => caseKey.endsWith(end))) return state;
  const outcome = caseKind === 'trouble' ? outcomeOf(event, ctx) : null;
  const item = { ref: event.ref, caseKey, receivedAt: event.receivedAt, outcome };
  const resolutions = sortedIn(state.resolutions, item, (other) => other.receivedAt);
  // A case ends once: of two that say so the earlier counts, whichever was applied first.
  const first = resolutions.find((other) => other.caseKey === caseKey);
  return { ...state, resolutions: resolutions.filter((other) => other.caseKey !== caseKey || other === first) };
}

function withLeaver(state: ContactState, personId: string): ContactState {
  return state.left.includes(personId) ? state : { ...state, left: [...state.left, personId].sort() };
}

/** Events of these types can be taken back here. */
const retractable: ReadonlySet<string> = new Set([
  'lesson.completed',
  'message.sent',
  'conversation.logged',
  'flag.submitted',
  'contact.trouble',
  'meeting.scheduled',
  'meeting.recorded',
  'checkin.recorded',
  'survey.answered',
]);

function withRetraction(state: ContactState, event: PairEvent): ContactState {
  const { retracts: target } = event.data;
  if (target === undefined || !retractable.has(event.type)) return state;
  const item = { ref: event.ref, target, receivedAt: event.receivedAt, late: event.history === true };
  return { ...state, retracted: sortedIn(state.retracted, item, (other) => other.receivedAt) };
}

/** How long a late fact or a correction may still reach something. */
export const keptFor = 70 * DAY;

/** Whether a retraction takes an item back: one that came long before it was forgotten when it came. */
export function takesBack(retraction: Retraction, { ref, receivedAt }: { ref: string; receivedAt: Instant }): boolean {
  return retraction.target === ref && receivedAt < retraction.receivedAt + keptFor;
}

/** Whether an item was taken back in time to act (E2), and before it may have been forgotten. */
export function isRetracted(state: ContactState, item: { ref: string; receivedAt: Instant }): boolean {
  return state.retracted.some(
    (retraction) =>
      !retraction.late && takesBack(retraction, item) && retraction.receivedAt < item.receivedAt + keptFor,
  );
}

/** What the keys of a report's steps begin with. */
export function reportPrefix(ref: string, ctx: PairContext): string {
  return `${ctx.pairId}/${eventIdOf(ref)}`;
}
