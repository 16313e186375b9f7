import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../prisma/database.ts';
import { type Authentication, type RequestKey, requireScope } from './authentication.ts';
import { oncePerKey } from './idempotency.ts';
import { readBody, refuseUnstorable } from './json-body.ts';
import { type Fault, invalid } from './problem.ts';
import { readBytes } from './raw-body.ts';
import type { PlainReply, RawRequest, Route, RouteRequest } from './route.ts';
import { check } from './validation.ts';

export interface EndpointDeps {
  database: Database;
  logger: Logger;
  authentication: Authentication;
}

/** The parts of a request by the names that a handler knows them by. */
type Parts = Pick<RouteRequest<unknown, unknown, unknown, unknown, unknown>, 'params' | 'query' | 'headers' | 'body'>;

/**
 * Carries out one request on its route: key and scope, body, validation of every part, idempotency, handler, answer.
 * @throws {Problem} for every refusal
 */
export async function serve(route: Route, deps: EndpointDeps, request: Request, response: Response): Promise<void> {
  if (route.rawLimitBytes !== undefined) return serveRaw(route, route.rawLimitBytes, request, response);
  const key = await authorize(route, deps.authentication, request);
  const types = Object.keys(route.bodies);
  const body = types.length > 0 ? await readBody(request, response, types) : null;
  const parts = validated(route, request, body);
  const mediaType = body?.mediaType ?? '';
  const idempotencyKey = route.idempotent ? request.get('Idempotency-Key') : undefined;
  const asked = { ...parts, mediaType, key, idempotencyKey };
  const perform = () => route.handler(asked as RouteRequest<never, never, never, never, never>);
  if (key === null || idempotencyKey === undefined) return await send(response, await perform());
  const keyed = { apiKeyId: key.id, key: idempotencyKey, method: request.method, path: request.originalUrl };
  await send(response, await oncePerKey(deps, { ...keyed, body: body?.value }, perform));
}

async function serveRaw(route: Route, limitBytes: number, request: Request, response: Response): Promise<void> {
  const bytes = await readBytes(request, response, { limitBytes, inflate: false });
  const body: RawRequest = { bytes, target: request.originalUrl, header: (name) => request.get(name) };
  const nothing = { params: {}, query: {}, headers: {}, mediaType: '', key: null };
  await send(response, await route.handler({ ...nothing, body } as RouteRequest<never, never, never, never, never>));
}

async function authorize(
  { scope }: Route,
  authentication: Authentication,
  request: Request,
): Promise<RequestKey | null> {
  if (scope === null) return null;
  const key = await authentication.authenticate(request.get('Authorization'), request.ip);
  requireScope(key, scope);
  return key;
}

/** Every part after its schema; the faults of all parts are told together. */
function validated(route: Route, request: Request, body: Awaited<ReturnType<typeof readBody>>): Parts {
  const faults: Fault[] = [];
  const part = (schema: Route['query'], value: unknown, prefix: string): unknown => {
    if (!schema) return {};
    refuseUnstorable(value);
    const result = check(schema, value, prefix);
    if (result.ok) return result.value;
    faults.push(...result.faults);
    return {};
  };
  const params = part(route.params, request.params, '/path');
  const query = part(route.query, request.query, '/query');
  const headers = part(route.headers, request.headers, '/header');
  const checkedBody = checkBody(route, body, faults);
  if (faults.length > 0) throw invalid(faults);
  return { params, query, headers, body: checkedBody };
}

function checkBody(route: Route, body: Awaited<ReturnType<typeof readBody>>, faults: Fault[]): unknown {
  const schema = route.bodies[body?.mediaType ?? Object.keys(route.bodies)[0] ?? ''];
  if (!schema) return undefined;
  const result = check(schema, body?.value);
  if (result.ok) return result.value;
  faults.push(...(body ? result.faults : [{ pointer: '', detail: 'A body is needed' }]));
  return undefined;
}

async function send(response: Response, { status, headers, body, type }: PlainReply): Promise<void> {
  response.status(status).set(headers ?? {});
  if (body === undefined) response.end();
  else if (type !== undefined && isStream(body)) await sendStream(response.type(type), body);
  else if (type !== undefined) response.type(type).send(body);
  else if (status >= 400) response.type('application/problem+json').send(JSON.stringify(body));
  else response.json(body);
}

function isStream(body: unknown): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Part by part, as fast as the reader takes it; what fails before the first part is still answered as a problem. */
async function sendStream(response: Response, stream: AsyncIterable<string>): Promise<void> {
  for await (const part of stream) {
    if (response.destroyed) return;
    if (!response.write(part)) await drained(response);
  }
  response.end();
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}
