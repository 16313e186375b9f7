import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { route } from '../../api/route.ts';
import { execute, openDatabase, queryRows } from '../../prisma/database.ts';
import { listKeys, revokeKey } from '../../prisma/store/keys.ts';
import { createTestApi, type TestApi } from '../support/api.ts';

let now = Date.UTC(2026, 8, 1);
let api: TestApi;

const whoAmI = route({
  method: 'get',
  path: '/v1/who-am-i/{programId}',
  operationId: 'whoAmI',
  summary: 'The key of the caller',
  tag: 'test',
  scope: 'read',
  params: z.strictObject({ programId: z.string() }),
  responses: { 200: z.object({ may: z.boolean() }) },
  handler: async ({ key, params }) => ({ status: 200, body: { may: key.mayProgram(params.programId) } }),
});

beforeAll(async () => {
  api = await createTestApi({ routes: [whoAmI], clock: { now: async () => now } });
});
afterAll(() => api.drop());

const ask = (headers: Record<string, string>, app = api.app) => request(app).get('/v1/who-am-i/prog_1').set(headers);
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

describe('keys', () => {
  test('a key of 256 random bits is shown once, and only its hash is stored', async () => {
    const admin = await api.bearer({ scopes: ['admin'] });
    const made = await request(api.app)
      .post('/v1/keys')
      .set(admin)
      .send({ name: 'platform', scopes: ['read', 'read'] });
    expect(made.status, made.text).toBe(201);
    expect(made.body.key).toMatch(/^tdm_[A-Za-z0-9_-]{43}$/);
    expect(made.headers['cache-control']).toBe('no-store');
    expect((await ask(bearer(made.body.key))).body).toEqual({ may: true });
    const stored = (await listKeys(api.database)).find(({ id }) => id === made.body.id);
    expect(stored).toMatchObject({ name: 'platform', scopes: ['read'], programIds: null, createdAt: new Date(now) });
    const dump = await queryRows<{ all: string }>(
      api.database,
      'select string_agg(k::text, $1) as all from api_keys k',
      ',',
    );
    expect(dump[0]?.all).toContain(made.body.id);
    expect(dump[0]?.all).not.toContain(made.body.key.slice(4));
  });

  test.each([
    [{}],
    [{ Authorization: 'Bearer tdm_' }],
    [{ Authorization: 'Basic dXNlcjpwYXNz' }],
    [{ Authorization: `Bearer tdm_${'A'.repeat(43)}` }],
  ])('without a key that is known the answer is 401', async (headers) => {
    const response = await ask(headers as Record<string, string>);
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.body.type).toBe('urn:tandem:problem:unauthenticated');
  });

  test('a key without the scope is 403, and the scope is named', async () => {
    const response = await ask(await api.bearer({ scopes: ['admin', 'events', 'command', 'sensitive'] }));
    expect(response.status).toBe(403);
    expect(response.body).toMatchObject({ code: 'missing_scope', scope: 'read' });
  });

  test('an expired key is 401 from the instant on, by the injected clock', async () => {
    const key = await api.bearer({ expiresAt: new Date(now + 1_000) });
    expect((await ask(key)).status).toBe(200);
    now += 1_000;
    expect((await ask(key)).status).toBe(401);
  });

  test('a revoked key is 401 at once in this process, and within five seconds in any other', async () => {
    const other = await createTestApi({ routes: [whoAmI], database: api.database });
    const admin = await api.bearer();
    const { id, key } = await api.key();
    expect([(await ask(bearer(key))).status, (await ask(bearer(key), other.app)).status]).toEqual([200, 200]);
    expect((await request(api.app).delete(`/v1/keys/${id}`).set(admin)).status).toBe(204);
    const revoked = performance.now();
    expect((await ask(bearer(key))).status).toBe(401);
    while ((await ask(bearer(key), other.app)).status !== 401) {
      expect(performance.now() - revoked).toBeLessThan(5_000);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect((await request(api.app).delete(`/v1/keys/${id}`).set(admin)).status).toBe(204);
    expect((await request(api.app).delete('/v1/keys/unknown').set(admin)).status).toBe(404);
    expect(await revokeKey(api.database, 'unknown', new Date())).toBe(false);
    await other.drop();
  });

  test('a busy caller costs no round trip', async () => {
    const key = await api.bearer();
    await ask(key);
    await execute(api.database, 'alter table api_keys rename to gone');
    try {
      expect((await ask(key)).status).toBe(200);
      expect((await ask(bearer(`tdm_${'B'.repeat(43)}`))).status).toBe(500);
    } finally {
      await execute(api.database, 'alter table gone rename to api_keys');
    }
  });

  test('a failed look-up is not remembered', async () => {
    const { key } = await api.key();
    await execute(api.database, 'alter table api_keys rename to gone');
    expect((await ask(bearer(key))).status).toBe(500);
    await execute(api.database, 'alter table gone rename to api_keys');
    expect((await ask(bearer(key))).status).toBe(200);
  });

  test('a key limited to programs reaches these only, and cannot make or revoke keys beyond them', async () => {
    const limited = await api.bearer({ programIds: ['prog_1', 'prog_2'] });
    expect((await ask(limited)).body).toEqual({ may: true });
    const elsewhere = await request(api.app).get('/v1/who-am-i/prog_9').set(limited);
    expect(elsewhere.body).toEqual({ may: false });
    const make = (programIds?: string[]) =>
      request(api.app)
        .post('/v1/keys')
        .set(limited)
        .send({ name: 'a', scopes: ['read'], ...(programIds && { programIds }) });
    expect((await make(['prog_2'])).status).toBe(201);
    expect((await make(['prog_2', 'prog_3'])).status).toBe(403);
    expect((await make()).status).toBe(403);
    const { id } = await api.key();
    expect((await request(api.app).delete(`/v1/keys/${id}`).set(limited)).status).toBe(404);
  });

  test.each([
    [{ scopes: ['read'] }, '/name'],
    [{ name: 'a', scopes: [] }, '/scopes'],
    [{ name: 'a', scopes: ['all'] }, '/scopes/0'],
    [{ name: 'a', scopes: ['read'], programIds: [] }, '/programIds'],
    [{ name: 'a', scopes: ['read'], expiresAt: '2026-02-30T00:00:00Z' }, '/expiresAt'],
    [{ name: 'a', scopes: ['read'], expiresAt: '2026-02-03T00:00:00' }, '/expiresAt'],
    [{ name: 'a', scopes: ['read'], expiresAt: '9999-02-03T00:00:00Z' }, '/expiresAt'],
    [{ name: 'a', scopes: ['read'], id: 'mine' }, '/id'],
  ])('a new key %j is refused', async (body, pointer) => {
    const response = await request(api.app)
      .post('/v1/keys')
      .set(await api.bearer())
      .send(body);
    expect(response.status).toBe(422);
    expect(response.body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });

  test('an address that tries too many unknown keys is told to wait, while a key in use goes on', async () => {
    const guarded = await createTestApi({ routes: [whoAmI] });
    const key = await guarded.bearer();
    expect((await ask(key, guarded.app)).status).toBe(200);
    const guess = () => ask(bearer(`tdm_${Math.random().toString(36).padEnd(43, 'x').replace('.', '_')}`), guarded.app);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 32; attempt++) statuses.push((await guess()).status);
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 401), 429, 429]);
    expect(Number((await guess()).headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(key, guarded.app)).status).toBe(200);
    await guarded.drop();
  });

  test('every connection runs in UTC with timeouts, whatever the URL says', async () => {
    const url = new URL(api.url);
    url.searchParams.set('options', '-c timezone=Asia/Tokyo -c statement_timeout=0');
    const database = openDatabase(url.href, { applicationName: 'settings' });
    const names = [
      'timezone',
      'statement_timeout',
      'lock_timeout',
      'idle_in_transaction_session_timeout',
      'application_name',
    ];
    const rows = await queryRows<{ value: string }>(
      database,
      'select current_setting(name) as value from unnest($1::text[]) with ordinality as n (name, at) order by at',
      names,
    );
    expect(rows.map(({ value }) => value)).toEqual(['UTC', '15s', '5s', '15s', 'settings']);
    await database.close();
  });
});
