import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { conflict, unavailable } from '../../api/problem.ts';
import { forgetIdempotencyKeys } from '../../prisma/store/idempotency.ts';
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

describe('Idempotency-Key', () => {
  const send = (key: string, text: string, headers = auth) =>
    request(api.app)
      .post('/v1/things/a:echo')
      .set(headers)
      .set('Idempotency-Key', key)
      .send({ text, free: { a: 1, b: 2 } });

  test('the same key and payload get the first answer again, whatever the order of names', async () => {
    const first = await send('same', 'a');
    const again = await request(api.app)
      .post('/v1/things/a:echo')
      .set(auth)
      .set('Idempotency-Key', 'same')
      .send({ free: { b: 2, a: 1 }, text: 'a' });
    expect([again.status, again.body, again.headers.location]).toEqual([201, first.body, '/v1/things/a']);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect(echoing.times).toBe(1);
  });

  test('without a key, with another key and from another caller it is done again', async () => {
    await request(api.app).post('/v1/things/a:echo').set(auth).send({ text: 'a' });
    await send('one', 'a');
    await send('two', 'a');
    await send('two', 'a', await api.bearer());
    expect(echoing.times).toBe(4);
  });

  test('another payload is 422', async () => {
    await send('reused', 'a');
    const response = await send('reused', 'b');
    expectProblem(response, 422, 'refused');
    expect(response.body.code).toBe('idempotency_key_reused');
    expect(echoing.times).toBe(1);
  });

  test('of 20 parallel calls one is carried out, and the others get its answer or are asked to wait', async () => {
    echoing.also = () => new Promise((resolve) => setTimeout(resolve, 100));
    const responses = await Promise.all(Array.from({ length: 20 }, () => send('parallel', 'a')));
    expect(echoing.times).toBe(1);
    const counts = { done: 0, waiting: 0 };
    for (const response of responses) {
      if (response.status === 201) counts.done++;
      else {
        expectProblem(response, 409, 'conflict');
        expect([response.body.code, response.headers['retry-after']]).toEqual(['in_progress', '1']);
        counts.waiting++;
      }
    }
    expect(counts.done).toBeGreaterThan(0);
    expect(counts.waiting).toBeGreaterThan(0);
    expect((await send('parallel', 'a')).status).toBe(201);
  });

  test('a refusal is an answer too; a failure of ours gives the key back', async () => {
    echoing.also = async () => {
      throw conflict('too_soon', 'Not yet', { plannedFor: 'then' });
    };
    const first = await send('refusal', 'a');
    echoing.also = async () => {};
    const again = await send('refusal', 'a');
    expectProblem(again, 409, 'conflict');
    expect(again.body).toEqual(first.body);
    echoing.also = async () => {
      throw unavailable('Away');
    };
    expectProblem(await send('failure', 'a'), 503, 'unavailable');
    echoing.also = async () => {};
    expect((await send('failure', 'a')).status).toBe(201);
  });

  test('what a process left unanswered can be taken over after its lease, not before', async () => {
    await api.database.idempotencyKey.deleteMany({});
    await send('lost', 'a');
    await api.database.idempotencyKey.updateMany({ data: { status: null } });
    expect((await send('lost', 'a')).status).toBe(409);
    await api.database.idempotencyKey.updateMany({ data: { createdAt: new Date(Date.now() - 61_000) } });
    expect((await send('lost', 'b')).status).toBe(422);
    expect((await send('lost', 'a')).status).toBe(201);
    expect(echoing.times).toBe(2);
    expect(await forgetIdempotencyKeys(api.database, 1)).toBe(0);
    expect(await forgetIdempotencyKeys(api.database, 0)).toBe(1);
  });

  test.each(['', 'a b', 'x'.repeat(256)])('the key "%s" is refused', async (key) => {
    expectProblem(await send(key, 'a'), 400, 'malformed');
  });
});
