import type { ClassCalendar, ClassSession } from '../../policy/calendar.ts';
import type { EntryData, PairEvent } from '../../policy/event.ts';
import type { MailboxContext } from '../../policy/mailbox/context.ts';
import { strictestHours } from '../../policy/mailbox/context.ts';
import type { SayContext } from '../../policy/mailbox/reconcile.ts';
import type { PairContext } from '../../policy/pair/context.ts';
import { type PairDocuments, unknownPerson } from '../../policy/pair/documents.ts';
import { type Partially, type Policy, type ProgramDocument, withDefaults } from '../../policy/program.ts';
import { messaging } from '../../policy/sections/messaging.ts';
import { addDays, HOUR, type Instant, instantOf, MINUTE } from '../../policy/time.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';

/** Builders: a class, a program, a pair and its entries, a mailbox. */

export const newYork = 'America/New_York';

/** A class that meets once a week, from `first` on; `skip` names the dates without class. */
export function weekly(given: Partial<WeeklyClass> = {}): ClassCalendar {
  const { first, weeks, start, zone, skip, endsOn, classId, version } = { ...weeklyClass, ...given };
  const sessions: ClassSession[] = [];
  for (let week = 0; week < weeks; week++) {
    const date = addDays(first, 7 * week);
    if (!skip.includes(date)) sessions.push({ id: date, date, start, state: 'held' });
  }
  return { classId, version, zone, endsOn, sessions };
}

interface WeeklyClass {
  first: string;
  weeks: number;
  start: string;
  zone: string;
  skip: string[];
  endsOn: string | null;
  classId: string;
  version: number;
}

const weeklyClass: WeeklyClass = {
  first: '2026-09-09',
  weeks: 12,
  start: '10:00',
  zone: newYork,
  skip: [],
  endsOn: null,
  classId: 'class_1',
  version: 1,
};

/** The calendar with one session changed. */
export function withSession(calendar: ClassCalendar, id: string, change: Partial<ClassSession>): ClassCalendar {
  const sessions = calendar.sessions.map((session) => (session.id === id ? { ...session, ...change } : session));
  return { ...calendar, version: calendar.version + 1, sessions };
}

export function program(policy: Partially<Policy> = { classWeek: {} }, zone: string = newYork): ProgramDocument {
  const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup' };
  return withDefaults({ name: 'Example', zone, staff, policy });
}

export type Setup = Partial<PairDocuments> & { policyDocument?: ProgramDocument };

export const lead = { ahead: 24 * HOUR, spread: 15 * MINUTE };

/** The documents of a pair matched a day before its class begins. */
export function documents(setup: Setup = {}): PairDocuments {
  const { policyDocument, ...given } = setup;
  const calendar = given.calendar === undefined ? weekly() : given.calendar;
  const zone = calendar?.zone ?? newYork;
  const matchedAt =
    given.matchedAt ?? instantOf(addDays(calendar?.sessions[0]?.date ?? '2026-09-09', -1), '12:00', zone);
  return {
    programId: 'program_1',
    pairId: 'pair_17',
    mentorId: 'mentor_1',
    menteeId: 'mentee_1',
    matchedAt,
    createdAt: given.createdAt ?? matchedAt,
    staff: {},
    policy: { version: 1, document: policyDocument ?? program() },
    history: {},
    mentor: unknownPerson('mentor_1'),
    mentee: unknownPerson('mentee_1'),
    lead,
    ...given,
    calendar,
  };
}

let counter = 0;

/** A journal entry; accepted when it occurred unless told otherwise. */
export function entry(
  type: PairEvent['type'],
  at: Instant,
  data: EntryData = {},
  given: Partial<PairEvent> = {},
): PairEvent {
  counter++;
  return { seq: counter, ref: `evt_${counter}~source`, type, at, receivedAt: at, data, ...given };
}

export function lesson(at: Instant, data: EntryData = {}, given: Partial<PairEvent> = {}): PairEvent {
  return entry('lesson.completed', at, { by: 'mentor', ...data }, given);
}

export function openMailbox(given: Partial<MailboxContext> = {}): MailboxContext {
  return {
    removed: false,
    zone: null,
    isMinor: false,
    guardianConsent: false,
    textConsent: true,
    hasEmail: true,
    hasPhone: true,
    suppressed: { email: [], sms: [] },
    heldPairs: [],
    closedPairs: [],
    hours: strictestHours([messaging.defaults.quietHours]),
    dailyCap: 1,
    sends: [],
    unsettledOwners: [],
    statesByKey: {},
    resumeAt: {},
    ...given,
  };
}

export function sayContext(ctx: Pick<PairContext, 'programId' | 'pairId' | 'programZone' | 'calendar'>): SayContext {
  return {
    owner: `pair:${ctx.programId}:${ctx.pairId}`,
    programId: ctx.programId,
    pairIds: [ctx.pairId],
    zone: ctx.calendar?.zone ?? ctx.programZone,
    policyVersion: 1,
    gatherMinutes: 2,
    classify: (template, variant) => classify(template as TemplateKey, variant),
  };
}
