import type { ClassCalendar } from '../calendar.ts';
import type { CivilDate, Policy, StaffIds } from '../program.ts';
import type { ClassWeekPolicy } from '../sections/class-week.ts';
import type { Instant } from '../time.ts';

/** A span of time; `until` is null while it has no end. */
export interface Span {
  from: Instant;
  until: Instant | null;
}

/** Whether an instant lies in a span; the span's end does not. */
export function covers({ from, until }: Span, at: Instant): boolean {
  return from <= at && (until === null || at < until);
}

/** A policy version and since when this pair decides under it. */
export interface PolicyInForce {
  version: number;
  since: Instant;
  /** Taken up at once by staff's wish, and not with a class window. */
  applyNow: boolean;
  policy: Policy;
}

/** What is known of a pair from before it was known here (V9). */
export interface PairHistory {
  conversations?: number;
  meetings?: number;
  firstMeetingAt?: Instant;
  lastContactAt?: Instant;
}

/** How long before its slot a planned message is decided, and over how long such decisions are spread. */
export interface Lead {
  ahead: number;
  spread: number;
}

/**
 * All that a pair's decisions rest on besides its own state. It changes only by what is on the journal, and is carried
 * from run to run as it is.
 */
export interface PairContext {
  pairId: string;
  programId: string;
  mentorId: string;
  menteeId: string;
  menteeIsMinor: boolean;
  guardianId: string | null;
  matchedAt: Instant;
  createdAt: Instant;
  history: PairHistory;
  /** Version of the decision code that a run was started with; policy code that changes steps or times branches on it. */
  rules: number;
  lead: Lead;
  programZone: string;
  /** Newest last; never empty. */
  policies: PolicyInForce[];
  policyReadAt: Instant;
  programStaff: StaffIds;
  pairStaff: StaffIds;
  calendar: ClassCalendar | null;
  /** Windows that opened before this are not this pair's: the match, or a change of class (W18). */
  classSince: Instant;
  /** The mentor's dated leaves, those that were cut short included. */
  mentorLeaves: Span[];
  /** When the pair was paused, oldest first. */
  pauses: Span[];
  /** When and why the match ended; null while it lasts. */
  closed: { at: Instant; reason: string } | null;
}

/** A copy of a context, to be changed; written out for the same reason as that of a state. */
export function copyOfContext(ctx: PairContext): PairContext {
  return {
    pairId: ctx.pairId,
    programId: ctx.programId,
    mentorId: ctx.mentorId,
    menteeId: ctx.menteeId,
    menteeIsMinor: ctx.menteeIsMinor,
    guardianId: ctx.guardianId,
    matchedAt: ctx.matchedAt,
    createdAt: ctx.createdAt,
    history: ctx.history,
    rules: ctx.rules,
    lead: ctx.lead,
    programZone: ctx.programZone,
    policies: ctx.policies,
    policyReadAt: ctx.policyReadAt,
    programStaff: ctx.programStaff,
    pairStaff: ctx.pairStaff,
    calendar: ctx.calendar,
    classSince: ctx.classSince,
    mentorLeaves: ctx.mentorLeaves,
    pauses: ctx.pauses,
    closed: ctx.closed,
  };
}

/** The policy that is newest for this pair. */
export function policyNow(ctx: PairContext): PolicyInForce {
  return ctx.policies[ctx.policies.length - 1] as PolicyInForce;
}

/** The version that was in force at an instant; the first one before any. */
export function policyAt(at: Instant, { policies }: PairContext): PolicyInForce {
  for (let index = policies.length - 1; index > 0; index--) {
    const inForce = policies[index] as PolicyInForce;
    if (inForce.since <= at) return inForce;
  }
  return policies[0] as PolicyInForce;
}

/** The zone of the pair's days: its class's, else its program's (never silently UTC). */
export function zoneOf(ctx: PairContext): string {
  return ctx.calendar?.zone ?? ctx.programZone;
}

/** Whether a class window will still open, with which the current policy is read (V7). */
export function hasClassAhead({ calendar }: PairContext, today: CivilDate): boolean {
  return calendar?.sessions.some(({ state, date }) => state === 'held' && date >= today) ?? false;
}

/** The person who holds a staff role for this pair; the pair's own staff come first, then the program's. */
export function staffOf(
  ctx: PairContext,
  role: 'operations' | 'coordinator' | 'supervisor' | 'contact',
): string | null {
  return ctx.pairStaff[role] ?? ctx.programStaff[role] ?? null;
}

/** The class-week section for a window that opened at `opensAt` and closes at `closesAt` (V7), null when it is off. */
export function classWeekPolicyFor(
  ctx: PairContext,
  opensAt: Instant,
  closesAt: Instant | null,
): { section: ClassWeekPolicy; inForce: PolicyInForce } | null {
  for (let i = ctx.policies.length - 1; i >= 0; i--) {
    const inForce = ctx.policies[i] as PolicyInForce;
    const applies = inForce.since <= opensAt || (inForce.applyNow && (closesAt === null || inForce.since < closesAt));
    if (applies || i === 0) return inForce.policy.classWeek ? { section: inForce.policy.classWeek, inForce } : null;
  }
  return null;
}

/** A number that is the same for the same text, spread evenly over 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const hexadecimal = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(hash: number): string {
  const [a, b, c, d] = [hash >>> 24, (hash >>> 16) & 255, (hash >>> 8) & 255, hash & 255];
  return `${hexadecimal[a]}${hexadecimal[b]}${hexadecimal[c]}${hexadecimal[d]}`;
}

/** An id that is the same for the same key, on every machine: 128 bits in hexadecimal. */
export function idOf(prefix: string, key: string): string {
  return `${prefix}_${['a', 'b', 'c', 'd'].map((salt) => hexOf(hashOf(`${salt}${key}${salt}`))).join('')}`;
}

/** When a planned message with this slot is decided: the lead before it, spread by the id of who decides. */
export function decideAhead(slot: Instant, id: string, lead: Lead): Instant {
  const spread = lead.spread > 0 ? hashOf(id) % lead.spread : 0;
  return slot - lead.ahead + spread;
}

/** When a pair decides a planned message with this slot. */
export function decideAt(slot: Instant, ctx: PairContext): Instant {
  return decideAhead(slot, ctx.pairId, ctx.lead);
}
