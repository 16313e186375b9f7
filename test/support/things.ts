import type request from 'supertest';
import { expect } from 'vitest';
import { z } from 'zod';
import { route } from '../../api/route.ts';
import { id, listOf, listQuery, page } from '../../api/schemas/common.ts';

/** Routes of an invented resource that show everything a route can declare. */

const echoBody = z.strictObject({
  text: z.string(),
  many: z.array(z.strictObject({ count: z.int() })).optional(),
  free: z.record(z.string(), z.unknown()).optional(),
});

/** What the echo does besides answering, and how often it was carried out. */
export const echoing = { times: 0, also: async (): Promise<void> => {} };

const echo = route({
  method: 'post',
  path: '/v1/things/{id}:echo',
  operationId: 'echo',
  summary: 'Say it again',
  tag: 'things',
  scope: 'command',
  idempotent: true,
  params: z.strictObject({ id }),
  body: echoBody,
  otherBodies: { 'text/calendar': z.string().min(3) },
  responses: { 201: z.object({ id, body: z.unknown(), mediaType: z.string() }) },
  async handler({ params, body, mediaType }) {
    echoing.times++;
    await echoing.also();
    return { status: 201, body: { id: params.id, body, mediaType }, headers: { Location: `/v1/things/${params.id}` } };
  },
});

const list = route({
  method: 'get',
  path: '/v1/things',
  operationId: 'listThings',
  summary: 'All things',
  tag: 'things',
  scope: 'read',
  query: listQuery({ state: z.enum(['on', 'off']).optional() }, z.int()),
  responses: { 200: listOf(z.int()) },
  async handler({ query }) {
    const from = query.cursor ?? 0;
    const rows = Array.from({ length: Math.min(query.limit + 1, 120 - from) }, (_, index) => from + index);
    const { items, next } = page(
      rows,
      query.limit,
      (row) => row,
      (row) => row + 1,
    );
    return { status: 200, body: { items, next } };
  },
});

const fixed = route({
  method: 'get',
  path: '/v1/things/fixed',
  operationId: 'fixedThing',
  summary: 'A fixed name beside a parameter',
  tag: 'things',
  scope: null,
  responses: { 200: z.literal('fixed') },
  handler: async () => ({ status: 200, body: 'fixed' }),
});

const one = route({
  method: 'get',
  path: '/v1/things/{id}',
  operationId: 'thing',
  summary: 'One thing',
  tag: 'things',
  scope: null,
  params: z.strictObject({ id }),
  responses: { 200: z.object({ id }), 204: null },
  handler: async ({ params }) => (params.id === 'none' ? { status: 204 } : { status: 200, body: { id: params.id } }),
});

export const things = [echo, one, list, fixed];

/** Fails unless an answer is a problem document of that status and kind. */
export function expectProblem(response: request.Response, status: number, kind: string): void {
  expect(response.status, response.text).toBe(status);
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(response.body).toMatchObject({ type: `urn:tandem:problem:${kind}`, status });
  expect(response.body.title).toBeTruthy();
  expect(response.body.detail).toBeTruthy();
}
