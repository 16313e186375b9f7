import type { ClassCalendar } from '../calendar.ts';
import type { SayContext } from '../mailbox/reconcile.ts';
import { policyNow, zoneOf } from '../pair/context.ts';
import { decide, saidState } from '../pair/decide.ts';
import { type ReadDocuments, takeUpPolicy, takeUpWanted, wantsDocuments } from '../pair/take-up.ts';
import type { Instant } from '../time.ts';
import { carryOutEffects } from './effects.ts';
import type { SimulatedPair, World } from './world.ts';

/** A pair's loop on the virtual clock: the one that its workflow runs, with the world in place of activities. */

/** A pair settles in a few rounds; many more mean that its decisions chase each other. */
const roundsAtMost = 50;

/** Lets a pair decide and say until it has nothing more to do at `now`, and sets when it wakes next. */
export function runPair(world: World, pair: SimulatedPair, now: Instant): void {
  for (let round = 0; round < roundsAtMost; round++) {
    const decision = decide(pair.state, now, pair.ctx);
    if (wantsDocuments(pair.state) || decision.read) {
      const read = readDocuments(world, pair, decision.read !== null);
      const taken = takeUpWanted(pair, pair.state.wanted, read, now);
      ({ state: pair.state, ctx: pair.ctx } = decision.read ? takeUpPolicy(taken, decision.read, read, now) : taken);
    } else if (decision.owed) {
      for (const personId of world.ledger.say(decision.messages, now, sayContextOf(world, pair))) {
        world.touched.people.add(personId);
      }
      if (pair.ctx.closed) world.cases.closePair(pair.id, now);
      world.cases.say(decision.cases, { owner: pair.owner, pairId: pair.id }, now);
      world.records.say(pair.id, decision.records);
      const effects = decision.effects.filter((step) => decision.fresh.includes(step));
      carryOutEffects(world, effects, pair, now);
      pair.state = saidState(pair.state, decision, now, pair.ctx);
    } else {
      world.agenda.pairs.set(pair.id, pair.state.retired ? null : decision.nextAt);
      return;
    }
  }
  throw new Error(`Pair ${pair.id} does not settle at ${new Date(now).toISOString()}`);
}

/** What a pair's say is written with: under its own version, in its class's zone. */
function sayContextOf({ programId, classify }: World, { id, owner, ctx }: SimulatedPair): SayContext {
  const { version, policy } = policyNow(ctx);
  const { gatherMinutes } = policy.messaging;
  return { owner, programId, pairIds: [id], zone: zoneOf(ctx), policyVersion: version, gatherMinutes, classify };
}

/** The documents that entries have named, and the current policy where a class window opens. */
function readDocuments(world: World, { state, ctx }: SimulatedPair, currentPolicy: boolean): ReadDocuments {
  const { policyVersion, calendarVersion, classId, personIds } = state.wanted;
  const read: ReadDocuments = {};
  const version = currentPolicy ? world.policy.version : policyVersion?.version;
  const policy = version === undefined ? undefined : world.versions.get(version);
  if (policy) read.policy = policy;
  if (classId) read.calendar = calendarNamed(world, classId.id);
  else if (calendarVersion !== undefined) read.calendar = calendarNamed(world, ctx.calendar?.classId ?? null);
  if (personIds) {
    const people = personIds.map((id) => world.people.get(id)).filter((person) => person !== undefined);
    read.people = people.map(({ id, leave, isMinor, guardianId }) => ({ id, leave, isMinor, guardianId }));
  }
  return read;
}

function calendarNamed(world: World, classId: string | null): ClassCalendar | null {
  return classId === null ? null : (world.calendars.get(classId) ?? null);
}
