import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { erasePerson } from '../../prisma/store/erasure.ts';
import type { Clock } from '../../runtime/clock.ts';
import { conflict, notFound } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { id } from '../schemas/common.ts';

export interface ErasureRouteDeps {
  database: Database;
  clock: Clock;
  /** Carries new journal entries to their workflows. */
  relay: { wake: () => void };
}

/** A person's right to be forgotten; the ledger keeps that something was said, and when. */
export function erasureRoutes({ database, clock, relay }: ErasureRouteDeps): Route[] {
  const erase = route({
    method: 'delete',
    path: '/v1/people/{id}',
    operationId: 'erasePerson',
    summary: 'Erase a person for good',
    description:
      'Name, addresses and every word by, to and about them go; the ledger keeps ids, times and states, and suppressed ' +
      'addresses stay suppressed. Refused with 409 while an open safety case concerns them (`in_safety_case`), while they ' +
      'are the guardian of a minor (`guardian_of_minor`: name another one first), and to a key that is limited to some of ' +
      'their programs (`in_other_programs`). A second time changes nothing; the id is never given to anybody else.',
    tag: 'people',
    scope: 'admin',
    params: z.strictObject({ id }),
    responses: { 204: null },
    async handler({ params, key }) {
      const erasure = await erasePerson(database, {
        id: params.id,
        programIds: key.programIds,
        now: await clock.now(),
      });
      if (erasure.outcome === 'hidden') throw notFound('There is no person with this id');
      if (erasure.outcome !== 'erased') throw refusalOf(erasure);
      if (erasure.noted > 0) relay.wake();
      return { status: 204 };
    },
  });
  return [erase];
}

type Refused = Exclude<Awaited<ReturnType<typeof erasePerson>>, { outcome: 'erased' | 'hidden' }>;

function refusalOf(erasure: Refused) {
  switch (erasure.outcome) {
    case 'in_safety_case':
      return conflict('in_safety_case', 'An open safety case concerns this person: a person has to clear it first');
    case 'in_other_programs':
      return conflict('in_other_programs', 'The person is also in programs that this key does not reach');
    case 'guardian_of_minor': {
      const detail = 'The person is the guardian of a minor: give the minor another guardian, or none, first';
      return conflict('guardian_of_minor', detail, { minorIds: erasure.minorIds });
    }
  }
}
