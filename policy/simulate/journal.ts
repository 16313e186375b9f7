import { codedAnswer } from '../coded-answer.ts';
import type { EntryData, PairEvent, PairEventName } from '../event.ts';
import { refusalOf } from '../pair/commands.ts';
import { hashOf } from '../pair/context.ts';
import { applyEvent } from '../pair/state.ts';
import { DAY, type Instant } from '../time.ts';
import type { EventInput } from './documents.ts';
import type { SimulatedPair, World } from './world.ts';

/** The journal's part: what becomes an entry of a pair, and in which words. */

/** An event in the order of acceptance. */
export interface AcceptedEvent {
  seq: number;
  at: Instant;
  receivedAt: Instant;
  event: EventInput;
}

export type Handler = (world: World, accepted: AcceptedEvent) => void;

/** How late an event may be and still act where the program does not say (E2). */
const lateDays = 7;

export function dataOf<T>({ event }: AcceptedEvent): T {
  return (event.data ?? {}) as T;
}

export function refOf({ event }: AcceptedEvent, id = event.id): string {
  return `${id}~${hashOf(event.source).toString(16)}`;
}

function applyTo(world: World, pair: SimulatedPair, event: PairEvent): void {
  // A pair that has ended hears of no change: it begins again with the staff of today.
  if (pair.state.retired) pair.ctx = { ...pair.ctx, programStaff: world.policy.document.staff };
  const { state, ctx } = applyEvent(pair.state, event, pair.ctx, event.receivedAt);
  pair.state = state;
  pair.ctx = ctx;
  world.touched.pairs.add(pair.id);
}

/** Tells pairs that something they rest on has changed. */
export function note(
  world: World,
  accepted: AcceptedEvent,
  type: PairEvent['type'],
  data: EntryData,
  concerns: (pair: SimulatedPair) => boolean,
): void {
  const { seq, receivedAt } = accepted;
  for (const pair of world.pairs.values()) {
    if (pair.state.retired || !concerns(pair)) continue;
    applyTo(world, pair, { seq, ref: `${type}:${seq}`, type, at: receivedAt, receivedAt, data });
  }
}

/** Tells one pair what another has brought about. */
export function noteTo(
  world: World,
  pair: SimulatedPair,
  entry: Pick<PairEvent, 'type' | 'ref' | 'data'>,
  now: Instant,
): void {
  applyTo(world, pair, { ...entry, seq: 0, at: now, receivedAt: now });
}

/** An event about one pair as its journal has it. */
export function toPair(type: PairEvent['type'], data = codedData): Handler {
  return (world, accepted) => {
    const pair = world.pairs.get(accepted.event.subject);
    if (pair) applyTo(world, pair, entryOf(world, accepted, type, data(accepted)));
  };
}

/** An event of the platform: its words stay outside, and what they may tell of is coded (K6). */
export function eventToPair(type: PairEventName): Handler {
  return (world, accepted) => {
    const { keywords } = world.policy.document.policy.safety;
    toPair(type, () => codedAnswer(type, codedData(accepted), keywords).data)(world, accepted);
  };
}

/** A command about one pair; one that does not fit it changes nothing. */
export function commandToPair(type: PairEvent['type'], data = codedData): Handler {
  return (world, accepted) => {
    const pair = world.pairs.get(accepted.event.subject);
    if (!pair) return;
    const now = accepted.receivedAt;
    const command = entryOf(world, accepted, type, data(accepted));
    if (refusalOf(pair.state, command, now, pair.ctx) === null) applyTo(world, pair, command);
  };
}

function entryOf(world: World, accepted: AcceptedEvent, type: PairEvent['type'], data: EntryData): PairEvent {
  const { seq, at, receivedAt } = accepted;
  const late = (world.policy.document.policy.classWeek?.lateArrivalDays ?? lateDays) * DAY;
  const history = receivedAt - at > late;
  return { seq, ref: refOf(accepted), type, at, receivedAt, ...(history ? { history } : {}), data };
}

/** The data as a workflow sees it: entries by identity, instants as such. */
function codedData(accepted: AcceptedEvent): EntryData {
  const { retracts, at, ...data } = dataOf<EntryData>(accepted);
  return {
    ...data,
    ...(retracts === undefined ? {} : { retracts: refOf(accepted, retracts) }),
    ...(typeof at === 'string' ? { at: Date.parse(at) } : {}),
  };
}
