import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../runtime/local/provider-fake/plan.ts';
import type { ProviderFake } from '../../runtime/local/provider-fake/start.ts';
import { aMail, aText, failureOf, providerFake, sendgridOf, twilioOf } from '../support/provider-clients.ts';

type Fault = NonNullable<PlanInput['faults']>[number]['fault'];

const faulty = (fault: Fault, more: object = {}) => providerFake({ plan: { faults: [{ fault, ...more }] } });

const sendMail = (fake: ProviderFake, timeout = 5000) => sendgridOf(fake, { timeout }).mail.send(aMail());
const sendText = (fake: ProviderFake, timeout = 5000) => twilioOf(fake, { timeout }).messages.create(aText(fake));

/** What is in the journal of each provider's request: accepted or not, and the status it was to be answered with. */
const journalled = (fake: ProviderFake) => fake.journal().map(({ accepted, status }) => [accepted, status]);

/** Both clients fail, and the journal says whether the message went out. */
async function bothFail(fake: ProviderFake, timeout?: number) {
  return { mail: await failureOf(sendMail(fake, timeout)), text: await failureOf(sendText(fake, timeout)) };
}

describe('faults of the provider fake', () => {
  it('a late answer comes late, and the message went out meanwhile', async () => {
    const fake = await faulty({ answer: 'normal', delayMs: 150 });
    const start = performance.now();
    await sendMail(fake);
    expect(performance.now() - start).toBeGreaterThan(140);
    await sendText(fake);
    expect(journalled(fake)).toEqual([
      [true, 202],
      [true, 201],
    ]);
  });

  it('an answer later than the timeout is a timeout of a message that went out', async () => {
    const fake = await faulty({ answer: 'normal', delayMs: 2000 });
    const { mail, text } = await bothFail(fake, 400);
    expect([mail.code, text.code]).toEqual(['ECONNABORTED', 'ECONNABORTED']);
    expect(journalled(fake)).toEqual([
      [true, 202],
      [true, 201],
    ]);
  });

  it.each([true, false])('a request that is never answered times out (accepted: %s)', async (accepted) => {
    const fake = await faulty({ answer: 'hang', accepted });
    const { mail, text } = await bothFail(fake, 400);
    expect([mail.code, text.code]).toEqual(['ECONNABORTED', 'ECONNABORTED']);
    expect(journalled(fake)).toEqual([
      [accepted, null],
      [accepted, null],
    ]);
  });

  it.each([true, false])('a reset socket is seen as one (accepted: %s)', async (accepted) => {
    const fake = await faulty({ answer: 'reset', accepted });
    const { mail, text } = await bothFail(fake);
    expect([mail.code, text.code]).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(journalled(fake)).toEqual([
      [accepted, null],
      [accepted, null],
    ]);
  });

  it('a request that is accepted late is in the journal and in look-ups only then', async () => {
    const fake = await faulty({ answer: 'reset', acceptedAfterMs: 1000 });
    await bothFail(fake);
    expect(fake.journal()).toEqual([]);
    expect(await twilioOf(fake).messages.list({ to: '+15005550010' })).toEqual([]);
    await expect.poll(() => fake.journal().length, { timeout: 10_000 }).toBe(2);
    for (const { at, arrivedAt, accepted } of fake.journal()) {
      expect(accepted).toBe(true);
      // A timer may end a part of a millisecond before its whole ones are over.
      expect(Date.parse(at) - Date.parse(arrivedAt)).toBeGreaterThanOrEqual(999);
    }
    expect(await twilioOf(fake).messages.list({ to: '+15005550010' })).toHaveLength(1);
  });

  it.each([400, 401, 403, 404, 413, 429, 500, 503])('both providers answer %i in their own way', async (status) => {
    const fake = await faulty({ answer: 'status', status });
    const { mail, text } = await bothFail(fake);
    expect(mail.code).toBe(status);
    expect(mail.response).toMatchObject({ body: { errors: [{ message: expect.any(String), field: null }] } });
    expect(text).toMatchObject({ status, code: status === 401 ? 20003 : 20000 + status });
    expect(journalled(fake)).toEqual([
      [false, status],
      [false, status],
    ]);
  });

  it('429 says when to come again', async () => {
    const fake = await faulty({ answer: 'status', status: 429, retryAfterSeconds: 7, rateLimitResetSeconds: 60 });
    const mail = await failureOf(sendMail(fake));
    const headers = (mail.response as { headers: Record<string, string> }).headers;
    expect(headers['retry-after']).toBe('7');
    expect(Number(headers['x-ratelimit-reset']) - Date.now() / 1000).toBeCloseTo(60, -1);
    const client = twilioOf(fake);
    await failureOf(client.messages.create(aText(fake)));
    const { lastResponse } = client.httpClient as { lastResponse?: { headers: Record<string, string> } };
    expect(lastResponse?.headers['retry-after']).toBe('7');
  });

  it('500 after accepting: the message went out', async () => {
    const fake = await faulty({ answer: 'status', status: 500, accepted: true });
    const { mail, text } = await bothFail(fake);
    expect([mail.code, text.status]).toEqual([500, 500]);
    expect(journalled(fake)).toEqual([
      [true, 500],
      [true, 500],
    ]);
    expect(await twilioOf(fake).messages.list({ to: '+15005550010' })).toHaveLength(1);
  });

  it('an HTML page with 502 has no code', async () => {
    const fake = await faulty({ answer: 'html', status: 502 });
    const { mail, text } = await bothFail(fake);
    expect(mail.code).toBe(502);
    expect(text).toMatchObject({ status: 502, message: expect.stringContaining('502') });
    expect(text.code).toBeUndefined();
  });

  it('an HTML page with 200 looks to the mail client like an answer without an id', async () => {
    const fake = await faulty({ answer: 'html', status: 200 });
    const [answer] = await sendMail(fake);
    expect([answer.statusCode, answer.headers['x-message-id']]).toEqual([200, undefined]);
    expect((await failureOf(sendText(fake))).name).toBe('SyntaxError');
    expect(journalled(fake)).toEqual([
      [false, 200],
      [false, 200],
    ]);
  });

  it('a dripping body outlasts the timeout of the text client, and a dripping head does not', async () => {
    const fake = await faulty({ answer: 'drip', overMs: 3000 });
    expect((await failureOf(sendMail(fake, 1000))).code).toBe('ECONNABORTED');
    const start = performance.now();
    expect((await sendText(fake, 1000)).sid).toMatch(/^SM/);
    expect(performance.now() - start).toBeGreaterThan(2800);
    expect(journalled(fake)).toEqual([
      [true, 202],
      [true, 201],
    ]);
  });

  it('a redirect is followed, and so sent twice, only by a mail client that may', async () => {
    const fake = await faulty({ answer: 'redirect' }, { requests: { last: 1 } });
    expect((await failureOf(sendMail(fake))).status).toBe(307);
    expect(journalled(fake)).toEqual([[false, 307]]);
    fake.setPlan({ faults: [{ requests: { last: 1 }, fault: { answer: 'redirect' } }] });
    const [answer] = await sendgridOf(fake, { maxRedirects: 5 }).mail.send(aMail());
    expect(answer.statusCode).toBe(202);
    expect(journalled(fake).slice(1)).toEqual([
      [false, 307],
      [true, 202],
    ]);
  });

  it('the sandbox answers 200 and accepts nothing', async () => {
    const fake = await faulty({ answer: 'sandbox' }, { provider: 'sendgrid' });
    expect((await sendMail(fake))[0].statusCode).toBe(200);
    await sendText(fake);
    expect(journalled(fake)).toEqual([
      [false, 200],
      [true, 201],
    ]);
  });

  it.each([
    [20003, 401],
    [20429, 429],
    [21211, 400],
    [21408, 403],
    [21610, 400],
    [21611, 429],
    [30034, 403],
    [39999, 400],
  ])('Twilio answers code %i with status %i', async (code, status) => {
    const fake = await faulty({ answer: 'twilioError', code }, { provider: 'twilio' });
    // The real ones quote the number too: a log of the message would give it away.
    const message = expect.stringContaining('+15005550010');
    expect(await failureOf(sendText(fake))).toMatchObject({ code, status, message });
    await sendMail(fake);
    expect(journalled(fake)).toEqual([
      [false, status],
      [true, 202],
    ]);
  });
});

describe('rules of the provider fake', () => {
  it('concern the recipients they name, by pattern too', async () => {
    const down: Fault = { answer: 'status', status: 503 };
    const fake = await providerFake({
      plan: {
        faults: [
          { to: 'ana@*', fault: down },
          { to: '+1500555001?', fault: down },
        ],
      },
    });
    const { mail } = sendgridOf(fake);
    expect((await failureOf(mail.send(aMail('Ana@example.org')))).code).toBe(503);
    expect((await mail.send(aMail('joana@example.org')))[0].statusCode).toBe(202);
    expect((await failureOf(sendText(fake))).status).toBe(503);
    await twilioOf(fake).messages.create(aText(fake, '+15005550020'));
  });

  it('concern the requests they number, and begin to count anew with a new plan', async () => {
    const fake = await faulty({ answer: 'status', status: 503 }, { requests: { first: 2, last: 3 } });
    const { mail } = sendgridOf(fake);
    const outcome = () =>
      mail.send(aMail()).then(
        ([{ statusCode }]) => statusCode,
        ({ code }) => code,
      );
    expect([await outcome(), await outcome(), await outcome(), await outcome()]).toEqual([202, 503, 503, 202]);
    fake.setPlan({ faults: [{ requests: { last: 1 }, fault: { answer: 'status', status: 500 } }] });
    expect([await outcome(), await outcome()]).toEqual([500, 202]);
  });

  it('meet look-ups only where they say so', async () => {
    const fake = await faulty({ answer: 'status', status: 503 }, { on: 'lookUp' });
    await sendText(fake);
    expect((await failureOf(twilioOf(fake).messages.list({ to: '+15005550010' }))).status).toBe(503);
    const query = { method: 'GET', url: '/v3/messages', qs: { query: 'to_email="ana@example.org"' } } as const;
    expect((await failureOf(sendgridOf(fake).client.request(query))).code).toBe(503);
  });

  it('draw the same faults from the same seed, in whatever order the requests come, and others from another', async () => {
    const outcomes = async (seed: number, sends: number[]): Promise<Map<string, number>> => {
      const fake = await providerFake({
        plan: { seed, faults: [{ share: 0.3, fault: { answer: 'status', status: 503 } }] },
      });
      const { mail } = sendgridOf(fake, { timeout: 10_000 });
      const send = (index: number) => mail.send(aMail(`person${index}@example.org`)).catch(() => undefined);
      await Promise.all(sends.map(send));
      return new Map(fake.journal().map(({ to, status }) => [to[0] ?? '', status ?? 0]));
    };
    const sends = Array.from({ length: 60 }, (_, index) => index);
    const once = await outcomes(7, sends);
    const failed = [...once.values()].filter((status) => status === 503).length;
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(40);
    expect(await outcomes(7, [...sends].reverse())).toEqual(once);
    expect(await outcomes(8, sends)).not.toEqual(once);
  });
});
