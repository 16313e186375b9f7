import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { html } from '../../api/pages/html.ts';
import { preferenceRoutes } from '../../api/pages/preferences.ts';
import { decideMailbox } from '../../policy/mailbox/decide.ts';
import { HOUR } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { readMailboxes } from '../../prisma/store/mailbox.ts';
import { suppress } from '../../prisma/store/suppressions.ts';
import { preferenceToken } from '../../runtime/preference-token.ts';
import { createSigner } from '../../runtime/signing.ts';
import { classify } from '../../templates/table.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertMessage } from '../support/ledger.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';
import { expectProblem } from '../support/things.ts';

const now = Date.UTC(2026, 10, 21, 14);
const clock = { now: async () => now };
const signer = createSigner('a key of this test');
const form = 'application/x-www-form-urlencoded';
let api: TestApi;

beforeAll(async () => {
  api = await createTestApi({ clock, routes: (database) => preferenceRoutes({ database, clock, signer }) });
  await seedProgram(api.database, 'school', now, { name: 'Elm Street <School>' });
  const address = 'update people set name = $2, email = $3, phone = $4, locale = $5 where id = $1';
  const people: [string, string, string | null, string | null, string | null][] = [
    ['maya', 'Maya "M" <b>Mentor</b>', 'maya@example.org', '+12125550123', null],
    ['sol', 'Sol', 'sol@example.org', null, 'es-MX'],
    ['ann', 'Ann', 'ann@example.org', null, 'tlh'],
    ['none', 'Nobody', null, null, null],
    ['twin', 'Twin', 'MAYA@example.org ', null, null],
    ['grown', 'Greta Guardian', 'greta@example.org', null, null],
  ];
  for (const [id, ...values] of people) {
    await seedPerson(api.database, id, { programs: ['school'] });
    await execute(api.database, address, id, ...values);
  }
  await seedPerson(api.database, 'kid', { programs: ['school'], role: 'mentee', minor: true, guardianId: 'grown' });
  await execute(api.database, address, 'kid', 'Kit', 'kit@example.org', null, null);
});
afterAll(() => api.drop());
beforeEach(async () => {
  await execute(api.database, 'truncate suppressions');
});

const pathOf = (personId: string, programId = 'school') =>
  `/preferences/${preferenceToken(signer, { personId, programId })}`;
const get = (path: string) => request(api.app).get(path);
const post = (path: string, body: string, type = form) => request(api.app).post(path).type(type).send(body);
const suppressed = async () =>
  (
    await queryRows<{ name: string }>(
      api.database,
      `select concat_ws(':', channel, category, reason) as name from suppressions order by 1`,
    )
  ).map(({ name }) => name);
/** The boxes of a page, each with whether it is ticked. */
const boxesOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/<input type="checkbox" name="\w+" value="([\w.]+)"( checked)?>/g)].map(([, name, ticked]) => [
      name,
      ticked !== undefined,
    ]),
  );
const everything = 'shown=email&get=email.reminder&get=email.survey&get=email.announcement&shown=sms&get=sms.all';

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
