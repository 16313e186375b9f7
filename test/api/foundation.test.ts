import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, queryRows } from '../../prisma/database.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { echoing, expectProblem, things } from '../support/things.ts';

let api: TestApi;
let auth: { Authorization: string };

beforeAll(async () => {
  api = await createTestApi({ routes: things });
  auth = await api.bearer();
});
afterAll(() => api.drop());
beforeEach(() => {
  echoing.times = 0;
  echoing.also = async () => {};
});

const post = (body: string | Buffer, type = 'application/json', path = '/v1/things/a:echo') =>
  request(api.app)
    .post(path)
    .set(auth)
    .set('Content-Type', type)
    .serialize((given) => given)
    .send(body);

describe('E6 every refusal is a problem document of a stable type', () => {
  test('a good request is answered, with its headers', async () => {
    const response = await post(
      '{"text":"é😀","free":{"constructor":{"prototype":1}}}',
      'application/json; charset=UTF-8',
    );
    expect(response.status, response.text).toBe(201);
    expect(response.headers.location).toBe('/v1/things/a');
    expect(response.body.body).toEqual({ text: 'é😀', free: { constructor: { prototype: 1 } } });
  });

  test.each(['/nowhere', '/v1/things/', '/V1/things', '/v1/things/a:unknown', '/v1/things/a/b'])(
    'an unknown address %s is 404',
    async (path) => expectProblem(await request(api.app).get(path), 404, 'not-found'),
  );

  test('a wrong method is 405 and says which there are', async () => {
    const response = await request(api.app).delete('/v1/things/a:echo');
    expectProblem(response, 405, 'method-not-allowed');
    expect(response.headers.allow).toBe('POST');
    expect((await request(api.app).options('/v1/things')).headers.allow).toBe('GET, HEAD');
    expect((await request(api.app).head('/v1/things/a')).status).toBe(200);
  });

  test.each(['text/plain', 'application/xml', 'application/json; charset=utf-16', 'nonsense'])(
    'the content type %s is 415',
    async (type) => {
      const response = await post('{"text":"a"}', type);
      expectProblem(response, 415, 'unsupported-type');
      expect(response.headers.accept).toBe('application/json, text/calendar');
    },
  );

  test('a body of another declared type arrives as text', async () => {
    const response = await post('BEGIN:VCALENDAR', 'text/calendar');
    expect(response.body).toMatchObject({ body: 'BEGIN:VCALENDAR', mediaType: 'text/calendar' });
    expectProblem(await post('a\0bc', 'text/calendar'), 400, 'malformed');
  });

  test('a body over 256 kB is 413, also when it was compressed; one just below is read', async () => {
    const sized = (bytes: number) => `{"text":"${'a'.repeat(bytes - 11)}"}`;
    expect((await post(sized(256 * 1024))).status).toBe(201);
    expectProblem(await post(sized(256 * 1024 + 1)), 413, 'too-large');
    const zipped = gzipSync(sized(1_000_000));
    expectProblem(await post(zipped).set('Content-Encoding', 'gzip'), 413, 'too-large');
    expect((await post(gzipSync('{"text":"a"}')).set('Content-Encoding', 'gzip')).status).toBe(201);
    expectProblem(await post(Buffer.from('{"text":"a"}')).set('Content-Encoding', 'gzip'), 400, 'malformed');
    expectProblem(await post('{"text":"a"}').set('Content-Encoding', 'rot13'), 415, 'unsupported-type');
  });

  test.each([
    ['{"text": a}', 9, 'line 1, column 10'],
    ['{"text":\n "a",}', 14, 'line 2, column 6'],
    ['{"text":"a"', 11, 'line 1, column 12'],
    ['{"text":"a"} x', 13, 'line 1, column 14'],
    ['{"a":"\\x"}', 5, 'line 1, column 6'],
    ['[1,2,,3]', 5, 'line 1, column 6'],
    ['{"a":01}', 6, 'line 1, column 7'],
    [`{"text":"${'a'.repeat(250_000)}`, 8, 'line 1, column 9'],
    [`${'['.repeat(250_000)}`, 250_000, 'line 1, column 250001'],
  ])('malformed JSON is 400 and says where it goes wrong', async (text, position, place) => {
    const response = await post(text);
    expectProblem(response, 400, 'malformed');
    expect(response.body.position).toBe(position);
    expect(response.body.detail).toContain(place);
  });

  test.each([
    ['a NUL', '{"text":"a","free":{"x":[{"y":"a\\u0000"}]}}', '/free/x/0/y'],
    ['a NUL in a name', '{"text":"a","free":{"x":{"\\u0000":1}}}', '/free/x'],
    ['half a surrogate pair', '{"text":"\\ud83d"}', '/text'],
    ['half a surrogate pair in a name', '{"text":"a","free":{"\\udc00":1}}', '/free'],
    ['a number out of range', '{"text":"a","free":{"a/b~":1e400}}', '/free/a~1b~0'],
    ['the name __proto__', '{"text":"a","free":{"__proto__":{"x":1}}}', '/free'],
  ])('%s anywhere in the body is 400 with a pointer', async (_what, body, pointer) => {
    const response = await post(body);
    expectProblem(response, 400, 'malformed');
    expect(response.body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });

  test('a body nested deeper than 32 levels is 400, one of 32 is read', async () => {
    const nested = (levels: number) => `{"text":"a","free":{"x":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
    expect((await post(nested(30))).status).toBe(201);
    expectProblem(await post(nested(31)), 400, 'malformed');
    expectProblem(await post(nested(100_000)), 400, 'malformed');
  });

  test('bytes that are not UTF-8 and a broken percent code are 400', async () => {
    expectProblem(await post(Buffer.from([0x7b, 0xff, 0x7d])), 400, 'malformed');
    expectProblem(await request(api.app).get('/v1/things/%E0%A4'), 400, 'malformed');
    expectProblem(await request(api.app).get('/v1/things?state=%00').set(auth), 400, 'malformed');
  });

  test('what the schemas refuse is 422 with a pointer to each fault, of all parts together', async () => {
    const response = await post(
      '{"text":5,"many":[{"count":1},{"count":1.5,"a/b":2}],"more":1}',
      undefined,
      '/v1/things/a.b:echo',
    );
    expectProblem(response, 422, 'validation');
    const pointers = response.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['/many/1/a~1b', '/many/1/count', '/more', '/path/id', '/text']);
    expect(response.text).not.toContain('1.5');
  });

  test('a missing body is 422, a missing content type 415', async () => {
    const missingBody = await request(api.app).post('/v1/things/a:echo').set(auth);
    expectProblem(missingBody, 422, 'validation');
    expect(missingBody.body.errors).toEqual([{ pointer: '', detail: 'A body is needed' }]);
    const untyped = request(api.app).post('/v1/things/a:echo').set(auth).set('Content-Type', '');
    expectProblem(await untyped.send('{"text":"a"}'), 415, 'unsupported-type');
  });

  test('an unexpected failure is 500 with a correlation id, and quotes nothing', async () => {
    echoing.also = async () => {
      await queryRows(api.database, 'select $1::int', 'ada@example.org');
    };
    const response = await post('{"text":"a"}');
    expectProblem(response, 500, 'internal');
    expect(api.logged()).toContain(response.body.correlationId);
    expect(response.text + api.logged()).not.toContain('ada@example.org');
  });

  test('a database that is away is 503, and readiness names it', async () => {
    const database = openDatabase('postgresql://nobody@127.0.0.1:1/none', { applicationName: 'test' });
    const away = await createTestApi({ routes: things, database });
    try {
      const response = await request(away.app).get('/v1/things').set(auth);
      expectProblem(response, 503, 'unavailable');
      expect(response.headers['retry-after']).toBe('1');
      expect((await request(away.app).get('/readyz')).body.missing).toEqual(['database']);
      expect((await request(away.app).get('/livez')).status).toBe(200);
    } finally {
      await database.close();
      await away.drop();
    }
  });

  test('no JSON whatsoever is answered with 5xx, and nothing pollutes the prototype', async () => {
    const strange = fc.oneof(
      fc.string().map((text) => JSON.stringify({ text })),
      fc.json(),
      fc.string(),
      fc.constantFrom(
        '{"text":"a","__proto__":{"polluted":1}}',
        '{"constructor":1}',
        '[]',
        'null',
        '0',
        '""',
        '{"a":{}}',
      ),
      fc
        .record({ text: fc.anything(), many: fc.anything(), free: fc.object() })
        .map((value) => JSON.stringify(value) ?? ''),
    );
    const verdicts = new Set<number>();
    const property = fc.asyncProperty(strange, fc.constantFrom('/v1/things/a:echo', '/v1/keys'), async (body, path) => {
      const response = await post(body, 'application/json', path);
      verdicts.add(response.status);
      expect(response.status).toBeLessThan(500);
    });
    await fc.assert(property, { numRuns: 400 });
    expect([...verdicts].sort()).toEqual([201, 400, 422]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
