import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { createKey, findKey, revokeKey } from '../../prisma/store/keys.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Authentication, RequestKey } from '../authentication.ts';
import { forbidden, notFound } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { id } from '../schemas/common.ts';
import { createdKey, newKey } from '../schemas/key.ts';

export interface KeyRouteDeps {
  database: Database;
  clock: Clock;
  authentication: Authentication;
}

/**
 * Keys for callers. Making one takes no Idempotency-Key: its stored answer would hold the key, of which only the hash
 * may be stored.
 */
export function keyRoutes({ database, clock, authentication }: KeyRouteDeps): Route[] {
  const create = route({
    method: 'post',
    path: '/v1/keys',
    operationId: 'createKey',
    summary: 'Make a key',
    description: 'The key is shown once. A key limited to programs makes only keys limited to some of them.',
    tag: 'keys',
    scope: 'admin',
    body: newKey,
    responses: { 201: createdKey },
    async handler({ body, key }) {
      if (!within(key, body.programIds)) throw forbidden('The new key would reach programs that this key does not');
      const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt);
      const created = await createKey(database, { ...body, expiresAt }, new Date(await clock.now()));
      return { status: 201, body: created, headers: { 'Cache-Control': 'no-store' } };
    },
  });
  const revoke = route({
    method: 'delete',
    path: '/v1/keys/{id}',
    operationId: 'revokeKey',
    summary: 'Revoke a key for good',
    description: 'This process refuses it at once, every other within five seconds.',
    tag: 'keys',
    scope: 'admin',
    params: z.strictObject({ id }),
    responses: { 204: null },
    async handler({ params, key }) {
      const found = await findKey(database, params.id);
      if (!found || !within(key, found.programIds)) throw notFound('There is no key with this id');
      await revokeKey(database, params.id, new Date(await clock.now()));
      authentication.forget();
      return { status: 204 };
    },
  });
  return [create, revoke];
}

/** Whether a key reaches all of these programs; absent or null stands for every program. */
function within(key: RequestKey, programIds: readonly string[] | null | undefined): boolean {
  return programIds ? programIds.every((programId) => key.mayProgram(programId)) : key.programIds === null;
}
