import { z } from 'zod';
import { eventIdOf } from '../../policy/event.ts';
import { idOf } from '../../policy/pair/context.ts';
import type { Database } from '../../prisma/database.ts';
import { acknowledgeCase, type CaseChanging, noteOnCase, resolveCase } from '../../prisma/store/case-changes.ts';
import { openCase } from '../../prisma/store/case-opening.ts';
import { readCaseWords } from '../../prisma/store/case-words.ts';
import { type CaseRecord, type CaseView, listCases, readCase } from '../../prisma/store/cases.ts';
import { readPair } from '../../prisma/store/pairs.ts';
import { confirmRemoval } from '../../prisma/store/sweeps/quiet.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import type { RequestKey } from '../authentication.ts';
import { caseItem } from '../case-item.ts';
import { conflict, invalid, notFound, Problem } from '../problem.ts';
import { requestIdentity } from '../request-identity.ts';
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
    async handler({ body, key, idempotencyKey }) {
      const { pairId = null, personId = null, programId = null, pauseReminders = false, ...rest } = body;
      const id = idOf('case', requestIdentity({ key, idempotencyKey, body }));
      const given = { ...rest, id, pairId, personId, programId, pauseReminders };
      const opened = await openCase(database, given, { programIds: key.programIds, now: await clock.now() });
      if (opened.outcome === 'pair_closed') throw conflict('pair_closed', 'The pair is closed');
      if (opened.outcome === 'already_open') {
        const { caseId } = opened;
        throw conflict('intervention_open', 'An intervention is open for the pair: note it there', { caseId });
      }
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
      deps.relay.wake();
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
      refuseOutcome(found, outcome);
      await refuseStranger(database, found, outcome, personId);
      const caller = { ...viewOf(key), now: await clock.now() };
      refuse(await resolveCase(database, params.id, { by, outcome, personId, note }, caller));
      if (found.pairId !== null || found.kind === 'safety' || outcome === 'removed') relay.wake();
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

/** The task by which staff confirm that somebody of whom nothing was heard has left (S8). */
const removalOutcomes = ['resolved', 'removed'];

/** @throws {Problem} 422 */
function refuseOutcome({ kind, reason }: CaseRecord, outcome: string): void {
  const allowed = reason === confirmRemoval ? removalOutcomes : (outcomes[kind] ?? ['resolved']);
  if (allowed.includes(outcome)) return;
  const detail = `A case of this kind ends with ${allowed.join(', ')}`;
  throw new Problem('refused', detail, { code: 'outcome', errors: [{ pointer: '/outcome', detail }] });
}

/** Outcomes that act on one party alone; a re-match without one is for both. */
const ofOneParty = ['unavailable', 'removed'];

/** @throws {Problem} 422 where an outcome names somebody who is not one of the case's pair, or has nobody to act on (S4) */
async function refuseStranger(
  database: Database,
  { pairId, reason }: CaseRecord,
  outcome: string,
  personId: string | null,
): Promise<void> {
  const acts = reason !== confirmRemoval && outcome !== 'resolved' && outcome !== 'cleared';
  if (pairId === null) {
    if (acts) throw invalid([{ pointer: '/outcome', detail: 'A case about no pair ends with resolved' }]);
    return;
  }
  if (personId === null && !(acts && ofOneParty.includes(outcome))) return;
  const pair = await readPair(database, pairId, null);
  if (personId !== null && [pair?.mentorId, pair?.menteeId].includes(personId)) return;
  throw invalid([{ pointer: '/personId', detail: 'Name the mentor or the mentee of the pair by id' }]);
}

/** What a nudge misses the relay makes good: it nudges every dispatcher whose rows are overdue. */
function nudgeAll({ nudge }: CaseRouteDeps): void {
  for (const shard of ['people', 'urgent'] as const) nudge(shard).catch(() => undefined);
}

/** @throws {Problem} 404, 409 or 422 unless the change was made */
function refuse({ outcome }: CaseChanging): void {
  if (outcome === 'hidden') throw noCase();
  if (outcome === 'ended') throw conflict('case_ended', 'The case has ended');
  if (outcome === 'concerned')
    throw invalid([{ pointer: '/by', detail: 'The case is about this person: staff look after it' }]);
  if (outcome === 'unknown_person')
    throw invalid([{ pointer: '/by', detail: 'There is no person with this id: name who takes the case' }]);
}

async function seen({ database, inboundDomain }: CaseRouteDeps, caseId: string, key: RequestKey) {
  const found = await readCase(database, caseId, viewOf(key));
  if (!found) throw noCase();
  const item = caseItem(found, key, inboundDomain);
  if (!key.has('sensitive')) return item;
  const words = await readCaseWords(database, found);
  return { ...item, words: words.map(({ ref, field, text }) => ({ eventId: eventIdOf(ref), field, text })) };
}

function noCase(): Problem {
  return notFound('There is no case with this id');
}
