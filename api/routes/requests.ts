import type { Database } from '../../prisma/database.ts';
import { type NewRequest, openRequest, type RequestOpening } from '../../prisma/store/request-opening.ts';
import { listRequests, type RequestRecord, readRequest } from '../../prisma/store/requests.ts';
import type { Clock } from '../../runtime/clock.ts';
import { requestWorkflowId } from '../../workflows/ids.ts';
import type { RequestKey } from '../authentication.ts';
import { digestOf } from '../digest.ts';
import { conflict, invalid, notFound, Problem, refused } from '../problem.ts';
import { refusalOfRequest } from '../request-refusals.ts';
import { liveRequest, requestItems } from '../request-view.ts';
import { type Route, route } from '../route.ts';
import { page } from '../schemas/common.ts';
import {
  offerInput,
  requestInput,
  requestList,
  requestLive,
  requestParams,
  requestsQuery,
} from '../schemas/request.ts';

export interface RequestRouteDeps {
  database: Database;
  clock: Clock;
  /** Carries new journal entries to their workflows. */
  relay: { wake: () => void };
}

const tag = 'requests';

/** Requests and offers: made, read and listed. */
export function requestRoutes(deps: RequestRouteDeps): Route[] {
  return [askRoute(deps), offerRoute(deps), listRoute(deps), getRoute(deps)];
}

function askRoute(deps: RequestRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/requests',
    operationId: 'createRequest',
    summary: 'Ask a mentor, or staff to choose among several',
    description: 'While the same is pending, it is answered with what there is (200), and no new one is made.',
    tag,
    scope: 'command',
    idempotent: true,
    body: requestInput,
    responses: { 200: requestLive, 201: requestLive },
    async handler({ body, key }) {
      const { mentorId, mentorIds, message, ...rest } = body;
      const kind = mentorIds === undefined ? 'request' : 'list';
      const asked = mentorIds ?? [mentorId as string];
      return opened(deps, key, { ...rest, kind, mentorIds: asked, message, digest: digestOf(['request', body]) });
    },
  });
}

function offerRoute(deps: RequestRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/offers',
    operationId: 'createOffer',
    summary: 'Offer to be a mentor',
    description:
      'Answered by the mentee at `/v1/requests/{id}`. An offer that meets a request of the same two makes the pair.',
    tag,
    scope: 'command',
    idempotent: true,
    body: offerInput,
    responses: { 200: requestLive, 201: requestLive },
    async handler({ body, key }) {
      const { mentorId, message, ...rest } = body;
      return opened(deps, key, {
        ...rest,
        kind: 'offer',
        mentorIds: [mentorId],
        message,
        digest: digestOf(['offer', body]),
      });
    },
  });
}

type Asked = Omit<NewRequest, 'owner' | 'message'> & { message: string | undefined };

/**
 * Opens a request and answers it as it stands.
 * @throws {Problem} 404, 409 or 422 with the code of the refusal
 */
async function opened({ database, clock, relay }: RequestRouteDeps, key: RequestKey, asked: Asked) {
  const { message } = asked;
  if (!message) throw refused('message_required', 'A request carries words of the one who asks: send `message`');
  const now = await clock.now();
  const owner = requestWorkflowId(asked.programId, asked.id);
  const opening = await openRequest(database, { ...asked, owner, message }, { programIds: key.programIds, now });
  // What was written may call somebody although nothing came of it.
  relay.wake();
  refuseOpening(opening, key);
  const made = opening.outcome === 'opened' || opening.outcome === 'paired';
  const request = await requireRequest(database, key, opening.id);
  return { status: made ? 201 : 200, body: await liveRequest(database, request, now, key) } as const;
}

function refuseOpening(opening: RequestOpening, key: RequestKey): asserts opening is RequestOpening & { id: string } {
  if (opening.outcome === 'taken') throw conflict('request_exists', 'There is another request with this id');
  if (opening.outcome === 'refused') throw refusalOfRequest(opening, key);
  if (opening.outcome !== 'unknown') return;
  const errors = opening.fields.map((field) => ({
    pointer: `/${field}`,
    detail: field === 'programId' ? 'There is no program with this id' : 'There is no person with this id',
  }));
  if (opening.fields.includes('programId'))
    throw new Problem('not-found', 'There is no program with this id', { errors });
  throw invalid(errors);
}

function listRoute({ database }: RequestRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/requests',
    operationId: 'listRequests',
    summary: 'List requests, offers and lists, newest first',
    tag,
    scope: 'read',
    query: requestsQuery,
    responses: { 200: requestList },
    async handler({ query, key }) {
      const { limit, cursor = null, ...filter } = query;
      const rows = await listRequests(database, filter, {
        programIds: key.programIds,
        after: cursor,
        limit: limit + 1,
      });
      const { items, next } = page(
        rows,
        limit,
        (row) => row,
        ({ createdAt, id }) => [createdAt, id],
      );
      return { status: 200, body: { items: await requestItems(database, items, key), next } };
    },
  });
}

function getRoute({ database, clock }: RequestRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/requests/{id}',
    operationId: 'getRequest',
    summary: 'Read a request, an offer or a list, with what comes next',
    tag,
    scope: 'read',
    params: requestParams,
    responses: { 200: requestLive },
    async handler({ params, key }) {
      const request = await requireRequest(database, key, params.id);
      return { status: 200, body: await liveRequest(database, request, await clock.now(), key) };
    },
  });
}

/**
 * A request that the key may see.
 * @throws {Problem} 404
 */
export async function requireRequest(database: Database, key: RequestKey, id: string): Promise<RequestRecord> {
  const request = await readRequest(database, id, key.programIds);
  if (!request) throw notFound('There is no request with this id');
  return request;
}
