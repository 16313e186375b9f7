import { EventWebhook } from '@sendgrid/eventwebhook';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Route } from '../../api/route.ts';
import { sendGridVerifier } from '../../api/webhooks/sendgrid-signature.ts';
import { twilioVerifier } from '../../api/webhooks/twilio-signature.ts';
import { type Verifier, webhook } from '../../api/webhooks/webhook.ts';
import { HOUR, MINUTE } from '../../policy/time.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { providerSettings, publicUrl, sendGridHeaders, twilioHeaders } from '../support/signed.ts';
import { expectProblem } from '../support/things.ts';

const now = Date.UTC(2026, 10, 24, 15);
const clock = { now: async () => now };
const taken: Buffer[] = [];

function hook(path: string, verify: Verifier): Route {
  return webhook({
    path,
    operationId: path.slice(1),
    summary: 'A webhook',
    mediaType: 'application/json',
    limitBytes: 4096,
    verify,
    take: async ({ bytes }) => void taken.push(bytes),
  });
}

const { sendgrid, twilio } = providerSettings;
const routes = [
  hook('/mail', sendGridVerifier(sendgrid.webhookPublicKey, clock)),
  hook('/text', twilioVerifier(twilio.authToken, publicUrl)),
  hook('/mail-unset', sendGridVerifier(undefined, clock)),
  hook('/text-unset', twilioVerifier(undefined, publicUrl)),
  hook('/open', async () => null),
];

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi({ clock, routes });
});
afterAll(() => api.drop());
beforeEach(() => {
  taken.length = 0;
});

const post = (path: string, body: string | Buffer, headers: Record<string, string>) => {
  const type = { 'Content-Type': 'application/json', ...headers };
  return request(api.app)
    .post(path)
    .set(type)
    .serialize((given) => given as unknown as string)
    .send(body as string);
};
const form = { MessageSid: `SM${'1'.repeat(32)}`, Body: "Don't & won't é", Empty: '' };
const formBody = new URLSearchParams(form).toString();

describe('webhooks', () => {
  test('M9 what SendGrid signed is taken byte for byte', async () => {
    const body = '[ {"event":"delivered" , "x": "\\u0000\\ud800"} ]\r\n';
    await post('/mail', body, sendGridHeaders(body, now)).expect(204);
    expect(taken.map(String)).toEqual([body]);
  });

  test('the signature of the tests is the one that SendGrid describes', () => {
    const body = '[]';
    const headers = sendGridHeaders(body, now);
    const theirs = new EventWebhook();
    const key = theirs.convertPublicKeyToECDSA(sendgrid.webhookPublicKey);
    const [signature, timestamp] = Object.values(headers) as [string, string];
    expect(theirs.verifySignature(key, body, signature, timestamp)).toBe(true);
    expect(theirs.verifySignature(key, '[ ]', signature, timestamp)).toBe(false);
  });

  test('M9 a forged, truncated, re-serialised or old mail report is refused and not taken', async () => {
    const body = '[{"event": "delivered"}]';
    const headers = sendGridHeaders(body, now);
    const [signatureName, timestampName] = Object.keys(headers) as [string, string];
    const changed: [string | Buffer, Record<string, string>][] = [
      [body, {}],
      [body, { ...headers, [signatureName]: '' }],
      [body, { ...headers, [signatureName]: 'AAAA' }],
      [body, { ...headers, [signatureName]: `${headers['X-Twilio-Email-Event-Webhook-Signature'].slice(0, -8)}` }],
      [body, { ...headers, [signatureName]: Buffer.alloc(70, 0x30).toString('base64') }],
      [body, { ...headers, [timestampName]: String(Math.floor(now / 1000) + 1) }],
      [body, { ...headers, [timestampName]: 'NaN' }],
      [body, { ...headers, [timestampName]: '1e9' }],
      [body.slice(0, -1), headers],
      [`${body} `, headers],
      [JSON.stringify(JSON.parse(body)), headers],
      ['', headers],
      [body, sendGridHeaders(body, now - 25 * HOUR - 1000)],
      [body, sendGridHeaders(body, now + 10 * MINUTE + 1000)],
    ];
    for (const [sent, with_] of changed) expectProblem(await post('/mail', sent, with_), 403, 'signature');
    expect(taken).toEqual([]);
    await post('/mail', body, sendGridHeaders(body, now - 25 * HOUR)).expect(204);
  });

  test('M9 what Twilio signed is taken, with the configured address, and with another host or path it is not', async () => {
    const path = '/text?send=snd_1';
    await post(path, formBody, twilioHeaders(path, form)).expect(204);
    const other = post(path, formBody, { ...twilioHeaders(path, form), Host: 'elsewhere.example.org' });
    await other.expect(204);
    expect(taken).toHaveLength(2);
    const refused: [string, string, Record<string, string>][] = [
      [path, formBody, {}],
      [path, formBody, { 'X-Twilio-Signature': '' }],
      [path, formBody, { 'X-Twilio-Signature': 'x'.repeat(4000) }],
      ['/text?send=snd_2', formBody, twilioHeaders(path, form)],
      [path, `${formBody}&OptOutType=STOP`, twilioHeaders(path, form)],
      [path, formBody.slice(0, -3), twilioHeaders(path, form)],
      [path, '', twilioHeaders(path, form)],
      [path, formBody, twilioHeaders(path, form, 'http://127.0.0.1:8080')],
    ];
    for (const [at, sent, headers] of refused) expectProblem(await post(at, sent, headers), 403, 'signature');
    expect(taken).toHaveLength(2);
  });

  test('without its setting a webhook refuses everything and names the setting', async () => {
    const mail = await post('/mail-unset', '[]', sendGridHeaders('[]', now));
    expectProblem(mail, 403, 'signature');
    expect(mail.body.detail).toContain('SENDGRID_WEBHOOK_PUBLIC_KEY');
    const text = await post('/text-unset', formBody, twilioHeaders('/text-unset', form));
    expectProblem(text, 403, 'signature');
    expect(text.body.detail).toContain('TWILIO_AUTH_TOKEN');
  });

  test('a body over the limit is 413, a compressed one 415, and nothing needs a key', async () => {
    expectProblem(await post('/open', 'x'.repeat(4097), {}), 413, 'too-large');
    expectProblem(await post('/open', Buffer.from([31, 139]), { 'Content-Encoding': 'gzip' }), 415, 'unsupported-type');
    await post('/open', 'x'.repeat(4096), {}).expect(204);
    expect(taken.map((bytes) => bytes.length)).toEqual([4096]);
    expectProblem(await request(api.app).get('/open'), 405, 'method-not-allowed');
  });

  test('E6 webhooks are in the OpenAPI document', async () => {
    const { body } = await request(api.app).get('/openapi.json').expect(200);
    expect(body.paths['/mail'].post).toMatchObject({ security: [], tags: ['webhooks'] });
    expect(Object.keys(body.paths['/mail'].post.responses)).toEqual(['204', 'default']);
  });
});
