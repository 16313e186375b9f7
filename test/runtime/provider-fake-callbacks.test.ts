import { createPublicKey, verify } from 'node:crypto';
import { EventWebhook } from '@sendgrid/eventwebhook';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../runtime/local/provider-fake/plan.ts';
import type { ProviderFake } from '../../runtime/local/provider-fake/start.ts';
import {
  aMail,
  aText,
  type Called,
  calledProgram,
  providerFake,
  sendgridOf,
  twilioOf,
} from '../support/provider-clients.ts';

type Deliveries = NonNullable<PlanInput['deliveries']>;

/** A fake that calls a program back. */
async function connected(deliveries: Deliveries = [], answer?: (call: Called, count: number) => number) {
  const program = await calledProgram(answer);
  const fake = await providerFake({ webhooks: program.webhooks, plan: { deliveries } });
  return { fake, calls: program.calls, webhooks: program.webhooks };
}

const formOf = ({ body }: Called) => Object.fromEntries(new URLSearchParams(body.toString()));
const statusesOf = (calls: Called[]) => calls.map((call) => formOf(call).MessageStatus);
const eventsOf = (calls: Called[]) =>
  calls.flatMap(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>[]);
const namesOf = (calls: Called[]) => eventsOf(calls).map(({ event }) => event);

function isSignedByTwilio({ keys }: ProviderFake, call: Called, token = keys.twilioAuthToken): boolean {
  const signature = String(call.headers['x-twilio-signature']);
  return twilio.validateRequest(token, signature, `https://tandem.example.org${call.url}`, formOf(call));
}

function sendgridSignatureOf(call: Called): [signature: string, timestamp: string] {
  const header = (name: string) => String(call.headers[`x-twilio-email-event-webhook-${name}`]);
  return [header('signature'), header('timestamp')];
}

/** By SendGrid's own verifier. */
function isSignedBySendgrid({ keys }: ProviderFake, call: Called, body = call.body): boolean {
  const webhook = new EventWebhook();
  const key = webhook.convertPublicKeyToECDSA(keys.sendgridWebhookPublicKey);
  return webhook.verifySignature(key, body, ...sendgridSignatureOf(call));
}

describe('status callbacks of the fake of Twilio', () => {
  it('come in order, signed over the public address as Twilio signs', async () => {
    const { fake, calls } = await connected();
    const { sid } = await twilioOf(fake).messages.create(aText(fake));
    await fake.settled();
    expect(statusesOf(calls)).toEqual(['queued', 'sent', 'delivered']);
    for (const call of calls) {
      expect(call.url).toBe('/webhooks/twilio/status/snd_1');
      expect(formOf(call)).toMatchObject({ MessageSid: sid, To: '+15005550010' });
      expect(isSignedByTwilio(fake, call)).toBe(true);
      expect(isSignedByTwilio(fake, call, 'another token')).toBe(false);
      expect(isSignedByTwilio(fake, { ...call, url: `${call.url}2` })).toBe(false);
    }
    expect(fake.callbacks()).toEqual({ taken: 3, refused: 0, unaddressed: 0, underWay: 0 });
  });

  it('tell a failure with its code', async () => {
    const { fake, calls } = await connected([
      { provider: 'twilio', reports: [{ status: 'undelivered', errorCode: 30003 }] },
    ]);
    await twilioOf(fake).messages.create(aText(fake));
    await fake.settled();
    expect(calls.map(formOf)).toMatchObject([{ MessageStatus: 'undelivered', ErrorCode: '30003' }]);
  });

  it.each<[string, Partial<Deliveries[number]>, string[]]>([
    ['reversed', { reversed: true }, ['delivered', 'sent', 'queued']],
    ['twice', { reports: [{ status: 'sent', times: 2 }, { status: 'delivered' }] }, ['sent', 'sent', 'delivered']],
    ['in part', { reports: [{ status: 'sent', lost: true }, { status: 'delivered' }] }, ['delivered']],
  ])('come %s where the plan has it', async (_, plan, expected) => {
    const reports = [{ status: 'queued' as const }, { status: 'sent' as const }, { status: 'delivered' as const }];
    const { fake, calls } = await connected([{ provider: 'twilio', reports, ...plan } as Deliveries[number]]);
    const { sid } = await twilioOf(fake).messages.create(aText(fake));
    await fake.settled();
    expect(statusesOf(calls)).toEqual(expected);
    expect((await twilioOf(fake).messages(sid).fetch()).status).toBe('delivered');
  });

  it('come before the answer where the plan has it, and only there', async () => {
    const { fake, calls } = await connected([
      { provider: 'twilio', to: '+15005550010', beforeAnswer: true, reports: [{ status: 'delivered', afterMs: 50 }] },
      { provider: 'twilio', reports: [{ status: 'delivered', afterMs: 1000 }] },
    ]);
    await twilioOf(fake).messages.create(aText(fake));
    expect(calls).toHaveLength(1);
    await twilioOf(fake).messages.create(aText(fake, '+15005550011'));
    expect(calls).toHaveLength(1);
    await fake.settled();
    expect(calls).toHaveLength(2);
  });

  it('are repeated until they are taken, a few times', async () => {
    const reports = [{ status: 'delivered' as const }];
    const patient = await connected([{ provider: 'twilio', reports }], (_, count) => (count < 3 ? 503 : 204));
    await twilioOf(patient.fake).messages.create(aText(patient.fake));
    await patient.fake.settled();
    expect(statusesOf(patient.calls)).toEqual(['delivered', 'delivered', 'delivered']);
    const down = await connected([{ provider: 'twilio', reports }], () => 500);
    await twilioOf(down.fake).messages.create(aText(down.fake));
    await down.fake.settled();
    expect(down.calls).toHaveLength(3);
    expect(down.fake.callbacks()).toMatchObject({ taken: 0, refused: 1 });
  });

  it('leave this machine never', async () => {
    const fake = await providerFake();
    await twilioOf(fake).messages.create(aText(fake));
    await fake.settled();
    expect(fake.callbacks()).toEqual({ taken: 0, refused: 0, unaddressed: 3, underWay: 0 });
  });
});

describe('event webhooks of the fake of SendGrid', () => {
  it('carry the custom arguments at the top level, signed as SendGrid signs', async () => {
    const { fake, calls } = await connected();
    const [answer] = await sendgridOf(fake).mail.send(aMail());
    await fake.settled();
    expect(namesOf(calls)).toEqual(['processed', 'delivered']);
    const id = answer.headers['x-message-id'];
    for (const event of eventsOf(calls)) {
      expect(event).toMatchObject({ email: 'ana@example.org', tandem_send: 'snd_1' });
      expect(String(event.sg_message_id).split('.')[0]).toBe(id);
    }
    for (const call of calls) {
      expect(call.url).toBe('/webhooks/sendgrid/events');
      expect(isSignedBySendgrid(fake, call)).toBe(true);
      expect(isSignedBySendgrid(fake, call, Buffer.concat([call.body, Buffer.from(' ')]))).toBe(false);
    }
  });

  it('are verified by four lines of node:crypto too', async () => {
    const { fake, calls } = await connected();
    await sendgridOf(fake).mail.send(aMail());
    await fake.settled();
    const der = Buffer.from(fake.keys.sendgridWebhookPublicKey, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const [signature, timestamp] = sendgridSignatureOf(calls[0] as Called);
    const signed = Buffer.concat([Buffer.from(timestamp), (calls[0] as Called).body]);
    expect(verify('sha256', signed, key, Buffer.from(signature, 'base64'))).toBe(true);
  });

  it.each([
    ['deferred', { attempt: '1' }],
    ['bounce', { type: 'bounce', status: '5.1.1' }],
    ['dropped', { reason: 'Bounced Address' }],
    ['spamreport', {}],
    ['unsubscribe', {}],
    ['group_unsubscribe', { asm_group_id: 1 }],
  ] as const)('tell of %s', async (status, details) => {
    const { fake, calls } = await connected([{ provider: 'sendgrid', reports: [{ status }] }]);
    await sendgridOf(fake).mail.send(aMail());
    await fake.settled();
    expect(eventsOf(calls)).toMatchObject([{ event: status, email: 'ana@example.org', ...details }]);
  });

  it('tell of each recipient, blind copies too, as the plan has it for that one', async () => {
    const { fake, calls } = await connected([
      { provider: 'sendgrid', to: 'ops@*', reports: [{ status: 'bounce', reason: '550 full' }] },
      { provider: 'sendgrid', reports: [{ status: 'delivered' }] },
    ]);
    await sendgridOf(fake).mail.send({ ...aMail(), bcc: { email: 'ops@example.org' } });
    await fake.settled();
    const told = eventsOf(calls).map(({ email, event, reason }) => [email, event, reason]);
    expect(told).toContainEqual(['ana@example.org', 'delivered', undefined]);
    expect(told).toContainEqual(['ops@example.org', 'bounce', '550 full']);
  });

  it('that come together travel together', async () => {
    const { fake, calls } = await connected([{ provider: 'sendgrid', reports: [{ status: 'processed' }] }]);
    const { mail } = sendgridOf(fake);
    await Promise.all(Array.from({ length: 30 }, (_, index) => mail.send(aMail(`a${index}@example.org`))));
    await fake.settled();
    expect(eventsOf(calls)).toHaveLength(30);
    expect(calls.length).toBeLessThan(30);
  });

  it('told twice have different event ids, and before the answer they are there before it', async () => {
    const { fake, calls } = await connected([
      { provider: 'sendgrid', beforeAnswer: true, reports: [{ status: 'delivered', times: 2 }] },
    ]);
    await sendgridOf(fake).mail.send(aMail());
    expect(namesOf(calls)).toEqual(['delivered', 'delivered']);
    const [first, second] = eventsOf(calls);
    expect(first?.sg_event_id).not.toBe(second?.sg_event_id);
    expect(first?.sg_message_id).toBe(second?.sg_message_id);
  });
});

describe('what people write to the program', () => {
  it('mail comes as a signed multipart form, with blind copies in the envelope only', async () => {
    const { fake, calls } = await connected();
    const taken = await fake.receiveMail({
      from: 'Cora <cora@example.org>',
      to: 'Ana <ana@example.org>',
      subject: 'Hallo 🌿',
      text: 'I wrote to Ana.',
      html: '<p>I wrote to Ana.</p>',
      envelope: { from: 'cora@example.org', to: ['outreach+case_1@reply.example.org'] },
      headers: [['Message-ID', '<1@example.org>']],
    });
    expect(taken).toBe(true);
    const call = calls[0] as Called;
    expect(call.url).toBe('/webhooks/sendgrid/inbound');
    expect(isSignedBySendgrid(fake, call)).toBe(true);
    const headers = { 'Content-Type': String(call.headers['content-type']) };
    const form = Object.fromEntries(await new Response(new Uint8Array(call.body), { headers }).formData());
    expect(form).toMatchObject({
      from: 'Cora <cora@example.org>',
      to: 'Ana <ana@example.org>',
      subject: 'Hallo 🌿',
      text: 'I wrote to Ana.',
      SPF: 'pass',
      dkim: '{@example.org : pass}',
      spam_score: '0',
    });
    expect(JSON.parse(String(form.envelope))).toEqual({
      to: ['outreach+case_1@reply.example.org'],
      from: 'cora@example.org',
    });
    expect(String(form.headers).split(/\r?\n/)).toContain('Message-ID: <1@example.org>');
  });

  it('forged mail says so', async () => {
    const { fake, calls } = await connected();
    await fake.receiveMail({
      from: 'cora@example.org',
      envelope: { from: 'x@evil.example', to: ['a@reply.example.org'] },
      spf: 'softfail',
      dkim: { 'example.org': 'fail' },
    });
    const body = String(calls[0]?.body);
    expect(body).toContain('softfail');
    expect(body).toContain('{@example.org : fail}');
  });

  it('a text comes as a signed form', async () => {
    const { fake, calls } = await connected();
    expect(await fake.receiveText({ from: '+15005550010', body: 'please stop', optOutType: 'STOP' })).toBe(true);
    const call = calls[0] as Called;
    expect(call.url).toBe('/webhooks/twilio/inbound');
    expect(formOf(call)).toMatchObject({ From: '+15005550010', Body: 'please stop', OptOutType: 'STOP' });
    expect(isSignedByTwilio(fake, call)).toBe(true);
    expect(isSignedByTwilio(fake, { ...call, body: Buffer.from(`${call.body}&Body=go`) })).toBe(false);
  });
});
