import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { chooseEnrolment } from '../../prisma/store/enrolment-choice.ts';
import type { Clock } from '../../runtime/clock.ts';
import { conflict, notFound } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { id } from '../schemas/common.ts';
import { personAnswer } from '../schemas/person.ts';
import { personView } from './person-view.ts';

const enrolmentInput = z.strictObject({ programId: id, choice: z.enum(['confirm', 'optOut']) }).meta({
  id: 'EnrolmentChoice',
  description: '`confirm`: the person goes on with the program; `optOut`: they do not',
});

/** Whether a person goes on with a program, as they told the platform (S9). */
export function enrolmentRoutes({ database, clock }: { database: Database; clock: Clock }): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/people/{id}/enrolment',
      operationId: 'chooseEnrolment',
      summary: 'Say whether a person goes on with a program',
      description:
        'In every role that they have there, at any time; it can be changed again. Whoever is `unconfirmed` is matched ' +
        'again from then on; whoever opts out is not, and keeps the pairs that there are.',
      tag: 'people',
      scope: 'command',
      idempotent: true,
      params: z.strictObject({ id }),
      body: enrolmentInput,
      responses: { 200: personAnswer },
      async handler({ params, body, key }) {
        const given = { ...body, personId: params.id, programIds: key.programIds, now: await clock.now() };
        const { outcome } = await chooseEnrolment(database, given);
        if (outcome === 'removed') throw conflict('removed', 'The person was removed from the program');
        const person = outcome === 'hidden' ? null : await personView(database, params.id, key);
        if (!person) throw notFound('There is no person with this id who is enrolled in this program');
        return { status: 200, body: person };
      },
    }),
  ];
}
