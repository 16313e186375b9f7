import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { html } from '../../api/pages/html.ts';
import { preferenceRoutes } from '../../api/pages/preferences.ts';
import { decideMailbox } from '../../policy/mailbox/decide.ts';
import { HOUR } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { readMailboxes } from '../../prisma/store/mailbox.ts';
import { suppress } from '../../prisma/store/suppressions.ts';
import { createSigner } from '../../runtime/signing.ts';
import { classify } from '../../templates/table.ts';
import { createTestApi } from '../support/api.ts';
import { insertMessage } from '../support/ledger.ts';
import { seedPerson } from '../support/mentoring.ts';
import {
  boxesOf,
  clock,
  createPreferenceApi,
  everything,
  now,
  type PreferenceApi,
  pathOf,
  signer,
} from '../support/preference-api.ts';
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

describe('the preference page', () => {
  test('M7 names person and program, shows what holds, and changes nothing', async () => {
    await suppress(
      api.database,
      { channel: 'email', address: 'maya@example.org' },
      { category: 'survey', reason: 'x' },
      now,
    );
    const { text, headers } = await get(pathOf('maya')).expect(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('Maya &quot;M&quot; &lt;b&gt;Mentor&lt;/b&gt;');
    expect(text).toContain('Elm Street &lt;School&gt;');
    expect(boxesOf(text)).toEqual({
      'email.reminder': true,
      'email.survey': false,
      'email.announcement': true,
      'email.optional': false,
      'sms.all': true,
    });
    expect(await suppressed()).toEqual(['email:survey:x']);
  });

  test('shows no address whole, and not who the guardian of a minor is', async () => {
    const { text } = await get(pathOf('maya')).expect(200);
    expect(text).toContain('m•••@example.org');
    expect(text).not.toMatch(/maya@example|2125550123/);
    const minor = (await get(pathOf('kid')).expect(200)).text;
    expect(minor).toContain('Kit');
    expect(minor).not.toMatch(/Greta|grown/);
  });

  test('is kept by nobody, listed nowhere, framed nowhere, and loads nothing', async () => {
    for (const path of [pathOf('maya'), '/preferences/wrong', `${pathOf('maya')}/unsubscribe`]) {
      const { headers, text } = await get(path);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
      });
      const policy = headers['content-security-policy'] as string;
      expect(policy).toMatch(
        /^default-src 'none';style-src 'sha256-[^']+';form-action 'self';base-uri 'none';frame-ancestors 'none'$/,
      );
      expect(text).not.toMatch(/<script|<link|<img|style="|https?:/);
      expect(headers).not.toHaveProperty('set-cookie');
    }
  });

  test("is in the person's language where there are texts, else in English", async () => {
    expect((await get(pathOf('sol'))).text).toMatch(/<html lang="es">[\s\S]*Elija lo que quiere recibir/);
    expect((await get(pathOf('ann'))).text).toMatch(/<html lang="en">[\s\S]*Choose what you want to get/);
  });

  test('has a label for every box, and for somebody without an address nothing to choose', async () => {
    const { text } = await get(pathOf('maya'));
    expect(text.match(/<label><input type="checkbox"[^>]*>[^<]+<\/label>/g)).toHaveLength(5);
    const none = (await get(pathOf('none')).expect(200)).text;
    expect(none).not.toContain('<form');
  });

  test('a link that was changed, cut, signed for something else or by somebody else is 404 and says nothing of anybody', async () => {
    const path = pathOf('maya');
    const links = [
      `${path}x`,
      path.slice(0, -3),
      path.split('.')[0] as string,
      '/preferences/maya',
      `/preferences/${signer.sign('answers', 'maya/school')}`,
      `/preferences/${createSigner('another key').sign('preferences', 'maya/school')}`,
      pathOf('nobody'),
      pathOf('maya', 'nowhere'),
    ];
    for (const link of links) {
      for (const response of [
        await get(link),
        await post(link, everything),
        await post(`${link}/unsubscribe`, 'List-Unsubscribe=One-Click'),
      ]) {
        expect(response.status, link).toBe(404);
        expect(response.text).not.toMatch(/maya|mentor|school/i);
      }
    }
    expect(await suppressed()).toEqual([]);
    await get(path).expect(200);
  });

  test('an erased person has no page', async () => {
    await seedPerson(api.database, 'gone', { programs: ['school'] });
    await get(pathOf('gone')).expect(200);
    await execute(api.database, `update people set erased_at = now() where id = 'gone'`);
    await get(pathOf('gone')).expect(404);
  });
});

describe('choosing', () => {
  test('M8 switches kinds of mail and texts off, says what holds, and switches them on again', async () => {
    const { text } = await post(
      pathOf('maya'),
      'shown=email&get=email.reminder&get=email.announcement&shown=sms',
    ).expect(200);
    expect(await suppressed()).toEqual(['email:survey:preferences', 'sms:all:preferences']);
    expect(text).toContain('<li>Surveys by mail: off</li>');
    expect(text).toContain('<li>Reminders by mail: on</li>');
    expect(text).toContain('<li>Texts: off</li>');
    expect(boxesOf((await get(pathOf('maya'))).text)).toMatchObject({ 'email.survey': false, 'sms.all': false });
    expect((await post(pathOf('maya'), everything).expect(200)).text).not.toContain(': off');
    expect(await suppressed()).toEqual([]);
  });

  test('M8 all that is not needed is stopped by one box, whatever else is ticked', async () => {
    const { text } = await post(pathOf('maya'), `${everything}&stop=email.optional`).expect(200);
    expect(await suppressed()).toEqual(['email:optional:preferences']);
    expect(text).toContain('<li>Reminders by mail: off</li>');
    expect(text).toContain('<li>Texts: on</li>');
    expect(boxesOf((await get(pathOf('maya'))).text)).toMatchObject({ 'email.optional': true, 'email.reminder': true });
  });

  test('M8 what the form did not show stays: a number that came since is not stopped', async () => {
    await post(pathOf('maya'), 'shown=email&get=email.reminder&get=email.survey&get=email.announcement').expect(200);
    expect(await suppressed()).toEqual([]);
    await post(pathOf('sol'), 'shown=email&shown=sms').expect(200);
    expect(await suppressed()).toEqual([
      'email:announcement:preferences',
      'email:reminder:preferences',
      'email:survey:preferences',
    ]);
  });

  test('M8 a complaint or a bounce is not undone by the page, and the page says that nothing goes', async () => {
    const mail = { channel: 'email', address: 'maya@example.org' } as const;
    await suppress(api.database, mail, { category: 'all', reason: 'opted_out' }, now);
    const { text } = await post(pathOf('maya'), everything).expect(200);
    expect(await suppressed()).toEqual(['email:all:opted_out']);
    expect(text).toContain('no mail goes to this address at all');
    expect(text).toContain('<li>Reminders by mail: off</li>');
  });

  test('M8 holds for every profile with that address', async () => {
    await post(pathOf('maya'), `${everything}&stop=email.optional`).expect(200);
    expect(boxesOf((await get(pathOf('twin'))).text)).toMatchObject({ 'email.optional': true });
    expect(boxesOf((await get(pathOf('ann'))).text)).toMatchObject({ 'email.optional': false });
  });

  test('M8 is heeded by the very next look at the mailbox', async () => {
    const decide = async () => {
      const providers = { email: 'outbox', sms: 'outbox' };
      const [box] = await readMailboxes(api.database, 'people', ['maya'], now, false, providers);
      return decideMailbox(box?.rows ?? [], box?.context as never, now).map((one) =>
        'reason' in one ? one.reason : one.act,
      );
    };
    await insertMessage(api.database, { id: 'msg_1', programId: 'school', personId: 'maya', at: now - HOUR });
    const classification = JSON.stringify(classify('class-reminder'));
    await execute(api.database, 'update messages set classification = $1::jsonb', classification);
    expect(await decide(), 'control: before').toEqual(['send']);
    await post(pathOf('maya'), 'shown=email&get=email.survey&get=email.announcement').expect(200);
    expect(await decide()).toEqual(['suppressed']);
  });

  test('what the form never sends is 400 or refused by its type, and changes nothing', async () => {
    for (const body of [
      'get=email.reminder',
      'shown=fax',
      'shown=email&get=email.all',
      'shown=email&stop=__proto__',
      '{"a":1}',
    ]) {
      expectProblem(await post(pathOf('maya'), body), 400, 'malformed');
    }
    expectProblem(await post(pathOf('maya'), '{}', 'application/json'), 415, 'unsupported-type');
    expectProblem(await request(api.app).post(pathOf('maya')), 422, 'validation');
    expect(await suppressed()).toEqual([]);
  });

  test('many who choose at once for one address end in one of the answers', async () => {
    const answers = [everything, 'shown=email&shown=sms', 'shown=email&get=email.survey'];
    const wanted = Array.from({ length: 12 }, (_, index) =>
      post(pathOf(index % 2 ? 'maya' : 'twin'), answers[index % 3] as string),
    );
    expect((await Promise.all(wanted)).map(({ status }) => status)).toEqual(wanted.map(() => 200));
  });
});

test('a page asked for too often is 429, and others are shown meanwhile', async () => {
  const limited = await createTestApi({
    database: api.database,
    routes: preferenceRoutes({ database: api.database, clock, signer }),
  });
  const statuses: number[] = [];
  for (let times = 0; times < 61; times++) statuses.push((await request(limited.app).get(pathOf('ann'))).status);
  expect(statuses).toEqual([...Array.from({ length: 60 }, () => 200), 429]);
  await request(limited.app).get(pathOf('sol')).expect(200);
  await limited.drop();
});

test('a template of HTML escapes what is filled in, in text and attributes, and nothing that was made by one', () => {
  const text = `<a href='x'>"&`;
  expect(html`<p title="${text}">${[html`<b>${text}</b>`, null, 1]}</p>`.html).toBe(
    '<p title="&lt;a href=&#39;x&#39;&gt;&quot;&amp;"><b>&lt;a href=&#39;x&#39;&gt;&quot;&amp;</b>1</p>',
  );
});
