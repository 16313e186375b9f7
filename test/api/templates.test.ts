import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRenderer } from '../../activities/render.ts';
import { readDefaultTexts } from '../../activities/rendering/texts.ts';
import { templateRoutes } from '../../api/routes/templates.ts';
import { withDefaults } from '../../policy/program.ts';
import { putProgram } from '../../prisma/store/programs.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { lateDatabase } from '../support/late-database.ts';

const now = Date.UTC(2026, 8, 1, 12);
const clock = { now: async () => now };
let api: TestApi;
let admin: { Authorization: string };

beforeAll(async () => {
  const late = lateDatabase();
  const deps = { database: late.database, clock, renderer: createRenderer(), defaultTexts: readDefaultTexts() };
  api = await createTestApi({ clock, routes: templateRoutes(deps) });
  late.use(api.database);
  admin = await api.bearer();
  const document = withDefaults({ name: 'A school', zone: 'America/New_York' });
  await putProgram(api.database, { id: 'prog_1', document, applyNow: false, now });
});
afterAll(() => api.drop());

const path = (rest: string) => `/v1/programs/prog_1/templates/${rest}`;
const get = (rest: string, headers = admin) => request(api.app).get(path(rest)).set(headers);
const put = (rest: string, body: object, headers = admin) => request(api.app).put(path(rest)).set(headers).send(body);
const preview = (rest: string, body: object = {}) => request(api.app).post(path(rest)).set(admin).send(body);
const pointersOf = ({ body }: request.Response): string[] =>
  body.errors.map(({ pointer }: { pointer: string }) => pointer);

const body = '{% for item in items %}Please write to {{ item.mentee.name }}. {% endfor %}';
const own = { subject: 'Write this week', body };

describe('templates', () => {
  test('W5 the shipped text is shown until the program has its own', async () => {
    const shipped = (await get('class-reminder').expect(200)).body;
    expect(shipped).toMatchObject({
      key: 'class-reminder',
      channel: 'email',
      locale: 'en',
      variant: 'regular',
      origin: 'shipped',
      updatedAt: null,
    });
    await put('class-reminder', own).expect(200);
    const stored = (await get('class-reminder').expect(200)).body;
    expect(stored).toMatchObject({ ...own, origin: 'own', updatedAt: '2026-09-01T12:00:00.000Z' });
    expect((await get('class-reminder?variant=missed-week').expect(200)).body.origin).toBe('shipped');
    expect((await get('class-reminder?locale=es').expect(200)).body.origin).toBe('shipped');
  });

  test('W5 words that could not be sent are refused with pointers, and those before them stand', async () => {
    expect(pointersOf(await put('class-reminder?channel=sms', { subject: 'x', body }).expect(422))).toEqual([
      '/subject',
    ]);
    expect(pointersOf(await put('task', { subject: 'x', body: '{{ nothing.there }}' }).expect(422))).toContain('/body');
    expect(pointersOf(await put('task', { subject: 'x' }).expect(422))).toEqual(['/body']);
    expect((await get('task').expect(200)).body.origin).toBe('shipped');
  });

  test('M11 a link that the program did not set is refused', async () => {
    const linked = { ...own, body: `${body} https://elsewhere.example/` };
    expect(pointersOf(await put('class-reminder', linked).expect(422))).toContain('/body');
  });

  test('a preview shows a message with sample data and counts segments, and stores nothing', async () => {
    const text = (await preview('class-reminder:preview?channel=sms', { body }).expect(200)).body;
    expect(text).toMatchObject({ subject: null, segments: 1, body: expect.stringContaining('Please write to') });
    expect((await get('class-reminder?channel=sms')).body.origin).toBe('shipped');
    await put('class-reminder?locale=en-GB', own).expect(200);
    expect((await preview('class-reminder:preview?locale=en-gb').expect(200)).body.subject).toBe(own.subject);
    expect((await preview('class-reminder:preview?variant=missed-week').expect(200)).body.segments).toBeNull();
  });

  test('E3 what is not there is 404, a channel or variant that a template has not is 422', async () => {
    await get('no-such-template').expect(404);
    await get('class-reminder', await api.bearer({ programIds: ['prog_2'] })).expect(404);
    await put('class-reminder', own, await api.bearer({ scopes: ['read', 'command'] })).expect(403);
    expect(pointersOf(await get('task?channel=sms&variant=other').expect(422))).toEqual([
      '/query/channel',
      '/query/variant',
    ]);
    expect(pointersOf(await preview('task:preview', { subject: 'x' }).expect(422))).toEqual(['/body']);
  });
});
