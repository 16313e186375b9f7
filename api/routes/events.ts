import type { SafetyKeywords } from '../../policy/safety.ts';
import type { Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import { entryStates, type Recorded } from '../../prisma/store/journal.ts';
import { lateArrivalDays } from '../../prisma/store/pairs.ts';
import { safetyKeywords } from '../../prisma/store/safety-keywords.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { cancelledWithin } from '../applied-within.ts';
import type { RequestKey } from '../authentication.ts';
import { binaryEvent, isBinary } from '../binary-event.ts';
import { entryOf, futureFault, hasWords, lateAfter, type SubjectRules } from '../event-entry.ts';
import { createEventIntake, type EventIntake } from '../event-intake.ts';
import type { PairGateway } from '../pair-gateway.ts';
import { storedView } from '../pair-view.ts';
import { conflict, type Fault, invalid, notFound } from '../problem.ts';
import type { Relay } from '../relay.ts';
import { type Route, route } from '../route.ts';
import {
  batchAnswer,
  batchType,
  type CloudEvent,
  cloudEvent,
  eventAccepted,
  eventApplied,
  eventBatch,
  eventHeaders,
  eventOrData,
  structuredType,
} from '../schemas/event.ts';
import { reporterFaults } from '../trouble-reporters.ts';
import { check } from '../validation.ts';

export interface EventRouteDeps {
  database: Database;
  clock: Clock;
  metrics: Metrics;
  gateway: Pick<PairGateway, 'view'>;
  /** Carries new journal entries to their workflows, and leaves room for taking them in. */
  relay: Pick<Relay, 'wake' | 'storing'>;
}

type Intake = EventRouteDeps & { intake: EventIntake };

/** Events of the platform (E1 to E4): stored before they are acknowledged, many by one statement. */
export function eventRoutes(deps: EventRouteDeps): Route[] {
  const intake: Intake = { ...deps, intake: createEventIntake(deps.database) };
  return [
    route({
      method: 'post',
      path: '/v1/events',
      operationId: 'recordEvents',
      summary: 'Record an event, or a batch of events',
      description:
        'CloudEvents 1.0: structured, binary (`ce-` headers), or a batch that is answered per item, 202 when all were ' +
        'accepted, else 207. The same event again gets the first answer; other content under the same id is 409.',
      tag: 'events',
      scope: 'events',
      headers: eventHeaders,
      body: eventOrData,
      otherBodies: { [structuredType]: cloudEvent, [batchType]: eventBatch },
      responses: { 200: eventApplied, 202: eventAccepted.or(batchAnswer), 207: batchAnswer },
      async handler({ headers, body, mediaType, key }) {
        if (mediaType === batchType) return recordBatch(intake, body as unknown[], key);
        const event = mediaType === structuredType ? (body as CloudEvent) : plainEvent(deps, headers, body);
        return recordOne(intake, event, key, secondsToWait(headers.prefer));
      },
    }),
  ];
}

/** @throws {Problem} 422 naming each fault */
function plainEvent(
  { metrics }: EventRouteDeps,
  headers: Record<string, string | undefined>,
  body: unknown,
): CloudEvent {
  const checked = isBinary(headers) ? binaryEvent(headers, body) : check(cloudEvent, body);
  if (checked.ok) return checked.value as CloudEvent;
  metrics.events.inc({ outcome: 'refused' });
  throw invalid(checked.faults);
}

/** What the caller prefers to wait, in whole seconds, 10 at most (E4). */
function secondsToWait(prefer = ''): number {
  const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(prefer)?.[1];
  return Math.min(10, Number(wait ?? 0));
}

async function recordOne(deps: Intake, event: CloudEvent, key: RequestKey, wait: number) {
  const [item] = await record(deps, [event], key);
  const { faults, recorded } = item as Item;
  if (faults) throw invalid(faults);
  if (recorded.outcome === 'foreign') throw notFound('There is no pair with this id');
  if (recorded.outcome === 'conflict') throw conflict('event_conflict', conflictDetail);
  const state = await acceptedState(deps.database, event, recorded);
  const applied = wait > 0 && recorded.owner !== null ? await appliedWithin(deps, recorded, wait) : null;
  if (applied === null) return { status: 202, body: { id: event.id, state } } as const;
  const headers = { 'Preference-Applied': `wait=${wait}` };
  return { status: 200, body: { id: event.id, state: 'applied', ...applied }, headers } as const;
}

const conflictDetail = 'There is an event with this id and source and other content';

async function recordBatch(deps: Intake, given: unknown[], key: RequestKey) {
  const checked = given.map((item) => check(cloudEvent, item));
  const events = checked.filter((item) => item.ok).map((item) => item.value as CloudEvent);
  const recorded = await record(deps, events, key);
  const items = await Promise.all(
    checked.map((item, index) => {
      if (item.ok) return batchItem(deps.database, item.value as CloudEvent, recorded.shift() as Item);
      deps.metrics.events.inc({ outcome: 'refused' });
      return { id: givenId(given[index]), status: 422, code: 'validation', errors: item.faults };
    }),
  );
  return { status: items.every(({ status }) => status === 202) ? 202 : 207, body: { items } } as const;
}

async function batchItem(database: Database, event: CloudEvent, { faults, recorded }: Item) {
  const { id } = event;
  if (faults) return { id, status: 422, code: 'validation', errors: faults };
  if (recorded.outcome === 'foreign') return { id, status: 404, detail: 'There is no pair with this id' };
  if (recorded.outcome === 'conflict') return { id, status: 409, code: 'event_conflict', detail: conflictDetail };
  return { id, status: 202, state: await acceptedState(database, event, recorded) };
}

function givenId(item: unknown): string | null {
  const { id } = (item ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id.slice(0, 64) : null;
}

type Item = { faults: Fault[]; recorded?: undefined } | { faults?: undefined; recorded: Recorded };

/** Stores what does not lie ahead and may be reported, in one statement; lateness is judged here, once (E2). */
async function record(deps: Intake, events: CloudEvent[], key: RequestKey): Promise<Item[]> {
  const { database, clock, intake, metrics, relay } = deps;
  const now = await clock.now();
  const misreported = await reporterFaults(database, events, key.programIds);
  const faults = events.map((event) => futureFault(event, now) ?? misreported.get(event) ?? null);
  const good = events.filter((_, index) => faults[index] === null);
  const rulesOf = await readRules(database, good, now);
  const entries = good.map((event) => entryOf(event, now, rulesOf(event.subject)));
  const recorded = await relay.storing(entries.length, () => intake.record(entries, key.programIds));
  const stored = entries.filter((_, index) => recorded[index]?.outcome === 'recorded');
  if (stored.length > 0) relay.wake({ urgent: stored.some(({ urgent }) => urgent) });
  return faults.map((fault) => {
    const result: Item = fault ? { faults: [fault] } : { recorded: recorded.shift() as Recorded };
    metrics.events.inc({ outcome: metricOf(result) });
    return result;
  });
}

/** What the programs of some subjects say: looked up for what is late, and for what comes with words. */
async function readRules(
  database: Database,
  events: CloudEvent[],
  now: Instant,
): Promise<(subject: string) => SubjectRules> {
  const late = events.filter(({ time }) => time < now - lateAfter).map(({ subject }) => subject);
  const worded = events.filter(hasWords).map(({ subject }) => subject);
  const [limits, keywords] = await Promise.all([
    late.length > 0 ? lateArrivalDays(database, late) : new Map<string, number>(),
    worded.length > 0 ? safetyKeywords(database, worded) : new Map<string, SafetyKeywords>(),
  ]);
  return (subject) => ({ lateDays: limits.get(subject) ?? 7, keywords: keywords.get(subject) ?? 'standard' });
}

function metricOf({ recorded }: Item): 'accepted' | 'duplicate' | 'refused' {
  if (!recorded || recorded.outcome === 'foreign' || recorded.outcome === 'conflict') return 'refused';
  return recorded.outcome === 'duplicate' ? 'duplicate' : 'accepted';
}

/** Parked while its subject is unknown; only a repeated event of a person has to be looked up. */
async function acceptedState(
  database: Database,
  { type }: CloudEvent,
  { outcome, owner, seq }: Recorded,
): Promise<'accepted' | 'parked'> {
  if (outcome === 'parked') return 'parked';
  if (outcome !== 'duplicate' || owner !== null) return 'accepted';
  if (!type.startsWith('tandem.person.')) return 'parked';
  const stands = (await entryStates(database, [seq as number])).get(seq as number);
  return stands?.state === 'parked' ? 'parked' : 'accepted';
}

/** What the event changed, once it is applied; null when that takes longer (E4). */
async function appliedWithin(deps: Intake, { seq, owner }: Recorded, seconds: number) {
  const cancelled = await cancelledWithin(deps.database, seq as number, seconds);
  if (cancelled === null) return null;
  const now = await deps.clock.now();
  const view =
    (await deps.gateway.view(owner as string, now)) ?? (await storedView(deps.database, owner as string, now));
  const { classWeek, next } = view as { classWeek?: { missedStreak: number }; next?: NextStep[] };
  return { cancelled, streak: classWeek?.missedStreak ?? 0, next: next?.[0] ?? null };
}

interface NextStep {
  key: string;
  at: string;
}
