import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { type ClassRecord, putClass, readClass } from '../../prisma/store/classes.ts';
import { type ProgramVersionRecord, readProgram } from '../../prisma/store/programs.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { RequestKey } from '../authentication.ts';
import { conflict, invalid, notFound, type Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { classAnswer, classInput, classPreview, classQuery, icalendarText } from '../schemas/class.ts';
import { id } from '../schemas/common.ts';
import { CalendarFault } from '../schemas/icalendar-fault.ts';
import { type ClassBody, type ClassQuery, contentOf, programOf } from './class-document.ts';
import { previewOf } from './class-preview.ts';

export interface ClassRouteDeps {
  database: Database;
  clock: Clock;
  /** Carries new journal entries to their workflows. */
  relay: { wake: () => void };
}

const params = z.strictObject({ id });
const tag = 'classes';
/** A calendar in either form. */
const document = { query: classQuery, body: classInput, otherBodies: { 'text/calendar': icalendarText } };

/** Classes and their calendars (W15, W17). */
export function classRoutes(deps: ClassRouteDeps): Route[] {
  return [putRoute(deps), getRoute(deps), previewRoute(deps)];
}

function putRoute({ database, clock, relay }: ClassRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/classes/{id}',
    operationId: 'putClass',
    summary: 'Store the calendar of a class',
    description:
      'The document is the whole calendar: a session that it leaves out is cancelled, unless it has begun. ' +
      'With `text/calendar`, program, zone and end come in the query. The same document again changes nothing.',
    tag,
    scope: 'command',
    params,
    ...document,
    responses: { 200: classAnswer, 201: classAnswer },
    async handler({ params, query, body, key }) {
      const now = await clock.now();
      const program = await requireProgramOf(database, key, body, query);
      const result = await faultsAsProblem(async () => {
        const contentAfter = contentOf(body, query, program.document.zone, now);
        return putClass(database, { id: params.id, programId: program.id, contentAfter, now });
      });
      if (result.outcome === 'elsewhere') throw elsewhere(key, result.programId);
      if (result.noted > 0) relay.wake();
      return { status: result.created ? 201 : 200, body: answerOf(result.record) };
    },
  });
}

function getRoute({ database }: ClassRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/classes/{id}',
    operationId: 'getClass',
    summary: 'Read a class and its calendar',
    tag,
    scope: 'read',
    params,
    responses: { 200: classAnswer },
    async handler({ params, key }) {
      const found = await readClass(database, params.id);
      if (!found || !key.mayProgram(found.programId)) throw noClass();
      return { status: 200, body: answerOf(found) };
    },
  });
}

function previewRoute({ database, clock }: ClassRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/classes/{id}:preview',
    operationId: 'previewClass',
    summary: 'Show what a calendar would be, and change nothing',
    tag,
    scope: 'read',
    params,
    ...document,
    responses: { 200: classPreview },
    async handler({ params, query, body, key }) {
      const now = await clock.now();
      const program = await requireProgramOf(database, key, body, query);
      const found = await readClass(database, params.id);
      if (found && found.programId !== program.id) throw elsewhere(key, found.programId);
      const current = found?.calendar ?? null;
      const content = await faultsAsProblem(async () => contentOf(body, query, program.document.zone, now)(current));
      return { status: 200, body: previewOf(program.id, current, content, program.document.policy.classWeek) };
    },
  });
}

/** @throws {Problem} 422 where there is no such program for the key */
async function requireProgramOf(
  database: Database,
  key: RequestKey,
  body: ClassBody,
  query: ClassQuery,
): Promise<ProgramVersionRecord> {
  const { programId, pointer } = programOf(body, query);
  const program = key.mayProgram(programId) ? await readProgram(database, programId) : null;
  if (!program) throw invalid([{ pointer, detail: 'There is no program with this id' }]);
  return program;
}

/** @throws {Problem} 422 for a calendar that cannot be read */
async function faultsAsProblem<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CalendarFault) throw invalid([...error.errors]);
    throw error;
  }
}

function elsewhere(key: RequestKey, programId: string): Problem {
  if (!key.mayProgram(programId)) return noClass();
  return conflict('class_elsewhere', 'The class belongs to another program', { programId });
}

function noClass(): Problem {
  return notFound('There is no class with this id');
}

function answerOf({ programId, calendar }: ClassRecord): z.input<typeof classAnswer> {
  const { classId, version, zone, endsOn, sessions } = calendar;
  return { id: classId, programId, version, zone, endsOn, sessions };
}
