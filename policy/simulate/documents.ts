import type { ProgramInput, StaffIds } from '../program.ts';

/** What a simulation is fed with: documents as integrators write them, and one stream of events. */

export interface PersonInput {
  id: string;
  name: string;
  zone?: string | null;
  locale?: string | null;
  email?: string | null;
  phone?: string | null;
  isMinor?: boolean;
  guardianId?: string | null;
  programs?: unknown[];
  /** `contact` is the guardian's consent, recorded with the minor. */
  consents?: { sms?: boolean; email?: boolean; contact?: boolean };
  availability?: AvailabilityInput;
}

export interface AvailabilityInput {
  available: boolean;
  /** Instants, RFC 3339. */
  from?: string | null;
  until?: string | null;
  reason?: string;
}

export interface SessionInput {
  /** Defaults to the date. */
  id?: string;
  date: string;
  start: string;
  state?: 'held' | 'cancelled';
}

export interface ClassInput {
  id: string;
  programId: string;
  zone?: string;
  sessions: SessionInput[];
  endsOn?: string | null;
}

/** A pair, as the data of the event `tandem.pair.created`. */
export interface PairInput {
  mentorId: string;
  menteeId: string;
  classId?: string | null;
  matchedAt?: string;
  staff?: StaffIds;
  /** What happened before; instants in RFC 3339. */
  history?: { conversations?: number; meetings?: number; firstMeetingAt?: string; lastContactAt?: string };
}

/** A CloudEvent. It is accepted at `receivedat`, and without one at the `time` at which it occurred. */
export interface EventInput {
  specversion?: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  receivedat?: string;
  data?: Record<string, unknown>;
}

export interface SimulationInput {
  program: ProgramInput;
  people: PersonInput[];
  classes: ClassInput[];
  events: EventInput[];
}

/** The program that every class names; `program` when there is no class. */
export function programIdOf(input: Pick<SimulationInput, 'classes'>): string {
  return input.classes[0]?.programId ?? 'program';
}

/** When an event is accepted, in milliseconds. */
export function acceptedAt(event: EventInput): number {
  return Date.parse(event.receivedat ?? event.time);
}
