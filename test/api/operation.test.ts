import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../support/api.ts';
import { expectProblem, things } from '../support/things.ts';

let missing: string[] = [];
let api: TestApi;

beforeAll(async () => {
  api = await createTestApi({ routes: things, ready: async () => missing });
});
afterAll(() => api.drop());

describe('operation', () => {
  test('readiness names what is missing', async () => {
    expect((await request(api.app).get('/readyz')).body).toEqual({ status: 'ok' });
    missing = ['temporal', 'worker'];
    const response = await request(api.app).get('/readyz');
    expectProblem(response, 503, 'unavailable');
    expect(response.body.missing).toEqual(['temporal', 'worker']);
  });

  test('measurements carry the route template and no ids', async () => {
    await request(api.app).get('/v1/things/secret-id');
    await request(api.app).get('/secret-path');
    const { text } = await request(api.app).get('/metrics');
    expect(text).toContain('route="/v1/things/{id}",status="200"');
    expect(text).toContain('route="unmatched",status="404"');
    expect(text).not.toContain('secret');
  });

  test('every answer forbids what a page could load, and the docs page loads nothing', async () => {
    const { headers, text } = await request(api.app).get('/docs');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none';style-src 'sha256-[^;]+;frame-ancestors 'none'$/,
    );
    expect(text).toContain('/v1/things/{id}:echo');
    expect(text).not.toMatch(/<script|src=|https?:\/\/(?!127\.0\.0\.1)|style="/);
  });

  test('E6 the OpenAPI document lists exactly the routes that are served', async () => {
    const { body } = await request(api.app).get('/openapi.json');
    const listed = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    const own = [
      'get /livez',
      'get /readyz',
      'get /metrics',
      'get /openapi.json',
      'get /docs',
      'post /v1/keys',
      'delete /v1/keys/{id}',
    ];
    expect(listed.sort()).toEqual([...own, ...things.map(({ method, path }) => `${method} ${path}`)].sort());
    for (const entry of listed) {
      const [method = '', path = ''] = entry.split(' ');
      const response = await request(api.app)[method as 'get'](path.replace(/\{\w+\}/, 'a'));
      expect([404, 405]).not.toContain(response.status);
    }
  });

  test('E6 the OpenAPI document tells parameters, bodies, answers, scopes and refusals', async () => {
    const { body } = await request(api.app).get('/openapi.json');
    expect([body.openapi, body.servers]).toEqual(['3.1.0', [{ url: 'http://127.0.0.1:8080' }]]);
    const operation = body.paths['/v1/things/{id}:echo'].post;
    const parameters = operation.parameters.map((each: { in: string; name: string }) => `${each.in} ${each.name}`);
    expect(parameters).toEqual(['path id', 'header Idempotency-Key']);
    expect(Object.keys(operation.requestBody.content)).toEqual(['application/json', 'text/calendar']);
    expect(operation.requestBody.content['application/json'].schema.additionalProperties).toBe(false);
    expect(operation.requestBody.required).toBe(true);
    expect(operation.security).toEqual([{ key: [] }]);
    expect(operation.description).toContain('`command`');
    expect(Object.keys(operation.responses)).toEqual(['201', 'default']);
    expect(operation.responses.default.content['application/problem+json'].schema.$ref).toBe(
      '#/components/schemas/Problem',
    );
    const limit = body.paths['/v1/things'].get.parameters.find((each: { name: string }) => each.name === 'limit');
    expect(limit.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 200, default: 50 });
  });
});
