import { z } from 'zod';
import { reachOfAll } from '../../policy/delivery/reach.ts';
import { viewPair } from '../../policy/pair/view.ts';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import { type FocusRecord, type HealthRecord, listFocus, readHealth } from '../../prisma/store/focus-list.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Route, route } from '../route.ts';
import { focusList, focusQuery, programHealth } from '../schemas/case.ts';
import { id, page } from '../schemas/common.ts';
import { requireStoredProgram } from './programs.ts';

export interface FocusListRouteDeps {
  database: Database;
  clock: Clock;
  /** The names of those who carry mail and texts. */
  providers: Record<Channel, string>;
}

/** What staff look at first: their escalated pairs (W20), and what is amiss in a program. */
export function focusListRoutes(deps: FocusListRouteDeps): Route[] {
  return [listRoute(deps), healthRoute(deps)];
}

function listRoute({ database, clock }: FocusListRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/focus-list',
    operationId: 'getFocusList',
    summary: 'List the escalated pairs of a coordinator or a supervisor, oldest first',
    tag: 'cases',
    scope: 'read',
    query: focusQuery,
    responses: { 200: focusList },
    async handler({ query, key }) {
      const { limit, cursor = null, coordinator = null, supervisor = null, programId = null } = query;
      const now = await clock.now();
      const reading = { programIds: key.programIds, after: cursor, limit: limit + 1 };
      const rows = await listFocus(database, { coordinator, supervisor, programId }, reading);
      const item = (row: FocusRecord) => focusItem(row, now);
      return { status: 200, body: page(rows, limit, item, (row) => [row.since.getTime(), row.caseId]) };
    },
  });
}

function focusItem({ projection, details, since, lastOutreach, ...row }: FocusRecord, now: Instant) {
  const view = projection ? viewPair(projection.state, now, projection.ctx) : {};
  const { classWeek } = view as { classWeek?: { missedStreak: number } };
  const { reached, why } = reachOfAll(row.reminders);
  return {
    pairId: row.pairId,
    programId: row.programId,
    caseId: row.caseId,
    reason: row.reason,
    state: row.state,
    streak: classWeek?.missedStreak ?? details.streak ?? 0,
    since: since.toISOString(),
    lastOutreach: lastOutreach?.toISOString() ?? null,
    reminderDelivered: reached === 'yes',
    notDeliveredBecause: why,
    notes: row.notes,
  };
}

function healthRoute({ database, clock, providers }: FocusListRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/programs/{id}/health',
    operationId: 'getProgramHealth',
    summary: 'Read what is amiss in a program',
    tag: 'programs',
    scope: 'read',
    params: z.strictObject({ id }),
    responses: { 200: programHealth },
    async handler({ params, key }) {
      await requireStoredProgram(database, key, params.id);
      const reading = { safety: key.has('sensitive'), providers: Object.values(providers) };
      const health = await readHealth(database, params.id, await clock.now(), reading);
      return { status: 200, body: { ...health, ...dated(health) } };
    },
  });
}

/** The lists whose items say since when, each instant as answers carry it. */
function dated(health: HealthRecord) {
  const inList = <T extends { since: string }>(items: T[]): T[] =>
    items.map((item) => ({ ...item, since: new Date(item.since).toISOString() }));
  return {
    unrouted: inList(health.unrouted),
    unreachable: inList(health.unreachable),
    overdue: inList(health.overdue),
    parkedChannels: inList(health.parkedChannels),
    unknownSends: inList(health.unknownSends),
    quarantinedReports: inList(health.quarantinedReports),
  };
}
