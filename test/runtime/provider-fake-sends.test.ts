import { describe, expect, it } from 'vitest';
import { aMail, aText, failureOf, providerFake, sendgridOf, twilioOf } from '../support/provider-clients.ts';

const activity = (fake: Parameters<typeof sendgridOf>[0], query: string, limit = 10) =>
  sendgridOf(fake)
    .client.request({ method: 'GET', url: '/v3/messages', qs: { limit, query } })
    .then(([, body]) => body.messages as Record<string, unknown>[]);

describe('the fake of SendGrid', () => {
  it('accepts a mail of the real client, and journals all that a checker needs', async () => {
    const fake = await providerFake();
    const [answer] = await sendgridOf(fake).mail.send({ ...aMail(), bcc: { email: 'ops@example.org' } });
    expect(answer.statusCode).toBe(202);
    expect(fake.journal()).toMatchObject([
      {
        provider: 'sendgrid',
        id: answer.headers['x-message-id'],
        sendId: 'snd_1',
        to: ['ana@example.org'],
        bcc: ['ops@example.org'],
        subject: 'This week',
        body: 'The lesson waits.',
        html: '<p>The lesson waits.</p>',
        accepted: true,
        status: 202,
        fault: null,
      },
    ]);
  });

  it('refuses a wrong key with 401', async () => {
    const fake = await providerFake();
    const failure = await failureOf(sendgridOf(fake, { apiKey: 'SG.wrong.key' }).mail.send(aMail()));
    expect(failure.code).toBe(401);
    expect(fake.journal()).toMatchObject([{ accepted: false, status: 401, id: null, to: ['ana@example.org'] }]);
  });

  it.each<[string, string, object]>([
    ['without anybody to send to', 'personalizations', { personalizations: [] }],
    ['to what is no address', 'personalizations.0.to.0.email', { personalizations: [{ to: [{ email: 'ana' }] }] }],
    [
      'to one address twice',
      'personalizations.0.bcc.0',
      { personalizations: [{ to: [{ email: 'a@b.org' }], bcc: [{ email: 'A@b.org' }] }] },
    ],
    ['from nobody', 'from', { from: undefined }],
    ['from a name with a semicolon', 'from.name', { from: { email: 'p@example.org', name: 'One; two' } }],
    ['without a subject', 'subject', { subject: undefined }],
    ['with empty content', 'content.0.value', { content: [{ type: 'text/plain', value: '' }] }],
    ['without content', 'content', { content: [] }],
    [
      'with HTML before the text',
      'content',
      {
        content: [
          { type: 'text/html', value: '<p>a</p>' },
          { type: 'text/plain', value: 'a' },
        ],
      },
    ],
    ['with a reserved header', 'headers.Received', { headers: { Received: 'a' } }],
    ['with a broken header', 'headers.X-One', { headers: { 'X-One': 'a\r\nBcc: b@example.org' } }],
    ['with too many custom arguments', 'custom_args', { custom_args: { a: 'b'.repeat(10_000) } }],
    ['for next week', 'send_at', { send_at: Math.floor(Date.now() / 1000) + 7 * 86_400 }],
  ])('refuses a mail %s', async (_, field, wrong) => {
    const fake = await providerFake();
    const right = {
      personalizations: [{ to: [{ email: 'ana@example.org' }] }],
      from: { email: 'program@example.org' },
      subject: 'a',
      content: [{ type: 'text/plain', value: 'a' }],
    };
    const { client } = sendgridOf(fake);
    const send = (body: object) => client.request({ method: 'POST', url: '/v3/mail/send', body });
    const failure = await failureOf(send({ ...right, ...wrong }));
    expect(failure.code).toBe(400);
    expect(failure.response).toMatchObject({ body: { errors: [{ field, message: expect.any(String) }] } });
    expect((await send(right))[0].statusCode).toBe(202);
    expect(fake.journal().map(({ accepted }) => accepted)).toEqual([false, true]);
  });

  it('refuses what is no JSON, does not say that it is, or has more than 30 MB', async () => {
    const fake = await providerFake();
    const send = async (body: string, type = 'application/json') => {
      const headers = { Authorization: `Bearer ${fake.keys.sendgridApiKey}`, 'Content-Type': type };
      return (await fetch(`${fake.sendgridUrl}/v3/mail/send`, { method: 'POST', headers, body })).status;
    };
    expect(await send('{')).toBe(400);
    expect(await send('[]')).toBe(400);
    expect(await send('{}', 'text/plain')).toBe(415);
    expect(await send(JSON.stringify({ subject: 'a'.repeat(31 << 20) }))).toBe(413);
    expect(fake.journal().map(({ accepted, status }) => [accepted, status])).toEqual(
      [400, 400, 415, 413].map((status) => [false, status]),
    );
  });

  it('answers 200 in sandbox mode and accepts nothing', async () => {
    const fake = await providerFake();
    const mailSettings = { sandboxMode: { enable: true } };
    const [answer] = await sendgridOf(fake).mail.send({ ...aMail(), mailSettings });
    expect(answer.statusCode).toBe(200);
    expect(fake.journal()).toMatchObject([{ accepted: false, status: 200 }]);
    expect(await activity(fake, 'to_email="ana@example.org"')).toEqual([]);
  });

  it('finds a mail by recipient and send, both joined by AND', async () => {
    const fake = await providerFake();
    const { mail } = sendgridOf(fake);
    const [answer] = await mail.send({ ...aMail(), bcc: { email: 'ops@example.org' } });
    await mail.send(aMail('ana@example.org', 'snd_2'));
    await mail.send(aMail('ben@example.org', 'snd_3'));
    const found = await activity(fake, `to_email="ANA@example.org" AND unique_args['tandem_send']="snd_1"`);
    expect(found).toMatchObject([{ to_email: 'ana@example.org' }, { to_email: 'ops@example.org' }].reverse());
    expect(String(found[0]?.msg_id)).toContain(`${answer.headers['x-message-id']}.`);
    expect(await activity(fake, 'to_email="ana@example.org"')).toHaveLength(3);
    expect(await activity(fake, `(unique_args['tandem_send']="snd_3")`)).toHaveLength(1);
    expect(await activity(fake, `to_email="ben@example.org" AND unique_args['tandem_send']="snd_1"`)).toEqual([]);
    expect(await activity(fake, 'to_email="ana@example.org"', 1)).toHaveLength(1);
  });

  it.each(['to_email=ana@example.org', 'mood="good"', 'to_email="a" OR to_email="b"'])(
    'refuses the query %s, which it cannot read',
    async (query) => {
      const fake = await providerFake();
      const failure = await failureOf(activity(fake, query));
      expect(failure.code).toBe(400);
    },
  );
});

describe('the fake of Twilio', () => {
  it('accepts a text of the real client, and journals all that a checker needs', async () => {
    const fake = await providerFake();
    const message = await twilioOf(fake).messages.create(aText(fake));
    expect(message).toMatchObject({
      status: 'accepted',
      to: '+15005550010',
      body: 'The lesson waits.',
      errorCode: null,
    });
    expect(fake.journal()).toMatchObject([
      {
        provider: 'twilio',
        id: message.sid,
        sendId: 'snd_1',
        to: ['+15005550010'],
        body: 'The lesson waits.',
        accepted: true,
        status: 201,
        validityPeriodSeconds: 3600,
      },
    ]);
  });

  it('takes the send from the query of the status callback where it is there', async () => {
    const fake = await providerFake();
    const statusCallback = 'https://tandem.example.org/webhooks/twilio/status?send=snd_7';
    await twilioOf(fake).messages.create({ ...aText(fake), statusCallback });
    expect(fake.journal()).toMatchObject([{ sendId: 'snd_7' }]);
  });

  it('refuses a wrong token with 20003', async () => {
    const fake = await providerFake();
    const failure = await failureOf(twilioOf(fake, { authToken: 'wrong' }).messages.create(aText(fake)));
    expect(failure).toMatchObject({ status: 401, code: 20003, moreInfo: expect.stringContaining('20003') });
    expect(fake.journal()).toMatchObject([{ accepted: false, status: 401 }]);
  });

  it.each<[number, object]>([
    [21211, { to: '555-0100' }],
    [21603, { messagingServiceSid: undefined }],
    [21703, { messagingServiceSid: 'MG1' }],
    [21602, { body: '' }],
    [21617, { body: 'a'.repeat(1601) }],
    [21609, { statusCallback: 'tandem' }],
    [90007, { validityPeriod: 36_001 }],
  ])('refuses with %i', async (code, wrong) => {
    const fake = await providerFake();
    const failure = await failureOf(twilioOf(fake).messages.create({ ...aText(fake), ...wrong }));
    expect(failure).toMatchObject({ status: 400, code });
    expect(fake.journal()).toMatchObject([{ accepted: false, status: 400 }]);
  });

  it('lists by recipient and instant, page by page, the newest first', async () => {
    let now = Date.parse('2026-11-18T15:00:00Z');
    const fake = await providerFake({ now: async () => now });
    const client = twilioOf(fake);
    for (const send of ['snd_1', 'snd_2', 'snd_3', 'snd_4', 'snd_5']) {
      await client.messages.create({ ...aText(fake, '+15005550010', send), body: send });
      now += 60_000;
    }
    await client.messages.create(aText(fake, '+15005550011', 'snd_6'));
    const bodies = async (filter: object) => (await client.messages.list(filter)).map(({ body }) => body);
    const to = '+15005550010';
    expect(await bodies({ to, pageSize: 2 })).toEqual(['snd_5', 'snd_4', 'snd_3', 'snd_2', 'snd_1']);
    expect(await bodies({ to, dateSentAfter: new Date('2026-11-18T15:03:00Z') })).toEqual(['snd_5', 'snd_4']);
    expect(await bodies({ to, dateSentBefore: new Date('2026-11-18T15:00:30Z') })).toEqual(['snd_1']);
    expect(await bodies({ to, limit: 1 })).toEqual(['snd_5']);
    expect(await bodies({ to: '+15005550012' })).toEqual([]);
    expect(await bodies({ dateSent: new Date('2026-11-17T00:00:00Z') })).toEqual([]);
  });

  it('shows a message by its id with the status it has by then, and 20404 for another', async () => {
    let now = Date.parse('2026-11-18T15:00:00Z');
    const fake = await providerFake({
      now: async () => now,
      plan: {
        deliveries: [
          {
            provider: 'twilio',
            reports: [
              { status: 'sent', afterMs: 1000 },
              { status: 'undelivered', afterMs: 5000, errorCode: 30005 },
            ],
          },
        ],
      },
    });
    const client = twilioOf(fake);
    const { sid } = await client.messages.create(aText(fake));
    const status = async () => (await client.messages(sid).fetch()).status;
    expect(await status()).toBe('accepted');
    now += 1000;
    expect(await status()).toBe('sent');
    now += 4000;
    expect(await client.messages(sid).fetch()).toMatchObject({ status: 'undelivered', errorCode: 30005 });
    const failure = await failureOf(client.messages(`SM${'0'.repeat(32)}`).fetch());
    expect(failure).toMatchObject({ status: 404, code: 20404 });
  });

  it('shows nothing before the lag of look-ups has passed', async () => {
    let now = Date.parse('2026-11-18T15:00:00Z');
    const fake = await providerFake({ now: async () => now, plan: { lookUpLagMs: 30_000 } });
    const client = twilioOf(fake);
    const { sid } = await client.messages.create(aText(fake));
    await sendgridOf(fake).mail.send(aMail());
    const seen = async () => [
      (await client.messages.list({ to: '+15005550010' })).length,
      (await activity(fake, 'to_email="ana@example.org"')).length,
    ];
    expect(await seen()).toEqual([0, 0]);
    expect(await failureOf(client.messages(sid).fetch())).toMatchObject({ code: 20404 });
    now += 30_000;
    expect(await seen()).toEqual([1, 1]);
  });
});
