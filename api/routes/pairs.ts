import type { z } from 'zod';
import { DAY, toRfc3339 } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import { consentMissing, createPair, type PairMaking } from '../../prisma/store/pair-making.ts';
import { pairTimeline, type TimelineItem } from '../../prisma/store/pair-timeline.ts';
import { listPairs, type PairRecord, readPair } from '../../prisma/store/pairs.ts';
import type { Clock } from '../../runtime/clock.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import type { RequestKey } from '../authentication.ts';
import { digestOf } from '../digest.ts';
import type { PairGateway } from '../pair-gateway.ts';
import { listedPair, livePair, livePlan } from '../pair-view.ts';
import { conflict, invalid, notFound, Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { page } from '../schemas/common.ts';
import {
  pairAnswer,
  pairInput,
  pairList,
  pairMade,
  pairParams,
  pairsQuery,
  planAnswer,
  planQuery,
  timelineAnswer,
  timelineQuery,
} from '../schemas/pair.ts';

export interface PairRouteDeps {
  database: Database;
  clock: Clock;
  gateway: PairGateway;
  /** Carries new journal entries to their workflows. */
  relay: { wake: () => void };
}

const tag = 'pairs';
const planDays = 28;
const planDaysAtMost = 400;

/** Pairs: made, read live, listed and planned. */
export function pairRoutes(deps: PairRouteDeps): Route[] {
  return [createRoute(deps), listRoute(deps), getRoute(deps), planRoute(deps), timelineRoute(deps)];
}

function createRoute({ database, clock, relay }: PairRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/pairs',
    operationId: 'createPair',
    summary: 'Make a pair',
    description: 'The same pair again changes nothing. Events that came before it are taken up.',
    tag,
    scope: 'command',
    idempotent: true,
    body: pairInput,
    responses: { 200: pairMade, 201: pairMade },
    async handler({ body, key }) {
      if (body.mentorId === body.menteeId) {
        throw invalid([{ pointer: '/menteeId', detail: 'Nobody is their own mentee' }]);
      }
      const now = await clock.now();
      const made = await createPair(database, newPair(body, now), { programIds: key.programIds, now });
      refuseMaking(made, key);
      if (made.outcome === 'created') relay.wake();
      const pair = await requirePair(database, key, body.id);
      const view = listedPair(pair, now, key.has('sensitive'));
      return { status: made.outcome === 'created' ? 201 : 200, body: { ...view, warnings: warningsOf(pair) } };
    },
  });
}

function newPair(body: z.output<typeof pairInput>, now: number) {
  const { id, programId, classId, matchedAt, override: _, reason, ...rest } = body;
  const owner = pairWorkflowId(programId, id);
  return {
    ...rest,
    id,
    programId,
    owner,
    classId: classId ?? null,
    matchedAt: matchedAt ?? now,
    digest: digestOf(body),
    override: reason ?? null,
  };
}

/** @throws {Problem} 404, 409 or 422 unless the pair was made or is there already */
function refuseMaking(made: PairMaking, key: RequestKey): asserts made is { outcome: 'created' | 'same' } {
  if (made.outcome === 'taken') throw conflict('pair_exists', 'There is another pair with this id');
  if (made.outcome === 'refused') {
    const code = publicCode(made, key);
    const rematchAfter = made.rematchAfter && { rematchAfter: made.rematchAfter.toISOString() };
    throw conflict(code, refusals[code], { field: made.field, ...rematchAfter });
  }
  if (made.outcome !== 'unknown') return;
  const errors = made.fields.map((field) => ({
    pointer: `/${field}`,
    detail: `There is no ${named[field]} with this id`,
  }));
  if (made.fields.includes('programId')) throw new Problem('not-found', 'There is no program with this id', { errors });
  throw invalid(errors);
}

const unavailable = { mentorId: 'mentor_unavailable', menteeId: 'mentee_unavailable' } as const;

/** Why somebody is unavailable is theirs to tell; whoever may not see safety cases reads no more of these either (K6). */
function publicCode({ code, field }: Extract<PairMaking, { outcome: 'refused' }>, key: RequestKey) {
  if (code === 'not_to_be_matched' || code === 'opted_out') return unavailable[field];
  if (code === 'held' && !key.has('sensitive')) return unavailable[field];
  return code;
}

const refusals = {
  removed: 'This person was removed',
  unconfirmed: 'This person has not confirmed to go on',
  held: 'This person is in an open safety case',
  mentor_unavailable: 'The mentor is not available',
  mentee_unavailable: 'The mentee is not available',
  rematch_cooldown: 'This person has asked for a re-match and may not be matched before `rematchAfter`',
};

const named = {
  programId: 'program',
  mentorId: 'person',
  menteeId: 'person',
  classId: 'class in the program',
} as const;

function warningsOf(pair: PairRecord): z.input<typeof pairMade>['warnings'] {
  const warnings: z.input<typeof pairMade>['warnings'] = [];
  if (pair.openCases.some(({ reason }) => reason === consentMissing)) {
    warnings.push({
      code: consentMissing,
      detail: 'The guardian of the mentee, a minor, has not consented to contact',
    });
  }
  if (pair.coordinatorId === null) {
    warnings.push({ code: 'unrouted', detail: 'Neither the pair nor its program has a coordinator' });
  }
  return warnings;
}

function listRoute({ database, clock }: PairRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/pairs',
    operationId: 'listPairs',
    summary: 'List pairs, newest first',
    description: 'Each is shown as of now, from what it last said of itself.',
    tag,
    scope: 'read',
    query: pairsQuery,
    responses: { 200: pairList },
    async handler({ query, key }) {
      const { limit, cursor = null, ...filter } = query;
      const now = await clock.now();
      const reading = { programIds: key.programIds, now, after: cursor, limit: limit + 1 };
      const rows = await listPairs(database, filter, reading);
      const item = (row: PairRecord) => listedPair(row, now, key.has('sensitive'));
      return { status: 200, body: page(rows, limit, item, ({ createdAt, id }) => [createdAt.getTime(), id]) };
    },
  });
}

function getRoute(deps: PairRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/pairs/{id}',
    operationId: 'getPair',
    summary: 'Read a pair live',
    description: 'Asked of its workflow; `Tandem-Source: projection` says that what it last said was read instead.',
    tag,
    scope: 'read',
    params: pairParams,
    responses: { 200: pairAnswer },
    async handler({ params, key }) {
      const pair = await requirePair(deps.database, key, params.id);
      const told = await livePair(deps, pair, await deps.clock.now(), key.has('sensitive'));
      return { status: 200, body: told.value, headers: told.headers };
    },
  });
}

function planRoute(deps: PairRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/pairs/{id}/plan',
    operationId: 'getPairPlan',
    summary: 'Read the planned steps of a pair, soonest first',
    tag,
    scope: 'read',
    params: pairParams,
    query: planQuery,
    responses: { 200: planAnswer },
    async handler({ params, query, key }) {
      const now = await deps.clock.now();
      const { until = now + planDays * DAY } = query;
      if (until > now + planDaysAtMost * DAY) {
        throw invalid([{ pointer: '/query/until', detail: `A plan reaches ${planDaysAtMost} days at most` }]);
      }
      const pair = await requirePair(deps.database, key, params.id);
      const told = await livePlan(deps, pair, now, until);
      const known = told.value.filter((step) => !step.sensitive || key.has('sensitive'));
      const items = known.map(({ sensitive: _, ...step }) => ({ ...step, at: toRfc3339(step.at) }));
      return { status: 200, body: { items, next: null }, headers: told.headers };
    },
  });
}

function timelineRoute({ database }: PairRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/pairs/{id}/timeline',
    operationId: 'getPairTimeline',
    summary: 'Read the messages and journal entries of a pair, oldest first',
    tag,
    scope: 'read',
    params: pairParams,
    query: timelineQuery,
    responses: { 200: timelineAnswer },
    async handler({ params, query, key }) {
      const pair = await requirePair(database, key, params.id);
      const { limit, cursor = null } = query;
      const rows = await pairTimeline(database, pair, {
        safety: key.has('sensitive'),
        after: cursor,
        limit: limit + 1,
      });
      return { status: 200, body: page(rows, limit, timelineItem, ({ at, place }) => [at.getTime(), place]) };
    },
  });
}

function timelineItem({ kind, id, at, type, state, reason, receivedAt, key, to, channel }: TimelineItem) {
  const common = { kind, id, at: at.toISOString(), type, state, reason };
  const entry = receivedAt && { receivedAt: receivedAt.toISOString() };
  const message = key !== null && to !== null && channel !== null && { key, to, channel };
  return { ...common, ...entry, ...message };
}

/**
 * A pair that the key may see.
 * @throws {Problem} 404
 */
export async function requirePair(database: Database, key: RequestKey, id: string): Promise<PairRecord> {
  const pair = await readPair(database, id, key.programIds);
  if (!pair) throw notFound('There is no pair with this id');
  return pair;
}
