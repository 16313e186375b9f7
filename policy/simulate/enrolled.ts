import { pairEventNames } from '../event.ts';
import type { Instant } from '../time.ts';
import type { PersonInput } from './documents.ts';
import { type AcceptedEvent, dataOf, type Handler } from './journal.ts';
import type { World } from './world.ts';

/** Who takes part in the program of a simulation, and when each was last heard of. */
export interface Enrolled {
  role: 'mentor' | 'mentee';
  state: string;
  joinedAt: Instant;
  /** When they were asked whether to go on, and when they answered; null again once the run has ended (S9). */
  offeredAt: Instant | null;
  answeredAt: Instant | null;
  heardAt: Instant;
  /** When they were told that nothing was heard of them, since when not, and since when they are marked for it (S8). */
  notice: { at: Instant; quietSince: Instant; markedAt: Instant | null } | null;
}

/** What a platform writes of a person's programs. */
interface EnrolmentInput {
  programId: string;
  role: string;
  joinedAt?: string;
}

/** The person's part in the program; one with two roles is told as the mentor. Null for who takes no part. */
export function enrolledIn(programId: string, person: PersonInput, since: Instant): Enrolled | null {
  const own = ((person.programs ?? []) as EnrolmentInput[]).filter((given) => given.programId === programId);
  const role = (['mentor', 'mentee'] as const).find((known) => own.some((given) => given.role === known));
  if (!role) return null;
  const joined = own.map(({ joinedAt }) => (joinedAt ? Date.parse(joinedAt) : since));
  const nothing = { offeredAt: null, answeredAt: null, notice: null };
  return { role, state: 'active', joinedAt: Math.max(...joined), heardAt: since, ...nothing };
}

const reports: ReadonlySet<string> = new Set(pairEventNames);

/** Of whom an event is a sign: who reported it, whom a contact was with, who was there. */
function heardIn(world: World, { event }: AcceptedEvent): string[] {
  const type = event.type.replace(/^tandem\./, '');
  if (type === 'person.active') return [event.subject];
  const ctx = world.pairs.get(event.subject)?.ctx;
  const { by, respondent, present, occurred, retracts } = (event.data ?? {}) as Record<string, unknown>;
  if (!ctx || !reports.has(type) || retracts !== undefined) return [];
  const people: Record<string, string> = { mentor: ctx.mentorId, mentee: ctx.menteeId };
  const named = [type === 'checkin.recorded' ? respondent : by, ...(occurred && Array.isArray(present) ? present : [])];
  const ids = named.map((who) => people[String(who)] ?? String(who));
  return ids.filter((id) => id === ctx.mentorId || id === ctx.menteeId);
}

/** Notes of whom an event is a sign. */
export function hear(world: World, accepted: AcceptedEvent): void {
  for (const id of heardIn(world, accepted)) {
    const person = world.enrolled.get(id);
    if (person) person.heardAt = Math.max(person.heardAt, accepted.at);
  }
}

/** Somebody says whether they go on with the program; what still waits to be asked is not asked any more (S9). */
export const chooseEnrolment: Handler = (world, accepted) => {
  const person = world.enrolled.get(accepted.event.subject);
  if (!person || person.state === 'removed') return;
  const { choice } = dataOf<{ choice: 'confirm' | 'optOut' }>(accepted);
  person.state = choice === 'confirm' ? 'active' : 'optedOut';
  person.answeredAt = person.offeredAt === null ? null : accepted.receivedAt;
  person.heardAt = Math.max(person.heardAt, accepted.receivedAt);
  withdrawAsked(world, accepted.event.subject);
};

const asking = ['cohort-opt-out', 'inactivity-notice'];

/** Takes back what a person was to be asked by a sweep, or by one of those templates alone. */
export function withdrawAsked(world: World, personId: string, templates = asking): void {
  for (const { key, template } of world.ledger.waitingFor(personId)) {
    if (templates.includes(template)) world.ledger.skip(key, 'withdrawn');
  }
  world.touched.people.add(personId);
}
