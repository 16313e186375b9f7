import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { execute } from '../../prisma/database.ts';
import { createPreferenceApi, form, type PreferenceApi, pathOf } from '../support/preference-api.ts';
import { expectProblem } from '../support/things.ts';

let api: PreferenceApi;

beforeAll(async () => {
  api = await createPreferenceApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  await execute(api.database, 'truncate suppressions');
});

const get = (path: string) => api.get(path);
const post = (...given: Parameters<PreferenceApi['post']>) => api.post(...given);
const suppressed = () => api.suppressed();

describe('one click (RFC 8058)', () => {
  const parts = (boundary: string, name: string, value: string) =>
    [`--${boundary}`, `Content-Disposition: form-data; name="${name}"`, '', value, `--${boundary}--`, ''].join('\r\n');
  const multipart = 'multipart/form-data; boundary=AaB03x';

  test('M8 stops mail that is not needed, in either form, and a second time changes nothing', async () => {
    const path = `${pathOf('maya')}/unsubscribe`;
    for (const [body, type] of [
      ['List-Unsubscribe=One-Click', form],
      [parts('AaB03x', 'List-Unsubscribe', 'One-Click'), multipart],
    ] as const) {
      await execute(api.database, 'truncate suppressions');
      await post(path, body, type).expect(200);
      await post(path, body, type).expect(200);
      expect(await suppressed()).toEqual(['email:optional:unsubscribed']);
    }
  });

  test('M7 getting it shows the page, whose form leads to the page itself, and changes nothing', async () => {
    const { text } = await get(`${pathOf('maya')}/unsubscribe`).expect(200);
    expect(await suppressed()).toEqual([]);
    const action = /<form method="post" action="([^"]+)">/.exec(text)?.[1] as string;
    expect(new URL(action, `http://x${pathOf('maya')}/unsubscribe`).pathname).toBe(pathOf('maya'));
    const own = /action="([^"]+)">/.exec((await get(pathOf('maya'))).text)?.[1] as string;
    expect(new URL(own, `http://x/under${pathOf('maya')}`).pathname).toBe(`/under${pathOf('maya')}`);
  });

  test('anything else is 400 and changes nothing', async () => {
    const path = `${pathOf('maya')}/unsubscribe`;
    const bodies: [string, string][] = [
      ['', form],
      ['List-Unsubscribe=Two-Clicks', form],
      ['unsubscribe=yes', form],
      ['List-Unsubscribe=One-Click', multipart],
      [parts('AaB03x', 'List-Unsubscribe', 'Perhaps'), multipart],
      [parts('AaB03x', 'Other', 'One-Click'), multipart],
      [parts('AaB03x', 'List-Unsubscribe', 'One-Click').replace('AaB03x--', 'another--'), multipart],
    ];
    for (const [body, type] of bodies) expectProblem(await post(path, body, type), 400, 'malformed');
    expect(await suppressed()).toEqual([]);
  });
});
