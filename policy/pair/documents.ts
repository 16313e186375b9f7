import type { ClassCalendar } from '../calendar.ts';
import type { ProgramDocument } from '../program.ts';
import type { Instant } from '../time.ts';
import { copyOfContext, type PairContext, type PolicyInForce, policyNow, type Span } from './context.ts';

/** Documents that a pair rests on, and how its context takes them up. */

export interface PolicyDocument {
  version: number;
  document: ProgramDocument;
}

/** What a pair needs to know of a person: no name, no address. */
export interface PersonDocument {
  id: string;
  leave: Span | null;
  isMinor: boolean;
  guardianId: string | null;
}

/** Somebody of whom nothing is known but the id. */
export function unknownPerson(id: string): PersonDocument {
  return { id, leave: null, isMinor: false, guardianId: null };
}

/** What a pair's first decision needs. */
export interface PairDocuments {
  programId: string;
  pairId: string;
  mentorId: string;
  menteeId: string;
  matchedAt: Instant;
  createdAt: Instant;
  history: PairContext['history'];
  staff: PairContext['pairStaff'];
  policy: PolicyDocument;
  calendar: ClassCalendar | null;
  mentor: PersonDocument;
  mentee: PersonDocument;
  lead: PairContext['lead'];
}

export function openContext(documents: PairDocuments, rules: number): PairContext {
  const { policy } = documents;
  const inForce = {
    version: policy.version,
    since: documents.createdAt,
    applyNow: false,
    policy: policy.document.policy,
  };
  return {
    pairId: documents.pairId,
    programId: documents.programId,
    mentorId: documents.mentorId,
    menteeId: documents.menteeId,
    menteeIsMinor: documents.mentee.isMinor,
    guardianId: documents.mentee.guardianId,
    matchedAt: documents.matchedAt,
    createdAt: documents.createdAt,
    history: documents.history,
    rules,
    lead: documents.lead,
    programZone: policy.document.zone,
    policies: [inForce],
    policyReadAt: documents.createdAt,
    programStaff: policy.document.staff,
    pairStaff: documents.staff,
    calendar: documents.calendar,
    classSince: documents.matchedAt,
    mentorLeaves: documents.mentor.leave ? [documents.mentor.leave] : [],
    pauses: [],
    closed: null,
  };
}

/** Takes up a policy document: staff at once, the rest from `since` on (V7). */
export function withPolicy(
  ctx: PairContext,
  read: PolicyDocument,
  take: { since: Instant; applyNow: boolean; wholly: boolean },
  now: Instant,
): PairContext {
  const next = copyOfContext(ctx);
  next.programStaff = read.document.staff;
  if (!take.wholly) return next;
  next.policyReadAt = Math.max(now, take.since);
  if (read.version <= policyNow(ctx).version) return next;
  const inForce = { version: read.version, since: take.since, applyNow: take.applyNow, policy: read.document.policy };
  next.programZone = read.document.zone;
  next.policies = kept([...ctx.policies, inForce]);
  return next;
}

/** Whatever was due is judged by the version of then, back to the match: so many versions are kept, the first always (V7). */
const keptAtMost = 12;

/** Of a program that changes more often than that, the versions are let go that were in force for the shortest time. */
function kept(policies: PolicyInForce[]): PolicyInForce[] {
  if (policies.length <= keptAtMost) return policies;
  const terms = policies.slice(0, -1).map(({ since }, index) => (policies[index + 1] as PolicyInForce).since - since);
  const shortest = terms.indexOf(Math.min(...terms.slice(1)), 1);
  return policies.filter((_, index) => index !== shortest);
}

/** Takes up a calendar; `newClassSince` is given when the pair changed its class, and counts from then on. */
export function withCalendar(ctx: PairContext, calendar: ClassCalendar | null, newClassSince?: Instant): PairContext {
  return { ...ctx, calendar, classSince: newClassSince ?? ctx.classSince };
}

/** Takes up what changed of a person at `since`: a leave that was cut short stays known for the days it was taken. */
export function withPerson(ctx: PairContext, person: PersonDocument, since: Instant): PairContext {
  if (person.id === ctx.menteeId) {
    return { ...ctx, menteeIsMinor: person.isMinor, guardianId: person.guardianId };
  }
  if (person.id !== ctx.mentorId) return ctx;
  const past = ctx.mentorLeaves
    .filter((leave) => leave.from < since)
    .map((leave) => ({ from: leave.from, until: leave.until === null ? since : Math.min(leave.until, since) }));
  return { ...ctx, mentorLeaves: person.leave ? [...past.slice(-5), person.leave] : past.slice(-5) };
}
