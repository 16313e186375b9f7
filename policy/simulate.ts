import { decideProgram, saidProgram } from './program/decide.ts';
import type { SimulatedCase } from './simulate/cases.ts';
import { acceptedAt, type EventInput, type SimulationInput } from './simulate/documents.ts';
import { rankOf, takeEvent } from './simulate/facts.ts';
import type { AcceptedEvent } from './simulate/journal.ts';
import type { SimulatedMessage } from './simulate/ledger.ts';
import { runMailbox } from './simulate/mailboxes.ts';
import { runPair } from './simulate/pairs.ts';
import type { SimulatedRecord } from './simulate/records.ts';
import { sentimentIn } from './simulate/sentiment.ts';
import { carryOutSweeps } from './simulate/sweeps.ts';
import { openWorld, type SimulatedPair, sayContextOf, type World, type WorldOptions } from './simulate/world.ts';
import { DAY, earliest, type Instant } from './time.ts';
import { timeline, timelineRow } from './timeline.ts';

/**
 * The live system on a virtual clock: the same pure functions over the same documents and events, with maps in place of
 * the database. At each instant whoever is due acts first, as on the clock of a rehearsal, and then what is accepted at it
 * has its effects: pairs decide, then the program, then mailboxes.
 */

export interface SimulationOptions extends WorldOptions {
  /** Where the simulation stops, that instant included; 14 days after the last event when it is left out. */
  until?: Instant;
}

export interface SimulationResult {
  /** Every message, whatever became of it, in no order. */
  messages: SimulatedMessage[];
  cases: SimulatedCase[];
  pairs: SimulatedPair[];
  /** What pairs told of single concerns. */
  records: SimulatedRecord[];
  /** The messages as `timeline.ts` writes them. */
  timeline: string;
  from: Instant;
  until: Instant;
}

const afterLastEvent = 14 * DAY;

/**
 * Runs every event and everything that follows from them.
 *
 * @throws {Error} for an event type that it does not know
 */
export function simulate(input: SimulationInput, options: SimulationOptions): SimulationResult {
  const events = accepted(input.events);
  const from = events[0]?.receivedAt ?? 0;
  const until = options.until ?? (events.at(-1)?.receivedAt ?? 0) + afterLastEvent;
  const world = openWorld(input, from, options);
  let taken = 0;
  for (let now: Instant | null = from; now !== null && now <= until; ) {
    settle(world, now);
    for (let event = events[taken]; event && event.receivedAt <= now; event = events[taken]) {
      takeEvent(world, event);
      taken++;
    }
    settle(world, now);
    now = nextInstant(world, events[taken]);
  }
  return resultOf(world, from, until);
}

/** The events in the order in which they are accepted, the same for every order of the file; repeated ones once. */
function accepted(events: EventInput[]): AcceptedEvent[] {
  const identity = ({ source, id }: EventInput): string => JSON.stringify([source, id]);
  const unique = [...new Map(events.map((event) => [identity(event), event])).values()];
  return unique
    .map((event) => ({
      event,
      at: Date.parse(event.time),
      receivedAt: acceptedAt(event),
      rank: rankOf(event),
      name: identity(event),
    }))
    .sort((a, b) => a.receivedAt - b.receivedAt || a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .map(({ event, at, receivedAt }, index) => ({ seq: index + 1, at, receivedAt, event }));
}

/** Lets everybody act who was touched or is due, until nothing more is to be done at `now`. */
function settle(world: World, now: Instant): void {
  const { touched, agenda } = world;
  for (const id of agenda.pairs.takeDue(now)) touched.pairs.add(id);
  for (const id of agenda.people.takeDue(now)) touched.people.add(id);
  runPairs(world, now);
  if (agenda.program.takeDue(now).length > 0 || touched.program) runProgram(world, now);
  runPairs(world, now);
  while (touched.people.size > 0) for (const id of takeAll(touched.people)) runMailbox(world, id, now);
}

function runPairs(world: World, now: Instant): void {
  const { pairs, touched } = world;
  while (touched.pairs.size > 0)
    for (const id of takeAll(touched.pairs)) runPair(world, pairs.get(id) as SimulatedPair, now);
}

function takeAll(ids: Set<string>): string[] {
  const all = [...ids].sort();
  ids.clear();
  return all;
}

function runProgram(world: World, now: Instant): void {
  const { programId, createdAt, policy, programOwner, cases } = world;
  const { document } = policy;
  const classes = [...world.calendars.values()];
  const sentiment = document.policy.sentiment ? { sentiment: sentimentIn(world, now) } : {};
  const lifecycle = document.policy.lifecycle ? { lifecycleSince: world.lifecycleSince } : {};
  const ctx = { programId, document, createdAt, classes, focus: cases.focus(), ...sentiment, ...lifecycle };
  const decision = decideProgram(world.program, now, ctx);
  if (decision.sweeps) carryOutSweeps(world, decision.sweeps, now);
  const say = sayContextOf(world, programOwner, []);
  for (const personId of world.ledger.say(decision.messages, now, say)) world.touched.people.add(personId);
  cases.say(decision.cases, { owner: programOwner, pairId: null }, now);
  world.program = saidProgram(world.program, now, ctx);
  world.touched.program = false;
  world.agenda.program.set(programId, decision.nextAt);
}

function nextInstant({ agenda }: World, event: AcceptedEvent | undefined): Instant | null {
  return earliest([event?.receivedAt ?? null, agenda.pairs.next(), agenda.people.next(), agenda.program.next()]);
}

function resultOf(world: World, from: Instant, until: Instant): SimulationResult {
  const messages = world.ledger.all();
  const rows = messages.map((row) => timelineRow({ ...row, zone: world.people.get(row.personId)?.zone ?? row.zone }));
  const pairs = [...world.pairs.values()];
  return {
    messages,
    cases: world.cases.all(),
    pairs,
    records: world.records.all(),
    timeline: timeline(rows),
    from,
    until,
  };
}
