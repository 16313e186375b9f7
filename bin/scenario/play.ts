import {
  acceptedAt,
  type EventInput,
  type PersonInput,
  programIdOf,
  type SimulationInput,
} from '../../policy/simulate/documents.ts';
import { rankOf } from '../../policy/simulate/facts.ts';
import { type Instant, toRfc3339 } from '../../policy/time.ts';
import type { ApiClient } from './api-client.ts';

/** The clock of a rehearsal, as a player needs it. */
export interface ScenarioClock {
  now(): Promise<Instant>;
  advanceTo(target: Instant): Promise<void>;
  settle(): Promise<void>;
}

type Call = (api: ApiClient, event: EventInput, programId: string) => Promise<unknown>;

async function putPerson(api: ApiClient, person: PersonInput, at: Instant): Promise<void> {
  const { id, consents = {}, availability, ...profile } = person;
  await api.call('PUT', `/v1/people/${id}`, withoutNulls(profile));
  for (const channel of ['contact', 'sms', 'email'] as const) {
    const granted = consents[channel];
    if (granted === undefined || (granted === false && channel === 'sms')) continue;
    await putConsent(api, person, channel, granted, at);
  }
  if (availability) await api.call('PUT', `/v1/people/${id}/availability`, withoutNulls(availability));
}

function putConsent(
  api: ApiClient,
  person: { id: string; guardianId?: string | null },
  channel: string,
  granted: boolean,
  at: Instant,
) {
  const by = channel === 'contact' ? (person.guardianId ?? person.id) : person.id;
  const record = { granted, by, source: 'form', wording: 'consent-1', at: toRfc3339(at) };
  return api.call('PUT', `/v1/people/${person.id}/consents/${channel}`, record);
}

function withoutNulls(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && item !== undefined));
}

const command =
  (verb: string): Call =>
  (api, event) =>
    api.call('POST', `/v1/pairs/${event.subject}:${verb}`, event.data ?? {});

async function casesOf(
  api: ApiClient,
  pairId: string,
  kind: string,
  state: string,
): Promise<Array<{ id: string; assignee: string | null }>> {
  const path = `/v1/cases?kind=${kind}&pairId=${pairId}&state=${state}`;
  return (await api.call<{ items: Array<{ id: string; assignee: string | null }> }>('GET', path)).items;
}

async function acknowledgeCases(api: ApiClient, { subject, data }: EventInput): Promise<void> {
  for (const { id } of await casesOf(api, subject, 'safety', 'open'))
    await api.call('POST', `/v1/cases/${id}:acknowledge`, data);
}

async function resolveCases(api: ApiClient, event: EventInput): Promise<void> {
  const { kind = 'escalation', outcome = 'resolved', personId, by } = (event.data ?? {}) as Record<string, string>;
  const items = [];
  for (const state of ['open', 'acknowledged']) items.push(...(await casesOf(api, event.subject, kind, state)));
  for (const item of items) {
    const resolution = { by: by ?? item.assignee, outcome, ...(personId && { personId }) };
    await api.call('POST', `/v1/cases/${item.id}:resolve`, resolution);
  }
}

/** What is done over HTTP for each type of a scenario's events that is no event of the platform. */
const calls: Record<string, Call> = {
  'pair.created': (api, event, programId) =>
    api.call('POST', '/v1/pairs', {
      id: event.subject,
      programId,
      matchedAt: event.time,
      ...withoutNulls(event.data ?? {}),
    }),
  'pair.paused': command('pause'),
  'pair.resumed': command('resume'),
  'pair.closed': command('close'),
  'reminders.resumed': command('resumeReminders'),
  'person.changed': (api, event) => api.call('PUT', `/v1/people/${event.subject}`, withoutNulls(event.data ?? {})),
  'staff.changed': (api, event) => api.call('PATCH', `/v1/pairs/${event.subject}`, event.data),
  'class.changed': (api, event) => api.call('PATCH', `/v1/pairs/${event.subject}`, event.data),
  'case.opened': (api, event) => api.call('POST', '/v1/cases', { pairId: event.subject, ...event.data }),
  'case.acknowledged': acknowledgeCases,
  'case.resolved': resolveCases,
  'program.changed': (api, event, programId) => {
    const { document, applyNow } = (event.data ?? {}) as { document: unknown; applyNow?: boolean };
    return api.call('PUT', `/v1/programs/${programId}?applyNow=${applyNow === true}`, document);
  },
  'calendar.changed': (api, event, programId) =>
    api.call('PUT', `/v1/classes/${event.subject}`, { programId, ...withoutNulls({ ...event.data, id: null }) }),
  'enrolment.chosen': (api, event, programId) =>
    api.call('POST', `/v1/people/${event.subject}/enrolment`, { programId, ...event.data }),
  'availability.changed': (api, event) =>
    api.call('PUT', `/v1/people/${event.subject}/availability`, withoutNulls(event.data ?? {})),
  'consent.changed': async (api, event) => {
    const { channel, granted } = event.data as { channel: string; granted: boolean };
    const person = await api.call<PersonInput>('GET', `/v1/people/${event.subject}`);
    await putConsent(api, person, channel, granted, acceptedAt(event));
  },
};

async function take(api: ApiClient, event: EventInput, programId: string): Promise<void> {
  const call = calls[event.type.replace(/^tandem\./, '')];
  const { receivedat: _receivedAt, ...platformEvent } = event;
  if (call) await call(api, event, programId);
  else
    await api.call(
      'POST',
      '/v1/events',
      { specversion: '1.0', ...platformEvent },
      { 'content-type': 'application/cloudevents+json' },
    );
}

/** Puts the documents that a scenario begins with. */
export async function putDocuments(api: ApiClient, input: SimulationInput, at: Instant): Promise<void> {
  const programId = programIdOf(input);
  await api.call('PUT', `/v1/programs/${programId}`, input.program);
  // Guardians are named by the minors who have them: they come first.
  const guardians = new Set(input.people.flatMap((person) => person.guardianId ?? []));
  const people = [...input.people].sort((a, b) => Number(guardians.has(b.id)) - Number(guardians.has(a.id)));
  for (const person of people) await putPerson(api, person, at);
  for (const { id, ...document } of input.classes) await api.call('PUT', `/v1/classes/${id}`, withoutNulls(document));
}

/**
 * Plays a scenario through the real system in virtual time: each event is accepted when the clock stands at its instant,
 * and everything due before has been decided and sent by then.
 * @param stops further instants to move the clock to; `reached` is told each of them
 */
export async function playScenario(
  api: ApiClient,
  clock: ScenarioClock,
  input: SimulationInput,
  until: Instant,
  stops: Instant[] = [],
  reached: (at: Instant) => Promise<void> = async () => undefined,
): Promise<void> {
  const programId = programIdOf(input);
  const events = [...input.events].sort(
    (a, b) => acceptedAt(a) - acceptedAt(b) || rankOf(a) - rankOf(b) || (a.source + a.id < b.source + b.id ? -1 : 1),
  );
  const ahead = [...stops].sort((a, b) => a - b);
  const moveTo = async (target: Instant): Promise<void> => {
    for (let stop = ahead[0]; stop !== undefined && stop <= target; stop = ahead[0]) {
      ahead.shift();
      await clock.advanceTo(stop);
      await reached(stop);
    }
    if ((await clock.now()) < target) await clock.advanceTo(target);
  };
  await putDocuments(api, input, await clock.now());
  for (const event of events) {
    await moveTo(acceptedAt(event));
    await take(api, event, programId);
  }
  await moveTo(until);
}
