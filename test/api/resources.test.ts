import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resourceRoutes } from '../../api/routes/resources.ts';
import { standardResources } from '../../policy/resources/standard.ts';
import { resourcesByTopic } from '../../prisma/store/resources.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { seedProgram } from '../support/mentoring.ts';

let api: TestApi;
let auth: { Authorization: string };
let programId = '';
let programs = 0;
const now = Date.UTC(2026, 8, 1, 12);
const clock = { now: async () => now };

beforeAll(async () => {
  api = await createTestApi({ clock, routes: (database) => resourceRoutes({ database, clock }) });
  auth = await api.bearer();
});
afterAll(() => api.drop());

async function newProgram(locale = 'en'): Promise<void> {
  programId = `p${++programs}`;
  await seedProgram(api.database, programId, now, { locale, links: { preferences: 'https://example.org/choose' } });
}

const path = (key: string) => `/v1/programs/${programId}/resources${key && `/${key}`}`;
const get = (key = '', query = {}) => request(api.app).get(path(key)).query(query).set(auth);
const put = (key: string, body: object) => request(api.app).put(path(key)).set(auth).send(body);
const del = (key: string) => request(api.app).delete(path(key)).set(auth);
const keysOf = (items: Array<{ key: string }>) => items.map(({ key }) => key);
const about = (topic: string, audience: 'mentor' | 'mentee' | 'guardian' = 'mentor', locale: string | null = null) =>
  resourcesByTopic(api.database, programId, topic, audience, locale);

describe('T9 the standard set', () => {
  test('T9 it is listed for a program that has put nothing', async () => {
    await newProgram();
    const { body } = await get().expect(200);
    expect(body.items).toHaveLength(standardResources.length);
    expect(body.items.every((item: { standard: boolean; off: boolean }) => item.standard && !item.off)).toBe(true);
    expect(body.next).toBeNull();
  });

  test('T9 every text is short, plain and without a link, and each audience has some', () => {
    const keys = standardResources.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, text, topics } of standardResources) {
      expect(text?.length, key).toBeGreaterThan(150);
      expect(text?.length, key).toBeLessThan(1000);
      expect(text, key).not.toMatch(/https?:|www\.|[<>*_#]/);
      expect(topics.length, key).toBeGreaterThan(0);
    }
    expect(new Set(standardResources.map(({ audience }) => audience))).toEqual(
      new Set(['mentor', 'mentee', 'guardian', 'all']),
    );
  });

  test('T3 somebody who cannot reach the other is given something', async () => {
    await newProgram();
    expect(keysOf(await about('reaching_out'))).toEqual(['going-quiet']);
    expect(keysOf(await about('reaching_out', 'mentee'))).toEqual(['reaching-your-mentor']);
  });

  test('T9 one is switched off and on again, by PUT and by DELETE', async () => {
    await newProgram();
    const off = await put('going-quiet', { off: true }).expect(200);
    expect(off.body).toMatchObject({ key: 'going-quiet', standard: true, off: true });
    expect(await about('reaching_out')).toEqual([]);
    expect((await get('going-quiet').expect(200)).body.off).toBe(true);
    expect((await put('going-quiet', { off: false }).expect(200)).body.off).toBe(false);
    await del('going-quiet').expect(204);
    await del('going-quiet').expect(204);
    expect(await about('reaching_out')).toEqual([]);
    await put('going-quiet', { off: false }).expect(200);
    expect(keysOf(await about('reaching_out'))).toEqual(['going-quiet']);
  });

  test('T9 what one program switches off stays with another', async () => {
    await newProgram();
    await put('going-quiet', { off: true }).expect(200);
    await newProgram();
    expect(keysOf(await about('reaching_out'))).toEqual(['going-quiet']);
  });
});

describe('T9 what a program puts', () => {
  const words = { title: 'Plans', text: 'Make a plan.\r\n\r\nThen another.', topics: ['goals'], audience: 'mentor' };

  test('T9 it stands beside the standard set, and in its place under the same key', async () => {
    await newProgram();
    const { body } = await put('plans', words).expect(200);
    const stored = { ...words, text: 'Make a plan.\n\nThen another.', url: null, locale: 'en' };
    expect(body).toEqual({ key: 'plans', ...stored, standard: false, off: false });
    expect(keysOf(await about('goals'))).toEqual(['goal-setting', 'plans']);
    await put('goal-setting', { title: 'Ours', url: 'https://example.org/goals', topics: ['goals'] }).expect(200);
    expect((await about('goals')).map(({ title }) => title)).toEqual(['Ours', 'Plans']);
    await del('plans').expect(204);
    await get('plans').expect(404);
    await del('plans').expect(404);
  });

  test('T9 lists filter by topic and audience and come in pages', async () => {
    await newProgram();
    await put('plans', words).expect(200);
    const first = await get('', { topic: 'goals', limit: 1 }).expect(200);
    expect(keysOf(first.body.items)).toEqual(['goal-setting']);
    const second = await get('', { topic: 'goals', limit: 1, cursor: first.body.next }).expect(200);
    expect([keysOf(second.body.items), second.body.next]).toEqual([['plans'], null]);
    const guardians = await get('', { audience: 'guardian' }).expect(200);
    expect(keysOf(guardians.body.items)).toEqual(['what-mentoring-is']);
  });

  test('T9 somebody is given what is in their language, else in the program’s, else in English', async () => {
    await newProgram('es');
    await put('metas', { title: 'Metas', text: 'Empiecen poco a poco.', topics: ['goals'] }).expect(200);
    await put('ziele', { title: 'Ziele', text: 'Klein anfangen.', topics: ['goals'], locale: 'de-AT' }).expect(200);
    expect(keysOf(await about('goals', 'mentor', 'de'))).toEqual(['ziele']);
    expect(keysOf(await about('goals', 'mentor', 'es-MX'))).toEqual(['metas']);
    expect(keysOf(await about('goals', 'mentor', 'fr'))).toEqual(['metas']);
    expect(keysOf(await about('boundaries', 'mentor', 'fr'))).toEqual(['boundaries']);
    expect(await about('nothing', 'mentor', 'fr')).toEqual([]);
  });

  test.each([
    ['a link of somebody else in the text', { title: 'T', text: 'See https://elsewhere.example/' }, '/text'],
    ['neither text nor url', { title: 'T' }, '/text'],
    ['both', { title: 'T', text: 'A', url: 'https://example.org/' }, '/text'],
    ['an address without https', { title: 'T', url: 'http://example.org/' }, '/url'],
    ['an address that says something else', { title: 'T', url: 'javascript:alert(1)' }, '/url'],
    ['an address with a password', { title: 'T', url: 'https://a:b@example.org/' }, '/url'],
    ['a control character', { title: 'T', text: 'A\u0007' }, '/text'],
    ['a title of two lines', { title: 'T\nU', text: 'A' }, '/title'],
    ['an own one switched off', { off: true }, '/off'],
  ])('M11 %s is refused', async (_, body, pointer) => {
    await newProgram();
    const { body: problem } = await put('own', body).expect(422);
    expect(problem.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual([pointer]);
  });

  test('M11 the program’s own fixed link may stand in a text', async () => {
    await newProgram();
    await put('own', { title: 'T', text: 'Choose at https://example.org/choose.' }).expect(200);
  });

  test('T9 only keys of the program may read and put', async () => {
    await newProgram();
    auth = await api.bearer({ programIds: ['another'] });
    await get().expect(404);
    await put('plans', words).expect(404);
    auth = await api.bearer({ scopes: ['read'] });
    await put('plans', words).expect(403);
    await del('plans').expect(403);
    await get().expect(200);
    auth = await api.bearer();
  });
});
