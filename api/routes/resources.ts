import { z } from 'zod';
import { hasOnlyAllowedLinks } from '../../activities/rendering/links.ts';
import { offeredResources } from '../../policy/resources/offer.ts';
import type { OfferedResource, PutResource } from '../../policy/resources/resource.ts';
import type { Database } from '../../prisma/database.ts';
import type { ProgramVersionRecord } from '../../prisma/store/programs.ts';
import { putResource, putResources, takeResource } from '../../prisma/store/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import { invalid, notFound } from '../problem.ts';
import { fixedLinks } from '../program-links.ts';
import { type Route, route } from '../route.ts';
import { id, page } from '../schemas/common.ts';
import { resourceAnswer, resourceInput, resourceList, resourcesQuery } from '../schemas/resource.ts';
import { requireStoredProgram } from './programs.ts';

export interface ResourceRouteDeps {
  database: Database;
  clock: Clock;
}

const tag = 'resources';
const programParams = z.strictObject({ id });
const params = z.strictObject({ id, key: id });

/** What a program offers people to read: the standard set, and what it puts beside it or in its place (T9). */
export function resourceRoutes(deps: ResourceRouteDeps): Route[] {
  return [listRoute(deps), getRoute(deps), putRoute(deps), deleteRoute(deps)];
}

function listRoute({ database }: ResourceRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/programs/{id}/resources',
    operationId: 'listResources',
    summary: 'List the resources of a program by their keys, the standard set among them',
    description: 'Standard ones that the program has switched off are listed with `off`.',
    tag,
    scope: 'read',
    params: programParams,
    query: resourcesQuery,
    responses: { 200: resourceList },
    async handler({ params, query, key }) {
      await requireStoredProgram(database, key, params.id);
      const { limit, cursor = '', topic, audience } = query;
      const offered = offeredResources(await putResources(database, params.id)).filter(
        (resource) =>
          resource.key > cursor &&
          (topic === undefined || resource.topics.includes(topic)) &&
          (audience === undefined || resource.audience === audience),
      );
      return { status: 200, body: page(offered.slice(0, limit + 1), limit, itemOf, (resource) => resource.key) };
    },
  });
}

function getRoute({ database }: ResourceRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/programs/{id}/resources/{key}',
    operationId: 'getResource',
    summary: 'Read a resource of a program',
    tag,
    scope: 'read',
    params,
    responses: { 200: resourceAnswer },
    async handler({ params, key }) {
      await requireStoredProgram(database, key, params.id);
      return { status: 200, body: itemOf(await requireResource(database, params)) };
    },
  });
}

function putRoute({ database, clock }: ResourceRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/programs/{id}/resources/{key}',
    operationId: 'putResource',
    summary: 'Put a resource of the program, or switch a standard one off and on',
    description:
      'Words under the key of a standard resource take its place. `{"off": true}` switches a standard resource off, ' +
      '`{"off": false}` gives it back as it ships. A text carries no links but the fixed ones of the program: what is ' +
      'somewhere else is a `url`.',
    tag,
    scope: 'command',
    params,
    body: resourceInput,
    responses: { 200: resourceAnswer },
    async handler({ params, body, key }) {
      const program = await requireStoredProgram(database, key, params.id);
      if ('title' in body) {
        await putResource(database, params.id, ownResource(params.key, body, program), await clock.now());
      } else {
        requireStandard(params.key);
        if (body.off) await putResource(database, params.id, { key: params.key, off: true }, await clock.now());
        else await takeResource(database, params.id, params.key);
      }
      return { status: 200, body: itemOf(await requireResource(database, params)) };
    },
  });
}

function deleteRoute({ database, clock }: ResourceRouteDeps): Route {
  return route({
    method: 'delete',
    path: '/v1/programs/{id}/resources/{key}',
    operationId: 'deleteResource',
    summary: 'Offer a resource no longer',
    description:
      'Words of the program are gone; a standard resource is switched off, which `PUT {"off": false}` undoes.',
    tag,
    scope: 'command',
    params,
    responses: { 204: null },
    async handler({ params, key }) {
      await requireStoredProgram(database, key, params.id);
      await requireResource(database, params);
      if (isStandard(params.key))
        await putResource(database, params.id, { key: params.key, off: true }, await clock.now());
      else await takeResource(database, params.id, params.key);
      return { status: 204 };
    },
  });
}

function itemOf({ topics, ...resource }: OfferedResource): z.input<typeof resourceAnswer> {
  return { ...resource, topics: [...topics] };
}

/** @throws {Problem} 422 where the words carry a link that no message could */
function ownResource(
  key: string,
  words: Extract<z.output<typeof resourceInput>, { title: string }>,
  { document }: ProgramVersionRecord,
): PutResource {
  const { title, text = null, url = null, topics, audience, locale = document.locale } = words;
  const faults = Object.entries({ title, text }).filter(
    ([, given]) => given !== null && !hasOnlyAllowedLinks(given, fixedLinks(document)),
  );
  if (faults.length > 0) {
    const detail = 'Contains a link that is not one of the program’s: put it under url';
    throw invalid(faults.map(([field]) => ({ pointer: `/${field}`, detail })));
  }
  return { key, off: false, title, text, url, topics, audience, locale };
}

function isStandard(key: string): boolean {
  return offeredResources([]).some((resource) => resource.key === key);
}

/** @throws {Problem} 422 for a key that is none of the standard set */
function requireStandard(key: string): void {
  if (!isStandard(key))
    throw invalid([{ pointer: '/off', detail: 'Only a standard resource can be switched off and on' }]);
}

/** @throws {Problem} 404 */
async function requireResource(database: Database, params: { id: string; key: string }): Promise<OfferedResource> {
  const offered = offeredResources(await putResources(database, params.id));
  const resource = offered.find(({ key }) => key === params.key);
  if (!resource) throw notFound('There is no resource with this key');
  return resource;
}
