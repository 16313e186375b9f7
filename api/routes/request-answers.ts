import type { Answer } from '../../policy/request/answering.ts';
import { reopenableUntil } from '../../policy/request/request.ts';
import { type Instant, toRfc3339 } from '../../policy/time.ts';
import { type AnswerWords, answerRequest, type PairTerms } from '../../prisma/store/request-answers.ts';
import { readRequestContext } from '../../prisma/store/request-work.ts';
import type { RequestRecord } from '../../prisma/store/requests.ts';
import type { RequestKey } from '../authentication.ts';
import { notFound } from '../problem.ts';
import { refusalOfRequest } from '../request-refusals.ts';
import { liveRequest } from '../request-view.ts';
import { type Route, route } from '../route.ts';
import {
  acceptInput,
  assignInput,
  closeRequestInput,
  declineInput,
  remindInput,
  reopenInput,
  requestLive,
  requestParams,
  requestReminded,
  withdrawInput,
} from '../schemas/request.ts';
import type { RequestRouteDeps } from './requests.ts';

const tag = 'requests';
const noTerms: PairTerms = { classId: null, staff: {} };

/** What becomes of requests: by who was asked, by who asked, and by staff. The first one recorded wins. */
export function requestAnswerRoutes(deps: RequestRouteDeps): Route[] {
  return [
    acceptRoute(deps),
    declineRoute(deps),
    withdrawRoute(deps),
    remindRoute(deps),
    closeRoute(deps),
    reopenRoute(deps),
    assignRoute(deps),
  ];
}

function described<const N extends string>(operationId: N, suffix: string, summary: string, description?: string) {
  return {
    method: 'post',
    path: `/v1/requests/{id}${suffix}`,
    operationId,
    summary,
    ...(description && { description }),
    tag,
    scope: 'command',
    idempotent: true,
    params: requestParams,
    responses: { 200: requestLive },
  } as const;
}

function acceptRoute(deps: RequestRouteDeps): Route {
  return route({
    ...described(
      'acceptRequest',
      ':accept',
      'Accept: the pair is made at once',
      'Its id is `pair_` and that of the request.',
    ),
    body: acceptInput,
    async handler({ params, body, key }) {
      const { by, classId, staff } = body;
      return answered(deps, key, params.id, { act: 'accept', by }, { classId: classId ?? null, staff });
    },
  });
}

function declineRoute(deps: RequestRouteDeps): Route {
  return route({
    ...described('declineRequest', ':decline', 'Decline, with a reason and words for the one who asked'),
    body: declineInput,
    async handler({ params, body, key }) {
      const { by, reason, message, note } = body;
      return answered(
        deps,
        key,
        params.id,
        { act: 'decline', by, reason },
        { ...noTerms, reply: message, staffNote: note },
      );
    },
  });
}

function withdrawRoute(deps: RequestRouteDeps): Route {
  return route({
    ...described('withdrawRequest', ':withdraw', 'Withdraw, by the one who asked'),
    body: withdrawInput,
    handler: ({ params, body, key }) => answered(deps, key, params.id, { act: 'withdraw', ...body }, noTerms),
  });
}

function remindRoute(deps: RequestRouteDeps): Route {
  return route({
    ...described('remindRequest', ':remind', 'Remind the one who was asked, once in 24 hours'),
    responses: { 200: requestReminded },
    body: remindInput,
    async handler({ params, body, key }) {
      const reply = await answered(deps, key, params.id, { act: 'remind', ...body }, noTerms);
      return { ...reply, body: { ...reply.body, plannedFor: toRfc3339(reply.now) } };
    },
  });
}

function closeRoute(deps: RequestRouteDeps): Route {
  return route({
    ...described('closeRequest', ':close', 'Close by hand; `message` goes to the one who asked'),
    body: closeRequestInput,
    async handler({ params, body, key }) {
      const { by, message } = body;
      return answered(deps, key, params.id, { act: 'close', by }, { ...noTerms, reply: message });
    },
  });
}

function reopenRoute(deps: RequestRouteDeps): Route {
  return route({
    ...described('reopenRequest', ':reopen', 'Open again what closed without an answer; its clock starts afresh'),
    body: reopenInput,
    handler: ({ params, body, key }) => answered(deps, key, params.id, { act: 'reopen', ...body }, noTerms),
  });
}

function assignRoute(deps: RequestRouteDeps): Route {
  return route({
    ...described('assignRequest', ':assign', 'Assign a mentor from a list: the pair is made at once'),
    body: assignInput,
    async handler({ params, body, key }) {
      const { by, mentorId, reason, classId, staff } = body;
      const answer: Answer = { act: 'assign', by, mentorId, override: reason ?? null };
      return answered(deps, key, params.id, answer, { classId: classId ?? null, staff });
    },
  });
}

/**
 * Records the answer and shows the request as it then stands.
 * @throws {Problem} 404, 409 or 422 with the code of the refusal and, where another answer was first, what happened
 */
async function answered(
  { database, clock, relay }: RequestRouteDeps,
  key: RequestKey,
  id: string,
  answer: Answer,
  given: AnswerWords & PairTerms,
) {
  const now = await clock.now();
  const result = await answerRequest(database, id, answer, given, { programIds: key.programIds, now });
  if (result.outcome === 'hidden') throw notFound('There is no request with this id');
  // What was written may call somebody although it came too late.
  relay.wake();
  if (result.outcome === 'refused') {
    const members = { ...result.members, ...(await reopening(database, result.request, now)) };
    throw refusalOfRequest({ ...result, members }, key);
  }
  return { status: 200, body: await liveRequest(database, result.request, now, key), now } as const;
}

/** Until when a request that has closed can be opened again (R11). */
async function reopening(
  database: RequestRouteDeps['database'],
  request: RequestRecord | null,
  now: Instant,
): Promise<Record<string, unknown>> {
  if (!request || request.status === 'pending') return {};
  const { policy, zone } = await readRequestContext(database, request, { ahead: 0, spread: 0 });
  const until = reopenableUntil(request, policy, zone);
  return { reopenableUntil: until === null || until <= now ? null : toRfc3339(until) };
}
