import { z } from 'zod';
import { lintProgram } from '../../policy/lint.ts';
import { withDefaults } from '../../policy/program.ts';
import type { Database } from '../../prisma/database.ts';
import {
  listProgramVersions,
  type ProgramVersionRecord,
  putProgram,
  readProgram,
} from '../../prisma/store/programs.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { RequestKey } from '../authentication.ts';
import { notFound, Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { flag, id, listQuery, page } from '../schemas/common.ts';
import { programAnswer, programInput, programVersions, storedProgramAnswer } from '../schemas/program.ts';

export interface ProgramRouteDeps {
  database: Database;
  clock: Clock;
  /** Carries new journal entries to their workflows. */
  relay: { wake: () => void };
}

const params = z.strictObject({ id });
const tag = 'programs';

/** Programs: their document, checked before it is stored (V6), in versions (V7). */
export function programRoutes(deps: ProgramRouteDeps): Route[] {
  return [putRoute(deps), getRoute(deps), versionsRoute(deps)];
}

function putRoute({ database, clock, relay }: ProgramRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/programs/{id}',
    operationId: 'putProgram',
    summary: 'Store a program document as its next version',
    description:
      'What cannot work is refused, what is unwise is answered as a finding. Pairs take the version at their next class ' +
      'window, with `applyNow=true` at once; `staff` and `links` apply at once. The same document again changes nothing, ' +
      'but with `applyNow=true` it becomes a version that applies now, unless it was stored with it.',
    tag,
    scope: 'admin',
    params,
    query: z.strictObject({ applyNow: flag.default(false) }),
    body: programInput,
    responses: { 200: storedProgramAnswer, 201: storedProgramAnswer },
    async handler({ params, query, body, key }) {
      requireProgram(key, params.id);
      const document = withDefaults(body);
      const findings = lintProgram(document);
      refuseErrors(findings);
      const change = { id: params.id, document, applyNow: query.applyNow, now: await clock.now() };
      const { version, created, applies, noted } = await putProgram(database, change);
      if (noted > 0) relay.wake();
      return { status: created ? 201 : 200, body: { id: params.id, version, applies, ...document, findings } };
    },
  });
}

function refuseErrors(findings: ReturnType<typeof lintProgram>): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new Problem('validation', 'The program cannot work as it is written', {
    code: 'lint',
    errors: errors.map(({ pointer, detail }) => ({ pointer, detail })),
    members: { findings },
  });
}

function getRoute({ database }: ProgramRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/programs/{id}',
    operationId: 'getProgram',
    summary: 'Read the current version of a program',
    tag,
    scope: 'read',
    params,
    responses: { 200: programAnswer },
    async handler({ params, key }) {
      const { version, document } = await requireStoredProgram(database, key, params.id);
      return { status: 200, body: { id: params.id, version, ...document } };
    },
  });
}

function versionsRoute({ database }: ProgramRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/programs/{id}/versions',
    operationId: 'listProgramVersions',
    summary: 'List the versions of a program, newest first',
    tag,
    scope: 'read',
    params,
    query: listQuery(
      {},
      z
        .int()
        .min(1)
        .max(2 ** 31 - 1),
    ),
    responses: { 200: programVersions },
    async handler({ params, query, key }) {
      await requireStoredProgram(database, key, params.id);
      const { limit, cursor = null } = query;
      const rows = await listProgramVersions(database, params.id, { before: cursor, limit: limit + 1 });
      return { status: 200, body: page(rows, limit, versionItem, ({ version }) => version) };
    },
  });
}

function versionItem({ version, applyNow, createdAt, document }: ProgramVersionRecord) {
  return { version, applyNow, createdAt: createdAt.toISOString(), ...document };
}

/** @throws {Problem} 404 where the key is limited to other programs */
export function requireProgram(key: RequestKey, programId: string): void {
  if (!key.mayProgram(programId)) throw notFound('There is no program with this id');
}

/**
 * The current version of a program that the key may see.
 * @throws {Problem} 404
 */
export async function requireStoredProgram(
  database: Database,
  key: RequestKey,
  programId: string,
): Promise<ProgramVersionRecord> {
  requireProgram(key, programId);
  const program = await readProgram(database, programId);
  if (!program) throw notFound('There is no program with this id');
  return program;
}
