import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import {
  acknowledgeCase,
  type CaseChanging,
  noteOnCase,
  openCase,
  resolveCase,
} from '../../prisma/store/case-changes.ts';
import { type CaseRecord, type CaseView, listCases, readCase } from '../../prisma/store/cases.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import type { RequestKey } from '../authentication.ts';
import { caseItem, newCaseId } from '../case-item.ts';
import { conflict, invalid, notFound, Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import {
  acknowledgeInput,
  caseAnswer,
  caseInput,
  caseList,
  casesQuery,
  noteInput,
  resolveInput,
} from '../schemas/case.ts';
import { id, page } from '../schemas/common.ts';

export interface CaseRouteDeps {
  database: Database;
  clock: Clock;
  /** Carries new journal entries to their workflows. */
  relay: { wake: () => void };
  /** Wakes a dispatcher after rows were freed. */
  nudge: (shard: DispatchShard) => Promise<void>;
  /** Domain that receives replies by e-mail; null when there is none. */
  inboundDomain: string | null;
}

const tag = 'cases';
const params = z.strictObject({ id });
const responses = { 200: caseAnswer };

/** Cases: opened by pairs and by staff, and looked after by staff. Safety cases exist only for keys that may see them. */
export function caseRoutes(deps: CaseRouteDeps): Route[] {
  return [
    listRoute(deps),
    getRoute(deps),
    openRoute(deps),
    acknowledgeRoute(deps),
    noteRoute(deps),
    resolveRoute(deps),
  ];
}

function viewOf(key: RequestKey): CaseView {
  return { programIds: key.programIds, safety: key.has('sensitive') };
}

function listRoute({ database, inboundDomain }: CaseRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/cases',
    operationId: 'listCases',
    summary: 'List cases, newest first',
    tag,
    scope: 'read',
    query: casesQuery,
    responses: { 200: caseList },
    async handler({ query, key }) {
      const { limit, cursor = null, ...filter } = query;
      const rows = await listCases(database, filter, { ...viewOf(key), after: cursor, limit: limit + 1 });
      const item = (row: CaseRecord) => caseItem(row, key, inboundDomain);
      return { status: 200, body: page(rows, limit, item, (row) => [row.openedAt.getTime(), row.id]) };
    },
  });
}

function getRoute(deps: CaseRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/cases/{id}',
    operationId: 'getCase',
    summary: 'Read a case',
    tag,
    scope: 'read',
    params,
    responses,
    async handler({ params, key }) {
      return { status: 200, body: await seen(deps, params.id, key) };
    },
  });
}

function openRoute({ database, clock, relay, inboundDomain }: CaseRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/cases',
    operationId: 'openCase',
    summary: 'Open a case about a pair or a person',
    tag,
    scope: 'command',
    idempotent: true,
    body: caseInput,
    responses: { 201: caseAnswer },
    async handler({ body, key }) {
      const { pairId = null, personId = null, programId = null, pauseReminders = false, ...rest } = body;
      const given = { ...rest, id: newCaseId(), pairId, personId, programId, pauseReminders };
      const opened = await openCase(database, given, { programIds: key.programIds, now: await clock.now() });
      if (opened.outcome === 'pair_closed') throw conflict('pair_closed', 'The pair is closed');
      if (opened.outcome === 'unknown') {
        throw invalid([{ pointer: `/${opened.field}`, detail: 'There is no such thing, or it does not belong here' }]);
      }
      if (opened.noted) relay.wake();
      // Whoever opened a case may read it, a safety case too.
      const made = await readCase(database, given.id, { programIds: key.programIds, safety: true });
      return { status: 201, body: caseItem(made as CaseRecord, key, inboundDomain) };
    },
  });
}

function acknowledgeRoute(deps: CaseRouteDeps): Route {
  return route({
    ...described('acknowledgeCase', ':acknowledge', 'Say that a case has been seen'),
    body: acknowledgeInput,
    async handler({ params, body, key }) {
      const caller = { ...viewOf(key), now: await deps.clock.now() };
      refuse(await acknowledgeCase(deps.database, params.id, body.by, caller));
      return { status: 200, body: await seen(deps, params.id, key) };
    },
  });
}

function noteRoute(deps: CaseRouteDeps): Route {
  return route({
    ...described('noteOnCase', ':note', 'Add a note to a case'),
    body: noteInput,
    async handler({ params, body, key }) {
      const caller = { ...viewOf(key), now: await deps.clock.now() };
      refuse(await noteOnCase(deps.database, params.id, body, caller));
      return { status: 200, body: await seen(deps, params.id, key) };
    },
  });
}

function resolveRoute(deps: CaseRouteDeps): Route {
  return route({
    ...described('resolveCase', ':resolve', 'End a case'),
    body: resolveInput,
    async handler({ params, body, key }) {
      const { by, outcome, personId = null, note = null } = body;
      const { database, clock, relay } = deps;
      const found = await readCase(database, params.id, viewOf(key));
      if (!found) throw noCase();
      refuseOutcome(found.kind, outcome);
      const caller = { ...viewOf(key), now: await clock.now() };
      refuse(await resolveCase(database, params.id, { by, outcome, personId, note }, caller));
      if (found.pairId !== null) relay.wake();
      if (found.kind === 'safety') nudgeAll(deps);
      return { status: 200, body: await seen(deps, params.id, key) };
    },
  });
}

function described<const N extends string>(operationId: N, suffix: string, summary: string) {
  return {
    method: 'post',
    path: `/v1/cases/{id}${suffix}`,
    operationId,
    summary,
    tag,
    scope: 'command',
    idempotent: true,
    params,
    responses,
  } as const;
}

/** The outcomes that end each kind of case (S4, K6); `resolved` ends every other one. */
const outcomes: Record<string, readonly string[]> = {
  safety: ['cleared'],
  intervention: ['resolved', 'rematch', 'unavailable', 'removed'],
  trouble: ['resolved', 'rematch', 'unavailable', 'removed'],
};

/** @throws {Problem} 422 */
function refuseOutcome(kind: string, outcome: string): void {
  const allowed = outcomes[kind] ?? ['resolved'];
  if (allowed.includes(outcome)) return;
  const detail = `A case of this kind ends with ${allowed.join(', ')}`;
  throw new Problem('refused', detail, { code: 'outcome', errors: [{ pointer: '/outcome', detail }] });
}

/** What a nudge misses the relay makes good: it nudges every dispatcher whose rows are overdue. */
function nudgeAll({ nudge }: CaseRouteDeps): void {
  for (const shard of ['people', 'urgent'] as const) nudge(shard).catch(() => undefined);
}

/** @throws {Problem} 404 or 409 unless the change was made */
function refuse({ outcome }: CaseChanging): void {
  if (outcome === 'hidden') throw noCase();
  if (outcome === 'ended') throw conflict('case_ended', 'The case has ended');
}

async function seen({ database, inboundDomain }: CaseRouteDeps, caseId: string, key: RequestKey) {
  const found = await readCase(database, caseId, viewOf(key));
  if (!found) throw noCase();
  return caseItem(found, key, inboundDomain);
}

function noCase(): Problem {
  return notFound('There is no case with this id');
}
