import fc from 'fast-check';
import { expect } from 'vitest';
import type { EntryData, PairEvent } from '../../policy/event.ts';
import { idOf, type PairContext } from '../../policy/pair/context.ts';
import { type Decision, decide, saidState } from '../../policy/pair/decide.ts';
import { openContext } from '../../policy/pair/documents.ts';
import { applyEvent, openPair, type PairState } from '../../policy/pair/state.ts';
import { type Partially, type Policy, withDefaults } from '../../policy/program.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../policy/time.ts';
import { documents, newYork, weekly } from './support.ts';

/** Whatever may happen to a pair with every concern on, in fourteen months of which three have a class. */

const policyOfAll = {
  classWeek: {},
  contact: {},
  checkIns: {},
  meetings: {},
  firstMeeting: {},
  surveys: { afterMeeting: true },
  sentiment: {},
  lifecycle: {},
};
const staff = {
  operations: 'ops',
  coordinator: 'coord',
  supervisor: 'sup',
  contact: 'coord',
  safety: ['coord', 'sup'],
};
const document = withDefaults({ name: 'Example', zone: newYork, staff, policy: policyOfAll as Partially<Policy> });
const mentee = { id: 'mentee_1', leave: null, isMinor: true, guardianId: 'guardian_1' };

/** A pair of a minor with a guardian, opened as it was matched. */
export const opening: PairContext = openContext(
  documents({
    calendar: weekly({ weeks: 12, endsOn: '2026-11-27' }),
    policy: { version: 1, document },
    mentee,
  }),
  1,
);

export const start = opening.createdAt;
export const end = start + 420 * DAY;

const roles = ['mentor', 'mentee', 'guardian'];
const anyRole = fc.constantFrom(...roles);
const party = fc.constantFrom('mentor', 'mentee');

type Fact = Pick<PairEvent, 'type' | 'data'>;

function fact(type: PairEvent['type'], data: fc.Arbitrary<EntryData>, weight = 1) {
  return { weight, arbitrary: data.map((given): Fact => ({ type, data: given })) };
}

const dated = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<EntryData> =>
  fc.record(fields, { requiredKeys: Object.keys(fields) }) as fc.Arbitrary<EntryData>;

const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Every kind of entry that a pair may get, by how often it comes. */
const facts: fc.Arbitrary<Fact> = fc.oneof(
  fact('lesson.completed', fc.constant({ by: 'mentor' }), 6),
  fact('message.sent', dated({ by: party }), 6),
  fact('conversation.logged', dated({ by: party }), 5),
  fact(
    'meeting.scheduled',
    fc.integer({ min: 1, max: 20 }).map((days) => ({ inDays: days })),
  ),
  fact(
    'meeting.recorded',
    dated({
      by: anyRole,
      occurred: fc.boolean(),
      minutes: sometimes(fc.integer({ min: 10, max: 120 })),
      present: sometimes(fc.constant(['mentor_1', 'mentee_1'])),
      given: sometimes(fc.constant(['activity', 'place'])),
      mood: sometimes(fc.integer({ min: 1, max: 5 })),
    }),
    4,
  ),
  fact(
    'checkin.recorded',
    dated({
      respondent: anyRole,
      mode: fc.constantFrom('form', 'phone', 'text', 'video'),
      by: fc.constantFrom('coord', 'sup', 'mentee'),
      safetyConcern: fc.integer({ min: 0, max: 30 }).map((n) => n === 0),
      discomfort: sometimes(fc.integer({ min: 0, max: 30 }).map((n) => n === 0)),
    }),
    8,
  ),
  fact(
    'survey.answered',
    dated({ by: party, instrument: fc.constant('mqs'), score: fc.integer({ min: 1, max: 5 }), scale: fc.constant(5) }),
    3,
  ),
  fact(
    'flag.submitted',
    dated({
      by: party,
      topic: fc.constantFrom('schedule', 'boundaries'),
      priority: fc.constantFrom('normal', 'immediate'),
    }),
  ),
  fact('contact.trouble', dated({ by: party, option: fc.constantFrom('how_to_reach_out', 'talk_to_someone') })),
  fact('support.recorded', dated({ to: anyRole, kind: fc.constant('advice'), by: fc.constant('coord') })),
  fact(
    'pair.paused',
    fc.integer({ min: 1, max: 40 }).map((days) => ({ reason: 'away', pausedDays: days })),
  ),
  fact('pair.resumed', fc.constant({})),
  fact('staff.changed', dated({ staff: fc.constantFrom({}, { coordinator: 'other' }) })),
  fact('outreach.recorded', fc.constant({ by: 'coord' })),
  fact('person.changed', fc.constant({})),
  fact(
    'conversation.logged',
    fc.nat(39).map((which) => ({ retracts: `evt_${which}~s` })),
  ),
  fact(
    'meeting.recorded',
    fc.nat(39).map((which) => ({ retracts: `evt_${which}~s` })),
  ),
  fact(
    'checkin.recorded',
    fc.nat(39).map((which) => ({ retracts: `evt_${which}~s` })),
  ),
);

const instants = fc.integer({ min: 0, max: 419 * 24 * 4 }).map((quarters) => start + quarters * 15 * MINUTE);
const lateness = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 160 }) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 900 }) },
);

function entryOf({ type, data }: Fact, index: number, at: Instant, late: number): PairEvent {
  const { inDays, pausedDays, ...rest } = data as EntryData & { inDays?: number; pausedDays?: number };
  const receivedAt = at + late * HOUR;
  if (type === 'meeting.recorded' && rest.retracts === undefined) rest.at = at;
  if (inDays !== undefined) rest.at = receivedAt + inDays * DAY;
  if (pausedDays !== undefined) rest.until = receivedAt + pausedDays * DAY;
  const history = late > 7 * 24 ? { history: true } : {};
  return { type, seq: index, ref: `evt_${index}~s`, at, receivedAt, ...history, data: rest };
}

/** What staff do when something may be wrong: they answer the call within hours, and mostly clear the case days later. */
function answersOf({ type, seq, ref, receivedAt, data }: PairEvent): PairEvent[] {
  const worries = data.safetyConcern === true || data.discomfort === true;
  if (type !== 'checkin.recorded' || !worries) return [];
  const caseKey = `${opening.pairId}/${ref}/safety`;
  const about = { caseId: idOf('case', caseKey), caseKey, caseKind: 'safety', by: 'sup' };
  const answer = (name: 'acknowledged' | 'resolved', after: number): PairEvent => {
    const at = receivedAt + after;
    return { type: `case.${name}`, seq: seq + after, ref: `case.${name}:${ref}`, at, receivedAt: at, data: about };
  };
  const acknowledged = answer('acknowledged', (seq % 5) * 40 * MINUTE + 1);
  return seq % 3 === 0 ? [acknowledged] : [acknowledged, answer('resolved', (1 + (seq % 20)) * DAY)];
}

/** Up to forty entries and what staff answer, in the order in which they are received, some late, some too late (E2). */
export const lives: fc.Arbitrary<PairEvent[]> = fc
  .array(fc.record({ fact: facts, at: instants, late: lateness }), { maxLength: 40 })
  .map((items) =>
    items
      .map((item, index) => entryOf(item.fact, index, item.at, item.late))
      .flatMap((event) => [event, ...answersOf(event)])
      .sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq),
  );

/** One say, with what it rested on. */
export interface Said {
  at: Instant;
  decision: Decision;
}

export interface Lived {
  state: PairState;
  ctx: PairContext;
  log: Said[];
}

interface Options {
  /** Called between two looks; what it returns goes on. */
  between?: (pair: Lived, now: Instant, nextAt: Instant | null) => PairState;
  until?: Instant;
  /** As the pair is opened; with every concern on unless told. */
  ctx?: PairContext;
}

/** Says all that is owed at one instant, until nothing more is; reading the policy finds it unchanged. */
function settle(pair: Lived, now: Instant): Instant | null {
  for (let round = 0; round < 20; round++) {
    const decision = decide(pair.state, now, pair.ctx);
    if (decision.read) {
      pair.ctx = { ...pair.ctx, policyReadAt: Math.max(now, decision.read.since) };
    } else if (decision.owed) {
      pair.log.push({ at: now, decision });
      pair.state = saidState(pair.state, decision, now, pair.ctx);
    } else return decision.nextAt;
  }
  throw new Error(`what is said is owed again and again at ${new Date(now).toISOString()}`);
}

/** The pair from its opening on: every entry when it is received, every timer when it fires. */
export function live(events: PairEvent[], { between, until = end, ctx = opening }: Options = {}): Lived {
  const pair: Lived = { state: openPair(ctx), ctx, log: [] };
  let nextAt = settle(pair, start);
  let rest = events;
  for (;;) {
    const wake = nextAt ?? Number.POSITIVE_INFINITY;
    const event = rest[0];
    const now = event && event.receivedAt <= wake ? event.receivedAt : wake;
    if (now > until) return pair;
    if (event && event.receivedAt === now) {
      const { state, ctx } = applyEvent(pair.state, event, pair.ctx, now);
      Object.assign(pair, { state: { ...state, wanted: {} }, ctx });
      rest = rest.slice(1);
    }
    nextAt = settle(pair, now);
    if (between) pair.state = between(pair, now, nextAt);
  }
}

/** The pair with these entries applied and nothing said in between. */
export function applied(events: PairEvent[], from?: Pick<Lived, 'state' | 'ctx'>): Pick<Lived, 'state' | 'ctx'> {
  let pair = from ?? { state: openPair(opening), ctx: opening };
  for (const event of events) pair = applyEvent(pair.state, event, pair.ctx, event.receivedAt);
  return pair;
}

/** What was said for the first time as it reads, line by line. */
export function sayings(log: Said[]): string[] {
  return log.flatMap(({ at, decision }) =>
    decision.fresh.map((step) => `${new Date(at).toISOString()} ${JSON.stringify(step)}`),
  );
}

/** Entries, and the same ones in another order. */
export function shuffledOf(
  journals: fc.Arbitrary<PairEvent[]>,
): fc.Arbitrary<{ events: PairEvent[]; other: PairEvent[] }> {
  return journals.chain((events) =>
    fc.shuffledSubarray(events, { minLength: events.length }).map((other) => ({ events, other })),
  );
}

/** Lives the pair, and sees that nothing is fresh between two instants at which it wants to be asked. */
export function expectQuietBetweenLooks(events: PairEvent[], options: { until: Instant; ctx?: PairContext }): void {
  live(events, {
    ...options,
    between: ({ state, ctx }, now, nextAt) => {
      const next = Math.min(nextAt ?? options.until, options.until);
      for (const at of [now, now + Math.floor((next - now) / 2), next - 1].filter((instant) => instant >= now)) {
        const { fresh } = decide(state, at, { ...ctx, policyReadAt: at });
        expect(fresh.map((step) => step.key)).toEqual([]);
      }
      return state;
    },
  });
}
