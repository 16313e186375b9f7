import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { pushRecommendations, putRecommendations, type Recommending } from '../../prisma/store/recommendations.ts';
import type { Clock } from '../../runtime/clock.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import { invalid, notFound } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { id } from '../schemas/common.ts';
import { personAnswer } from '../schemas/person.ts';
import { pushAnswer, pushInput, recommendationsInput } from '../schemas/recommendation.ts';
import { personView } from './person-view.ts';

export interface RecommendationRouteDeps {
  database: Database;
  clock: Clock;
  nudge: (shard: DispatchShard) => Promise<void>;
}

const tag = 'requests';

/** Mentors whom staff recommend to mentees: stored for one, or pushed to many with a mail each. */
export function recommendationRoutes(deps: RecommendationRouteDeps): Route[] {
  return [putRoute(deps), pushRoute(deps)];
}

function putRoute({ database, clock }: RecommendationRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/people/{id}/recommendations',
    operationId: 'putRecommendations',
    summary: 'Store which mentors are recommended to a mentee; nobody is told',
    tag,
    scope: 'command',
    params: z.strictObject({ id }),
    body: recommendationsInput,
    responses: { 200: personAnswer },
    async handler({ params, body, key }) {
      const item = { menteeId: params.id, mentorIds: body.mentorIds };
      const caller = { programIds: key.programIds, now: await clock.now() };
      refuseRecommending(await putRecommendations(database, body.programId, item, caller), '', '/path/id');
      const person = await personView(database, params.id, key);
      if (!person) throw notFound('There is no person with this id');
      return { status: 200, body: person };
    },
  });
}

function pushRoute({ database, clock, nudge }: RecommendationRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/recommendations:push',
    operationId: 'pushRecommendations',
    summary: 'Recommend mentors to many mentees, with one mail each',
    description: 'A mentee whose list is the one pushed last gets no mail. Everything is pushed, or nothing.',
    tag,
    scope: 'command',
    idempotent: true,
    body: pushInput,
    responses: { 200: pushAnswer },
    async handler({ body, key }) {
      const caller = { programIds: key.programIds, now: await clock.now() };
      const classOf = (template: string) => classify(template as TemplateKey);
      const pushed = await pushRecommendations(database, body.programId, body.items, caller, classOf);
      refuseRecommending(pushed, '/items', null);
      const { mailed, shards } = pushed.outcome === 'pushed' ? pushed : { mailed: [] as string[], shards: [] };
      await Promise.all(shards.map(nudge));
      const items = body.items.map(({ menteeId }) => ({ menteeId, mailed: mailed.includes(menteeId) }));
      return { status: 200, body: { items } };
    },
  });
}

/**
 * @param at where the items are in the body; empty where the body is the only one
 * @param mentee where the mentee of the only item is
 * @throws {Problem} 404 or 422 naming each fault
 */
function refuseRecommending(given: Recommending, at: string, mentee: string | null): void {
  const item = (index: number): string => (at === '' ? '' : `${at}/${index}`);
  if (given.outcome === 'no_program') throw notFound('There is no program with this id');
  if (given.outcome === 'too_many') {
    const detail = `This program recommends ${given.limit} mentors to one mentee at most`;
    throw invalid(given.items.map((index) => ({ pointer: `${item(index)}/mentorIds`, detail })));
  }
  if (given.outcome !== 'unknown') return;
  const detail = 'There is no person with this id';
  const pointerOf = ({ item: index, mentor }: { item: number; mentor: number | null }): string =>
    mentor === null ? (mentee ?? `${item(index)}/menteeId`) : `${item(index)}/mentorIds/${mentor}`;
  throw invalid(given.people.map((person) => ({ pointer: pointerOf(person), detail })));
}
