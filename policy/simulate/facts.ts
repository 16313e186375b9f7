import { type EntryData, pairEventNames } from '../event.ts';
import { idOf } from '../pair/context.ts';
import { openContext, type PersonDocument, unknownPerson } from '../pair/documents.ts';
import { pairLadder } from '../pair/safety/facts.ts';
import { openPair } from '../pair/state.ts';
import { currentRules } from '../rules.ts';
import {
  changeAvailability,
  changeCalendar,
  changeConsent,
  changeDocument,
  changeProgram,
  changeSuppression,
} from './changes.ts';
import type { EventInput, PairInput } from './documents.ts';
import { chooseEnrolment, hear } from './enrolled.ts';
import { type AcceptedEvent, commandToPair, dataOf, eventToPair, type Handler, refOf, toPair } from './journal.ts';
import type { World } from './world.ts';

/** What an event does to the world: the part that the API and the journal play in the live system. */

const createPair: Handler = (world, accepted) => {
  const { event, at, receivedAt } = accepted;
  if (world.pairs.has(event.subject)) return;
  const input = dataOf<PairInput>(accepted);
  const ctx = openContext(
    {
      programId: world.programId,
      pairId: event.subject,
      mentorId: input.mentorId,
      menteeId: input.menteeId,
      matchedAt: input.matchedAt ? Date.parse(input.matchedAt) : at,
      createdAt: receivedAt,
      staff: input.staff ?? {},
      policy: world.policy,
      calendar: input.classId ? (world.calendars.get(input.classId) ?? null) : null,
      history: historyOf(input.history ?? {}),
      mentor: personNamed(world, input.mentorId),
      mentee: personNamed(world, input.menteeId),
      lead: world.lead,
    },
    currentRules,
  );
  const owner = `pair:${world.programId}:${event.subject}`;
  world.pairs.set(event.subject, { id: event.subject, owner, ctx, state: openPair(ctx) });
  world.touched.pairs.add(event.subject);
};

/** What a pair needs to know of somebody. */
function personNamed({ people }: World, id: string): PersonDocument {
  const { leave, isMinor, guardianId } = people.get(id) ?? unknownPerson(id);
  return { id, leave, isMinor, guardianId };
}

function historyOf({ conversations, meetings, firstMeetingAt, lastContactAt }: NonNullable<PairInput['history']>) {
  return {
    ...(conversations === undefined ? {} : { conversations }),
    ...(meetings === undefined ? {} : { meetings }),
    ...(firstMeetingAt === undefined ? {} : { firstMeetingAt: Date.parse(firstMeetingAt) }),
    ...(lastContactAt === undefined ? {} : { lastContactAt: Date.parse(lastContactAt) }),
  };
}

interface OpenedInput {
  kind: string;
  reason: string;
  by?: string;
  personId?: string;
  pauseReminders?: boolean;
}

/** A case that staff open for a pair. */
const openCase: Handler = (world, accepted) => {
  const pair = world.pairs.get(accepted.event.subject);
  const { kind, reason, pauseReminders, by, personId } = dataOf<OpenedInput>(accepted);
  if (!pair) return;
  const caseId = idOf('case', refOf(accepted));
  const staff = { ...world.policy.document.staff, ...pair.ctx.pairStaff };
  const called = kind === 'safety' ? pairLadder(pair.ctx) : [];
  const assignee = by !== undefined && called.includes(by) ? by : (called[0] ?? staff.coordinator ?? null);
  world.cases.put({
    ...{ key: caseId, owner: 'staff', kind, pairId: pair.id, state: 'open', reason, outcome: null },
    ...{ personId: personId ?? null, assignee, supervisor: staff.supervisor ?? null, details: {}, lines: [] },
    ...{ openedAt: accepted.receivedAt, endedAt: null },
  });
  const about = { caseId, caseKey: null, caseKind: kind, pauseReminders: pauseReminders === true };
  const data = { ...about, ...(by !== undefined && { by }), ...(personId !== undefined && { personId }) };
  toPair('case.opened', () => data)(world, accepted);
};

/** Staff resolve every open case of one kind of a pair or, of those that the program itself opened, of the program. */
const resolveCases: Handler = (world, accepted) => {
  const given = dataOf<{ kind?: string; outcome?: string; personId?: string }>(accepted);
  const { kind = 'escalation', outcome = 'resolved', personId } = given;
  if (accepted.event.subject === world.programId) {
    const own = world.cases.open().filter((item) => item.owner === world.programOwner && item.kind === kind);
    for (const { key } of own) world.cases.resolve(key, outcome, accepted.receivedAt);
  }
  for (const { key, owner } of world.cases.openOfPair(accepted.event.subject, kind)) {
    world.cases.resolve(key, outcome, accepted.receivedAt);
    const ids = owner === 'staff' ? { caseId: key, caseKey: null } : { caseId: idOf('case', key), caseKey: key };
    const event = { ...accepted.event, id: `${accepted.event.id}:${key}` };
    const data = { ...ids, caseKind: kind, outcome, ...(personId !== undefined && { personId }) };
    toPair('case.resolved', () => data)(world, { ...accepted, event });
  }
  // What a safety case held is looked at again.
  if (kind === 'safety') for (const id of world.people.keys()) world.touched.people.add(id);
};

/** Staff acknowledge every open safety case of a pair. */
const acknowledgeCases: Handler = (world, accepted) => {
  const { by } = dataOf<{ by: string }>(accepted);
  for (const { key, owner } of world.cases.openOfPair(accepted.event.subject, 'safety')) {
    const ids = owner === 'staff' ? { caseId: key, caseKey: null } : { caseId: idOf('case', key), caseKey: key };
    const event = { ...accepted.event, id: `${accepted.event.id}:${key}` };
    toPair('case.acknowledged', () => ({ ...ids, caseKind: 'safety', by }))(world, { ...accepted, event });
  }
};

function untilOf(accepted: AcceptedEvent): EntryData {
  const { until, ...data } = dataOf<{ until?: string | null }>(accepted);
  return { ...data, until: until ? Date.parse(until) : null };
}

/** Every event type by its name without `tandem.`; documents before pairs before what happens to them. */
const handlers: Record<string, { rank: 0 | 1 | 2; handle: Handler }> = {
  'program.changed': { rank: 0, handle: changeProgram },
  'calendar.changed': { rank: 0, handle: changeCalendar },
  'person.changed': { rank: 0, handle: changeDocument },
  'availability.changed': { rank: 0, handle: changeAvailability },
  'consent.changed': { rank: 0, handle: changeConsent },
  'suppression.changed': { rank: 0, handle: changeSuppression },
  'enrolment.chosen': { rank: 2, handle: chooseEnrolment },
  'pair.created': { rank: 1, handle: createPair },
  'person.active': { rank: 2, handle: () => {} },
  'case.opened': { rank: 2, handle: openCase },
  'case.acknowledged': { rank: 2, handle: acknowledgeCases },
  'case.resolved': { rank: 2, handle: resolveCases },
  'pair.paused': { rank: 2, handle: commandToPair('pair.paused', untilOf) },
  'pair.resumed': { rank: 2, handle: commandToPair('pair.resumed') },
  'pair.closed': { rank: 2, handle: commandToPair('pair.closed') },
  'reminders.resumed': { rank: 2, handle: commandToPair('reminders.resumed') },
  'staff.changed': { rank: 2, handle: toPair('staff.changed') },
  'class.changed': { rank: 2, handle: toPair('class.changed') },
  ...Object.fromEntries(pairEventNames.map((name) => [name, { rank: 2 as const, handle: eventToPair(name) }])),
};

/** Every event type that a simulation takes, with its prefix. */
export const simulatedTypes = Object.keys(handlers).map((name) => `tandem.${name}`);

function handlerOf({ type }: EventInput): { rank: number; handle: Handler } {
  const handler = handlers[type.replace(/^tandem\./, '')];
  if (!handler) throw new Error(`A simulation knows no event of type ${type}`);
  return handler;
}

/** Where an event stands among those accepted at one instant. */
export function rankOf(event: EventInput): number {
  return handlerOf(event).rank;
}

/** Takes an event into the world; what follows from it is decided afterwards, by those it touched. */
export function takeEvent(world: World, accepted: AcceptedEvent): void {
  handlerOf(accepted.event).handle(world, accepted);
  hear(world, accepted);
}
