import { describe, expect, it } from 'vitest';
import type { Delivery, DeliveryChannel } from '../../activities/channels/channel.ts';
import { sendGridChannel } from '../../activities/channels/sendgrid.ts';
import { twilioChannel } from '../../activities/channels/twilio.ts';
import type { OutcomeClass } from '../../policy/delivery/outcomes.ts';
import { DAY, HOUR } from '../../policy/time.ts';
import type { PlanInput } from '../../runtime/local/provider-fake/plan.ts';
import type { ProviderFake } from '../../runtime/local/provider-fake/start.ts';
import { providerFake } from '../support/provider-clients.ts';

/** The channels as they run, with the providers' own clients, against the fake (M9, M10). */

type Fault = NonNullable<PlanInput['faults']>[number]['fault'];

const publicUrl = 'https://tandem.example.org';
const timeoutMillis = 600;

function channelsOf(fake: ProviderFake, baseUrl = fake.sendgridUrl): { email: DeliveryChannel; sms: DeliveryChannel } {
  const { sendgridApiKey: apiKey, twilioAccountSid: accountSid, twilioAuthToken: authToken } = fake.keys;
  const from = { name: 'Example, High; School', email: 'mail@example.org' };
  const { twilioMessagingServiceSid: messagingServiceSid } = fake.keys;
  const twilio = { accountSid, authToken, messagingServiceSid, publicUrl, now: async () => Date.now(), timeoutMillis };
  return {
    email: sendGridChannel({ apiKey, baseUrl, from, timeoutMillis }),
    sms: twilioChannel({ ...twilio, baseUrl: baseUrl === fake.sendgridUrl ? fake.twilioUrl : baseUrl }),
  };
}

function mail(given: Partial<Delivery> = {}): Delivery {
  return {
    sendId: 'snd_1',
    messageIds: ['msg_1'],
    personId: 'per_1',
    to: 'maya@example.org',
    bcc: [],
    subject: 'This week with Amara',
    body: 'Hi Maya,\n\nThis week’s lesson is open.',
    template: 'class-reminder',
    deliverBy: Date.now() + DAY,
    unsubscribeUrl: null,
    ...given,
  };
}

const text = (given: Partial<Delivery> = {}): Delivery =>
  mail({ to: '+12125550123', subject: null, body: 'This week’s lesson is open. ✨', ...given });

const faulty = (provider: 'sendgrid' | 'twilio', fault: Fault): Promise<ProviderFake> =>
  providerFake({ plan: { faults: [{ provider, fault }] } });

describe('mail by SendGrid', () => {
  it('M9 leaves once, with the id of its send, and is found again by it', async () => {
    const fake = await providerFake({});
    const { email } = channelsOf(fake);
    const answer = await email.deliver(mail({ bcc: ['ops@example.org'] }));
    expect(answer).toMatchObject({ class: 'accepted', code: '202' });
    const [entry] = fake.journal();
    expect(entry).toMatchObject({ sendId: 'snd_1', to: ['maya@example.org'], bcc: ['ops@example.org'], headers: {} });
    expect(entry?.body).toBe('Hi Maya,\n\nThis week’s lesson is open.');
    const send = {
      channel: 'email',
      provider: 'sendgrid',
      address: 'maya@example.org',
      body: '',
      claimedAt: new Date(),
      otherIds: [],
    } as const;
    expect(await email.lookUp({ ...send, id: 'snd_1' })).toMatchObject({ fate: 'accepted' });
    expect(await email.lookUp({ ...send, id: 'snd_2' })).toEqual({ fate: 'absent' });
    expect(await email.lookUp({ ...send, id: 'snd_1', address: null })).toEqual({ fate: 'unknown' });
  });

  it('M8 promotional mail carries one-click headers, and nothing else of ours becomes a header', async () => {
    const fake = await providerFake({});
    await channelsOf(fake).email.deliver(mail({ unsubscribeUrl: `${publicUrl}/preferences/t/unsubscribe` }));
    expect(fake.journal()[0]?.headers).toEqual({
      'List-Unsubscribe': `<${publicUrl}/preferences/t/unsubscribe>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
  });

  const rows: Array<[string, Fault, OutcomeClass]> = [
    ['429', { answer: 'status', status: 429, retryAfterSeconds: 7 }, 'limited'],
    ['401', { answer: 'status', status: 401 }, 'channel_broken'],
    ['403', { answer: 'status', status: 403 }, 'channel_broken'],
    ['400', { answer: 'status', status: 400 }, 'our_fault'],
    ['404', { answer: 'status', status: 404 }, 'our_fault'],
    ['413', { answer: 'status', status: 413 }, 'our_fault'],
    ['415', { answer: 'status', status: 415 }, 'our_fault'],
    ['422', { answer: 'status', status: 422 }, 'unrecognized'],
    ['500 after accepting', { answer: 'status', status: 500, accepted: true }, 'ambiguous'],
    ['503', { answer: 'status', status: 503 }, 'ambiguous'],
    ['200, the sandbox', { answer: 'sandbox' }, 'sandbox'],
    ['a page of HTML with 502', { answer: 'html', status: 502 }, 'ambiguous'],
    ['no answer', { answer: 'hang' }, 'ambiguous'],
    ['a reset', { answer: 'reset' }, 'ambiguous'],
    ['an answer that drips', { answer: 'drip', overMs: 60_000 }, 'ambiguous'],
    ['a redirect', { answer: 'redirect' }, 'ambiguous'],
  ];
  it.each(rows)('M10 %s', async (_name, fault, expected) => {
    const fake = await faulty('sendgrid', fault);
    const began = performance.now();
    const answer = await channelsOf(fake).email.deliver(mail());
    expect(answer.class).toBe(expected);
    expect(performance.now() - began).toBeLessThan(timeoutMillis + 400);
    expect(fake.journal().length).toBeLessThanOrEqual(1);
    if (expected === 'limited') expect(answer.retryAfterSeconds).toBe(7);
    expect(JSON.stringify(answer)).not.toMatch(/SG\.|maya|lesson/);
  });
});

describe('texts by Twilio', () => {
  it('M9 leaves once through the messaging service, and is found again by number, words and time', async () => {
    const fake = await providerFake({});
    const { sms } = channelsOf(fake);
    const claimedAt = new Date();
    expect(await sms.deliver(text())).toMatchObject({ class: 'accepted', providerId: expect.stringMatching(/^SM/) });
    expect(fake.journal()[0]).toMatchObject({
      sendId: 'snd_1',
      to: ['+12125550123'],
      body: 'This week’s lesson is open. ✨',
      statusCallback: `${publicUrl}/webhooks/twilio/status?send=snd_1`,
    });
    const send = { id: 'snd_1', channel: 'sms', provider: 'twilio', claimedAt, otherIds: [] } as const;
    const sent = { address: '+12125550123', body: 'This week’s lesson is open. ✨' };
    expect(await sms.lookUp({ ...send, ...sent })).toMatchObject({ fate: 'accepted' });
    expect(await sms.lookUp({ ...send, ...sent, body: 'Other words' })).toEqual({ fate: 'absent' });
    expect(await sms.lookUp({ ...send, ...sent, address: '+12125550199' })).toEqual({ fate: 'absent' });
    const later = new Date(Date.now() + HOUR);
    expect(await sms.lookUp({ ...send, ...sent, claimedAt: later })).toEqual({ fate: 'absent' });
    expect(await sms.lookUp({ ...send, ...sent, body: null })).toEqual({ fate: 'unknown' });
  });

  it('M2 a text is valid only for as long as it may arrive, ten hours at most', async () => {
    const fake = await providerFake({});
    const { sms } = channelsOf(fake);
    for (const deliverBy of [Date.now() + HOUR, Date.now() + 30 * HOUR, Date.now() - 1])
      await sms.deliver(text({ deliverBy }));
    const [hour, day, past] = fake.journal().map((entry) => entry.validityPeriodSeconds as number);
    expect(hour).toBeGreaterThan(3590);
    expect([day, past]).toEqual([36_000, 1]);
  });

  const rows: Array<[string, Fault, OutcomeClass]> = [
    ['20429', { answer: 'twilioError', code: 20429 }, 'limited'],
    ['429 with Retry-After', { answer: 'status', status: 429, retryAfterSeconds: 7 }, 'limited'],
    ...([20003, 21606, 30034, 30032, 30002] as const).map((code): [string, Fault, OutcomeClass] => [
      String(code),
      { answer: 'twilioError', code },
      'channel_broken',
    ]),
    ...([21602, 21617] as const).map((code): [string, Fault, OutcomeClass] => [
      String(code),
      { answer: 'twilioError', code },
      'our_fault',
    ]),
    ...([21211, 21614, 21635, 21217, 30005, 30006] as const).map((code): [string, Fault, OutcomeClass] => [
      String(code),
      { answer: 'twilioError', code },
      'bad_address',
    ]),
    ...([21610, 30004] as const).map((code): [string, Fault, OutcomeClass] => [
      String(code),
      { answer: 'twilioError', code },
      'opted_out',
    ]),
    ...([30003, 30008, 30001, 21611, 30036] as const).map((code): [string, Fault, OutcomeClass] => [
      String(code),
      { answer: 'twilioError', code },
      'passing',
    ]),
    ['30007', { answer: 'twilioError', code: 30007 }, 'filtered'],
    ['21408', { answer: 'twilioError', code: 21408 }, 'region'],
    ['21612', { answer: 'twilioError', code: 21612 }, 'region'],
    ['a code that nobody knows', { answer: 'twilioError', code: 63_999 }, 'unrecognized'],
    ['500 after accepting', { answer: 'status', status: 500, accepted: true }, 'ambiguous'],
    ['503', { answer: 'status', status: 503 }, 'ambiguous'],
    ['a page of HTML with 200', { answer: 'html', status: 200 }, 'ambiguous'],
    ['no answer', { answer: 'hang' }, 'ambiguous'],
    ['a reset', { answer: 'reset' }, 'ambiguous'],
    ['an answer that drips', { answer: 'drip', overMs: 60_000 }, 'ambiguous'],
    ['a redirect', { answer: 'redirect' }, 'ambiguous'],
  ];
  it.each(rows)('M10 %s', async (_name, fault, expected) => {
    const fake = await faulty('twilio', fault);
    const answer = await channelsOf(fake).sms.deliver(text());
    expect(answer.class).toBe(expected);
    expect(fake.journal().length).toBeLessThanOrEqual(1);
    expect(JSON.stringify(answer)).not.toMatch(/\+1212|lesson/);
  });

  it('M10 the time until a limited provider takes more is that of its own answer, however many are under way', async () => {
    const to = (last: number): string => `+1212555010${last}`;
    const faults = [1, 2, 3, 4].map((last) => ({
      provider: 'twilio' as const,
      to: to(last),
      fault: { answer: 'status' as const, status: 429, retryAfterSeconds: 10 * last },
    }));
    const { sms } = channelsOf(await providerFake({ plan: { faults } }));
    const answers = await Promise.all([1, 2, 3, 4].map((last) => sms.deliver(text({ to: to(last) }))));
    expect(answers.map((answer) => answer.retryAfterSeconds)).toEqual([10, 20, 30, 40]);
  });
});

describe('a provider that cannot be reached', () => {
  it('M10 a refused connection is not sent; a look-up that fails proves nothing', async () => {
    const fake = await providerFake({});
    const { email, sms } = channelsOf(fake, 'http://127.0.0.1:1');
    expect(await email.deliver(mail())).toMatchObject({ class: 'not_sent', code: 'ECONNREFUSED' });
    expect(await sms.deliver(text())).toMatchObject({ class: 'not_sent', code: 'ECONNREFUSED' });
    const send = { id: 's', address: '+12125550123', body: 'x', claimedAt: new Date(), otherIds: [] } as const;
    expect(await email.lookUp({ ...send, channel: 'email', provider: 'sendgrid' })).toEqual({ fate: 'unknown' });
    expect(await sms.lookUp({ ...send, channel: 'sms', provider: 'twilio' })).toEqual({ fate: 'unknown' });
  });
});
