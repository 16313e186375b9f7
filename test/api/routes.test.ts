import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Route, route } from '../../api/route.ts';
import { encodeCursor, id } from '../../api/schemas/common.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { things } from '../support/things.ts';

let api: TestApi;
let auth: { Authorization: string };

beforeAll(async () => {
  api = await createTestApi({ routes: things });
  auth = await api.bearer();
});
afterAll(() => api.drop());

test('the types of a route refuse an undeclared status and a body that does not fit', () => {
  const declared = { method: 'get', path: '/v1/x', operationId: 'x', summary: 'x', tag: 'x', scope: null } as const;
  const responses = { 200: z.object({ id, list: z.array(z.string()) }), 202: null };
  const declarations: Route[] = [
    route({ ...declared, responses, handler: async () => ({ status: 200, body: { id: 'a', list: ['a'] } }) }),
    // @ts-expect-error 201 is not declared
    route({ ...declared, responses, handler: async () => ({ status: 201, body: { id: 'a', list: ['a'] } }) }),
    // @ts-expect-error the id is a string
    route({ ...declared, responses, handler: async () => ({ status: 200, body: { id: 1, list: ['a'] } }) }),
    // @ts-expect-error 202 has no body
    route({ ...declared, responses, handler: async () => ({ status: 202, body: { id: 'a', list: ['a'] } }) }),
  ];
  expect(declarations.map(({ scope, idempotent, bodies }) => ({ scope, idempotent, bodies }))).toEqual(
    Array.from({ length: 4 }, () => ({ scope: null, idempotent: false, bodies: {} })),
  );
});

describe('lists', () => {
  const get = (query: string) => request(api.app).get(`/v1/things${query}`).set(auth);

  test('give 50 items unless told, and go on behind the cursor to the end', async () => {
    const seen: number[] = [];
    let query = '';
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await get(query);
      seen.push(...body.items);
      query = `?cursor=${body.next}`;
      if (pages === 2) expect(body.next).toBeNull();
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => index));
    expect((await get('?limit=200&state=on')).body.items).toHaveLength(120);
  });

  test.each([
    ['limit=0', '/query/limit'],
    ['limit=201', '/query/limit'],
    ['limit=1e2', '/query/limit'],
    ['limit=', '/query/limit'],
    ['limit=1&limit=2', '/query/limit'],
    ['cursor=%%%25', undefined],
    ['cursor=nonsense', '/query/cursor'],
    [`cursor=${encodeCursor('text')}`, '/query/cursor'],
    [`cursor=${encodeCursor(5).replace(/.$/, '=')}`, '/query/cursor'],
    ['state=half', '/query/state'],
    ['unknown=1', '/query/unknown'],
    ['__proto__=1', undefined],
  ])('refuse the query %s', async (query, pointer) => {
    const response = await get(`?${query}`);
    expect([400, 422]).toContain(response.status);
    if (pointer) expect(response.body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });
});
