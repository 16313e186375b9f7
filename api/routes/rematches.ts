import type { Database } from '../../prisma/database.ts';
import { listDueRematches, type WaitingPerson } from '../../prisma/store/rematches.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Route, route } from '../route.ts';
import { page } from '../schemas/common.ts';
import { rematchesQuery, rematchList } from '../schemas/rematch.ts';

export interface RematchRouteDeps {
  database: Database;
  clock: Clock;
}

/** Who waits for a new counterpart (T5); a key limited to programs sees those of its programs. */
export function rematchRoutes({ database, clock }: RematchRouteDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/people',
      operationId: 'listRematches',
      summary: 'List who waits for a new counterpart, those who may be matched for longest first',
      description:
        'Somebody is listed once in each program from `rematchAfter` on, until they are in a new pair of it.',
      tag: 'people',
      scope: 'read',
      query: rematchesQuery,
      responses: { 200: rematchList },
      async handler({ query, key }) {
        const { limit, cursor = null, programId } = query;
        const reading = { programIds: key.programIds, now: await clock.now(), after: cursor, limit: limit + 1 };
        const rows = await listDueRematches(database, { programId }, reading);
        return { status: 200, body: page(rows, limit, itemOf, positionOf) };
      },
    }),
  ];
}

function itemOf({ personId, name, programId, role, pairId, askedAt, eligibleAt }: WaitingPerson) {
  const times = { askedAt: askedAt.toISOString(), rematchAfter: eligibleAt.toISOString() };
  return { id: personId, name, programId, role, pairId, ...times };
}

function positionOf({ eligibleAt, programId, personId }: WaitingPerson): [number, string] {
  return [eligibleAt.getTime(), `${programId}/${personId}`];
}
