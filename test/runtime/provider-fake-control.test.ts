import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ProviderFake } from '../../runtime/local/provider-fake/start.ts';
import {
  aMail,
  aText,
  calledProgram,
  failureOf,
  providerFake,
  sendgridOf,
  twilioOf,
} from '../support/provider-clients.ts';

async function call(
  { controlUrl }: ProviderFake,
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(controlUrl + path, { method, body: text, headers: body ? { 'Content-Type': type } : {} });
  const answered = await answer.text();
  return { status: answer.status, body: answered && JSON.parse(answered) };
}

describe('the control API of the provider fake', () => {
  it('takes a plan, and goes by it', async () => {
    const fake = await providerFake();
    const plan = { faults: [{ provider: 'sendgrid', fault: { answer: 'status', status: 503 } }] };
    expect(await call(fake, 'PUT', '/plan', plan)).toEqual({ status: 204, body: '' });
    expect((await failureOf(sendgridOf(fake).mail.send(aMail()))).code).toBe(503);
    await call(fake, 'PUT', '/plan', {});
    await sendgridOf(fake).mail.send(aMail());
  });

  it.each<[string, unknown, string]>([
    ['a fault that does not exist', { faults: [{ fault: { answer: 'explode' } }] }, '/faults/0/fault/answer'],
    ['a share above one', { faults: [{ share: 2, fault: { answer: 'hang' } }] }, '/faults/0/share'],
    [
      'a Twilio error from SendGrid',
      { faults: [{ provider: 'sendgrid', fault: { answer: 'twilioError', code: 21610 } }] },
      '/faults/0/provider',
    ],
    [
      'a status of the other provider',
      { deliveries: [{ provider: 'twilio', reports: [{ status: 'bounce' }] }] },
      '/deliveries/0/reports/0/status',
    ],
    ['an unknown field', { fault: [] }, ''],
    ['a list', [], ''],
  ])('refuses a plan with %s, and keeps the one it has', async (_, plan, pointer) => {
    const fake = await providerFake({ plan: { faults: [{ fault: { answer: 'status', status: 503 } }] } });
    const { status, body } = await call(fake, 'PUT', '/plan', plan);
    expect(status).toBe(400);
    expect(body.faults[0]).toMatchObject({ pointer, detail: expect.any(String) });
    expect((await failureOf(sendgridOf(fake).mail.send(aMail()))).code).toBe(503);
  });

  it('refuses what is no JSON, or does not say that it is', async () => {
    const fake = await providerFake();
    expect(await call(fake, 'PUT', '/plan', '{')).toMatchObject({
      status: 400,
      body: { error: 'The body is not JSON' },
    });
    expect(await call(fake, 'PUT', '/plan', '{}', 'text/plain')).toMatchObject({ status: 400 });
    expect(await call(fake, 'GET', '/nothing')).toMatchObject({ status: 404 });
  });

  it('shows the journal, the whole, a part, or one send', async () => {
    const fake = await providerFake();
    for (const send of ['snd_1', 'snd_2', 'snd_3']) await sendgridOf(fake).mail.send(aMail('ana@example.org', send));
    const sends = async (query: string) =>
      (await call(fake, 'GET', `/journal${query}`)).body.items.map(({ sendId }: { sendId: string }) => sendId);
    expect(await sends('')).toEqual(['snd_1', 'snd_2', 'snd_3']);
    expect(await sends('?after=2')).toEqual(['snd_3']);
    expect(await sends('?sendId=snd_2')).toEqual(['snd_2']);
    expect(await call(fake, 'GET', '/journal?after=-1')).toMatchObject({ status: 400 });
  });

  it('says where to call back, and hands over what people write', async () => {
    const program = await calledProgram();
    const fake = await providerFake();
    const text = { from: '+15005550010', body: 'STOP' };
    expect(await call(fake, 'POST', '/inbound-text', text)).toMatchObject({ status: 409 });
    expect((await call(fake, 'POST', '/webhooks', program.webhooks)).status).toBe(204);
    expect(await call(fake, 'POST', '/inbound-text', text)).toEqual({ status: 200, body: { taken: true } });
    const mail = { from: 'cora@example.org', envelope: { from: 'cora@example.org', to: ['a@reply.example.org'] } };
    expect(await call(fake, 'POST', '/inbound-mail', mail)).toEqual({ status: 200, body: { taken: true } });
    expect(program.calls.map(({ url }) => url)).toEqual(['/webhooks/twilio/inbound', '/webhooks/sendgrid/inbound']);
    expect((await call(fake, 'GET', '/callbacks')).body).toMatchObject({ taken: 2 });
    expect(await call(fake, 'POST', '/inbound-text', { from: 'Ana', body: 'a' })).toMatchObject({ status: 400 });
    expect(await call(fake, 'POST', '/inbound-mail', { from: 'a\r\nBcc: b@c.org' })).toMatchObject({ status: 400 });
  });

  it('tells that nobody took what was handed over', async () => {
    const program = await calledProgram(() => 500);
    const fake = await providerFake({ webhooks: program.webhooks });
    const text = { from: '+15005550010', body: 'STOP' };
    expect(await call(fake, 'POST', '/inbound-text', text)).toEqual({ status: 502, body: { taken: false } });
  });

  it.each([
    { publicUrl: 'https://tandem.example.org' },
    { publicUrl: 'https://tandem.example.org', localUrl: 'http://203.0.113.7' },
    { publicUrl: 'https://tandem.example.org', localUrl: 'http://127.0.0.1.example.org' },
    { publicUrl: 'ftp://127.0.0.1' },
  ])('refuses to call another machine: %o', async (webhooks) => {
    expect(await call(await providerFake(), 'POST', '/webhooks', webhooks)).toMatchObject({ status: 400 });
  });

  it('does not answer to another name for this address, as a page of a browser would use', async () => {
    const fake = await providerFake();
    const asked = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asking = request(`${fake.controlUrl}/journal`, { headers: { Host: host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asking.on('error', reject).end();
      });
    expect(await asked('evil.example')).toBe(403);
    expect(await asked('localhost')).toBe(200);
  });

  it.runIf(process.platform === 'linux')('listens on 127.0.0.1 only', async () => {
    const fake = await providerFake();
    const other = fake.controlUrl.replace('127.0.0.1', '127.0.0.2');
    expect((await failureOf(fetch(`${other}/keys`))).cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('shows the keys that clients and verifiers need, and not the private one', async () => {
    const fake = await providerFake();
    const { body } = await call(fake, 'GET', '/keys');
    expect(Object.keys(body).sort()).toEqual([
      'sendgridApiKey',
      'sendgridWebhookPublicKey',
      'twilioAccountSid',
      'twilioAuthToken',
      'twilioMessagingServiceSid',
    ]);
    await twilioOf({ ...fake, keys: body }).messages.create(aText(fake));
  });
});
