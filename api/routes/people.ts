import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { putConsent } from '../../prisma/store/consents.ts';
import { incompleteMentors, putAvailability, putPerson } from '../../prisma/store/people.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { RequestKey } from '../authentication.ts';
import { conflict, forbidden, invalid, notFound, Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { id } from '../schemas/common.ts';
import {
  availabilityInput,
  consentChannel,
  consentInput,
  personAnswer,
  personInput,
  personStored,
} from '../schemas/person.ts';
import { personView } from './person-view.ts';

export interface PeopleRouteDeps {
  database: Database;
  clock: Clock;
  /** Carries new journal entries to their workflows. */
  relay: { wake: () => void };
}

const params = z.strictObject({ id });
const tag = 'people';
/** How far ahead of the clock a consent may have been given, for clocks that differ. */
const AHEAD_MS = 5 * 60_000;

/** People, what they agreed to, and whether they take part. A key limited to programs sees the people in them only. */
export function peopleRoutes(deps: PeopleRouteDeps): Route[] {
  return [putRoute(deps), getRoute(deps), consentRoute(deps), availabilityRoute(deps)];
}

function putRoute({ database, clock, relay }: PeopleRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/people/{id}',
    operationId: 'putPerson',
    summary: 'Make a person, or replace what is said of one',
    description: 'What is left out is taken away; consents, availability and enrolments elsewhere stay.',
    tag,
    scope: 'command',
    params,
    body: personInput,
    responses: { 200: personStored, 201: personStored },
    async handler({ params, body, key }) {
      refuseForeignPrograms(key, body.programs);
      if (body.guardianId === params.id) {
        throw invalid([{ pointer: '/guardianId', detail: 'Nobody is their own guardian' }]);
      }
      const change = { id: params.id, ...inputOf(body), programIds: key.programIds, now: await clock.now() };
      const result = await putPerson(database, change);
      if (result.outcome === 'hidden') throw noPerson();
      if (result.noted > 0) relay.wake();
      const person = await seen(database, params.id, key);
      const warnings = await warningsOf(database, body);
      const stored = warnings.length > 0 ? { ...person, warnings } : person;
      return { status: result.created ? 201 : 200, body: stored };
    },
  });
}

/** Mentees are invited to choose among mentors: those whose profile is incomplete cannot be judged by it (R18). */
async function warningsOf(database: Database, { programs }: z.output<typeof personInput>) {
  const invited = programs.filter(({ role }) => role === 'mentee').map(({ programId }) => programId);
  const incomplete = await incompleteMentors(database, invited);
  return incomplete.map(({ programId, count }) => ({
    code: 'mentor_profiles_incomplete' as const,
    programId,
    detail: `The profiles of ${count} mentors are incomplete: the health of the program lists them`,
  }));
}

function inputOf(body: z.output<typeof personInput>) {
  const { programs, capacity, isMinor, name, ...optional } = body;
  const { zone = null, locale = null, email = null, phone = null, guardianId = null } = optional;
  const { mentor: capacityMentor = null, mentee: capacityMentee = 1 } = capacity;
  return {
    profile: { name, zone, locale, email, phone, isMinor, guardianId, capacityMentor, capacityMentee },
    enrolments: programs.map((enrolment) => ({ ...enrolment, joinedAt: enrolment.joinedAt ?? null })),
  };
}

/**
 * A limited key makes and keeps people inside its programs.
 * @throws {Problem} 403 or 422
 */
function refuseForeignPrograms(key: RequestKey, programs: Array<{ programId: string }>): void {
  if (key.programIds !== null && programs.length === 0) {
    throw invalid([{ pointer: '/programs', detail: 'A key that is limited to programs names at least one of them' }]);
  }
  if (!programs.every(({ programId }) => key.mayProgram(programId))) {
    throw forbidden('The key is limited to other programs than those of `programs`');
  }
}

function getRoute({ database }: PeopleRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/people/{id}',
    operationId: 'getPerson',
    summary: 'Read a person',
    tag,
    scope: 'read',
    params,
    responses: { 200: personAnswer },
    async handler({ params, key }) {
      return { status: 200, body: await seen(database, params.id, key) };
    },
  });
}

function consentRoute({ database, clock }: PeopleRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/people/{id}/consents/{channel}',
    operationId: 'putConsent',
    summary: 'Record a consent, or that it was taken back',
    description: 'Texts need one. For a minor the `contact` consent of the guardian comes before any other.',
    tag,
    scope: 'command',
    params: z.strictObject({ id, channel: consentChannel }),
    body: consentInput,
    responses: { 200: personAnswer, 201: personAnswer },
    async handler({ params, body, key }) {
      const now = await clock.now();
      if (body.at > now + AHEAD_MS) throw invalid([{ pointer: '/at', detail: 'Lies in the future' }]);
      const consent = { ...body, personId: params.id, channel: params.channel, programIds: key.programIds, now };
      const result = await putConsent(database, consent);
      if (result.outcome === 'hidden') throw noPerson();
      if (result.outcome === 'not_the_guardian') throw notTheGuardian();
      if (result.outcome === 'consent_missing') {
        throw conflict('consent_missing', "For a minor the guardian's contact consent comes first");
      }
      return { status: result.created ? 201 : 200, body: await seen(database, params.id, key) };
    },
  });
}

function notTheGuardian(): Problem {
  const detail = "A minor's contact consent is given by the guardian that `guardianId` names";
  return new Problem('refused', detail, { code: 'consent_missing', errors: [{ pointer: '/by', detail }] });
}

function availabilityRoute({ database, clock, relay }: PeopleRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/people/{id}/availability',
    operationId: 'putAvailability',
    summary: 'Say whether a person takes part, or from when until when not',
    tag,
    scope: 'command',
    params,
    body: availabilityInput,
    responses: { 200: personAnswer },
    async handler({ params, body, key }) {
      const absence = {
        available: body.available,
        leaveFrom: dateOf(body.from),
        leaveUntil: dateOf(body.until),
        unavailableReason: body.reason ?? null,
      };
      const change = { id: params.id, absence, programIds: key.programIds, now: await clock.now() };
      const result = await putAvailability(database, change);
      if (result.outcome === 'hidden') throw noPerson();
      if (result.noted > 0) relay.wake();
      return { status: 200, body: await seen(database, params.id, key) };
    },
  });
}

function dateOf(at: number | null | undefined): Date | null {
  return at == null ? null : new Date(at);
}

/** The person as the key sees them. */
async function seen(database: Database, personId: string, key: RequestKey): Promise<z.input<typeof personAnswer>> {
  const person = await personView(database, personId, key);
  if (!person) throw noPerson();
  return person;
}

function noPerson(): Problem {
  return notFound('There is no person with this id');
}
