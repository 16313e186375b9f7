import type { ClassCalendar } from '../calendar.ts';
import type { CountedSend } from '../mailbox/context.ts';
import type { SayContext } from '../mailbox/reconcile.ts';
import type { Classification } from '../mailbox/row.ts';
import type { Lead, PairContext, Span } from '../pair/context.ts';
import type { PolicyDocument } from '../pair/documents.ts';
import type { PairState } from '../pair/state.ts';
import { openProgram, type ProgramState } from '../program/decide.ts';
import { withDefaults } from '../program.ts';
import type { Channel } from '../step.ts';
import { HOUR, type Instant, MINUTE } from '../time.ts';
import { Agenda } from './agenda.ts';
import { CaseList } from './cases.ts';
import {
  type AvailabilityInput,
  type ClassInput,
  type PersonInput,
  programIdOf,
  type SimulationInput,
} from './documents.ts';
import { type Enrolled, enrolledIn } from './enrolled.ts';
import { Ledger } from './ledger.ts';
import { RecordList } from './records.ts';

/** What the live system leads a planned message by. */
export const liveLead: Lead = { ahead: 24 * HOUR, spread: 15 * MINUTE };

export interface SimulatedPerson {
  id: string;
  zone: string | null;
  email: string | null;
  phone: string | null;
  isMinor: boolean;
  guardianId: string | null;
  consents: { sms: boolean; contact: boolean };
  leave: Span | null;
  /** Left with all their pairs (T7). */
  removed: boolean;
  /** Takes new counterparts; somebody on a dated leave does not. */
  available: boolean;
  /** Whether a leave that is over leaves them unavailable (T6). */
  notToBeMatched: boolean;
}

export interface SimulatedPair {
  id: string;
  owner: string;
  ctx: PairContext;
  state: PairState;
}

/** Everything a simulation holds at its present instant, and who is still to look at what changed. */
export interface World {
  programId: string;
  programOwner: string;
  createdAt: Instant;
  /** The newest version of the program document. */
  policy: PolicyDocument;
  versions: Map<number, PolicyDocument>;
  program: ProgramState;
  people: Map<string, SimulatedPerson>;
  /** Those of them who take part in the program, by id. */
  enrolled: Map<string, Enrolled>;
  /** Since when the program's life cycle has had the end that it has now (V7). */
  lifecycleSince: Instant;
  /** Keys of the sweeps that were carried out. */
  swept: Set<string>;
  calendars: Map<string, ClassCalendar>;
  pairs: Map<string, SimulatedPair>;
  ledger: Ledger;
  cases: CaseList;
  records: RecordList;
  sends: Map<string, CountedSend[]>;
  /** `channel:address` of those who said stop. */
  suppressed: Set<string>;
  lead: Lead;
  classify: (template: string, variant?: string | null) => Classification;
  touched: { pairs: Set<string>; people: Set<string>; program: boolean };
  agenda: { pairs: Agenda; people: Agenda; program: Agenda };
}

export interface WorldOptions {
  /** The class of a template, from the table beside the templates. */
  classify: (template: string, variant?: string | null) => Classification;
  lead?: Lead;
}

/** The world before the first event: the documents are there since `createdAt`. */
export function openWorld(input: SimulationInput, createdAt: Instant, options: WorldOptions): World {
  const programId = programIdOf(input);
  const policy = { version: 1, document: withDefaults(input.program) };
  const world: World = {
    programId,
    programOwner: `program:${programId}`,
    createdAt,
    policy,
    versions: new Map([[1, policy]]),
    program: openProgram(),
    people: new Map(input.people.map((person) => [person.id, personOf(person)])),
    enrolled: new Map(),
    lifecycleSince: createdAt,
    swept: new Set(),
    calendars: new Map(),
    pairs: new Map(),
    ledger: new Ledger(),
    cases: new CaseList(),
    records: new RecordList(),
    sends: new Map(),
    suppressed: new Set(),
    lead: options.lead ?? liveLead,
    classify: options.classify,
    touched: { pairs: new Set(), people: new Set(), program: true },
    agenda: { pairs: new Agenda(), people: new Agenda(), program: new Agenda() },
  };
  for (const person of input.people) enrol(world, person, createdAt);
  for (const document of input.classes) world.calendars.set(document.id, calendarOf(document, world));
  return world;
}

/** Takes down what a person's document says of the program, the state in which they are there aside. */
export function enrol({ programId, enrolled }: World, person: PersonInput, now: Instant): void {
  const next = enrolledIn(programId, person, now);
  const before = enrolled.get(person.id);
  if (!next) enrolled.delete(person.id);
  else enrolled.set(person.id, before ? { ...before, role: next.role, joinedAt: next.joinedAt } : next);
}

export function personOf(input: PersonInput): SimulatedPerson {
  return {
    id: input.id,
    zone: input.zone ?? null,
    email: input.email ?? null,
    phone: input.phone ?? null,
    isMinor: input.isMinor ?? false,
    guardianId: input.guardianId ?? null,
    consents: { sms: input.consents?.sms ?? false, contact: input.consents?.contact ?? false },
    leave: input.availability ? leaveOf(input.availability) : null,
    removed: false,
    available: input.availability?.available ?? true,
    notToBeMatched: false,
  };
}

/** A leave is an unavailability with dates (W14); without them, it only keeps new requests away. */
export function leaveOf({ available, from, until }: AvailabilityInput): Span | null {
  return available || !from || !until ? null : { from: Date.parse(from), until: Date.parse(until) };
}

/** The first version of a class's calendar. */
export function calendarOf(input: ClassInput, { policy }: Pick<World, 'policy'>): ClassCalendar {
  return {
    classId: input.id,
    version: 1,
    zone: input.zone ?? policy.document.zone,
    endsOn: input.endsOn ?? null,
    sessions: input.sessions.map(({ id, date, start, state }) => ({
      id: id ?? date,
      date,
      start,
      state: state ?? 'held',
    })),
  };
}

/** What the program, or Tandem for it, says: under the newest version, in the program's zone. */
export function sayContextOf(world: World, owner: string, pairIds: string[]): SayContext {
  const { programId, classify, policy } = world;
  const { zone, policy: sections } = policy.document;
  const { gatherMinutes } = sections.messaging;
  return { owner, programId, pairIds, zone, policyVersion: policy.version, gatherMinutes, classify };
}

export function suppressionKey(channel: Channel, person: SimulatedPerson): string {
  return `${channel}:${channel === 'sms' ? person.phone : person.email?.toLowerCase()}`;
}
