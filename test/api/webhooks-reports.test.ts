import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { outcomeRules } from '../../policy/delivery/outcomes.ts';
import { HOUR } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { readChannels } from '../../prisma/store/channels.ts';
import { recordOutcomes } from '../../prisma/store/send-outcomes.ts';
import { lift } from '../../prisma/store/suppressions.ts';
import { classified, type Reporting, type Sent, startReporting } from './reported.ts';

let api: Reporting;
beforeAll(async () => {
  api = await startReporting();
});
afterAll(() => api.drop());
beforeEach(async () => {
  api.nudged.length = 0;
  await execute(api.database, 'delete from channels');
});

const reports = (sent: Sent) =>
  queryRows<{ status: string; state: string }>(
    api.database,
    'select status, state from provider_reports where send_id = $1 order by received_at, status',
    sent.id,
  );
const tasks = (reason: string) =>
  queryRows(api.database, "select 1 from cases where reason = $1 and state = 'open'", reason);
const quarantined = (provider: string) =>
  api.count('tandem_provider_reports_total', { provider, state: 'quarantined' });

describe('reports of mail', () => {
  test('M9 what was delivered shows it, once, also when it is told again under another event id', async () => {
    const sent = await api.claim('email');
    await api.answer(sent);
    const event = api.event(sent, 'delivered');
    expect(await api.events([event, event])).toBe(204);
    expect(await api.events([{ ...event, sg_event_id: 'another' }])).toBe(204);
    expect(await api.stands(sent)).toBe('accepted delivered / sent');
    expect(await reports(sent)).toEqual([{ status: 'delivered', state: 'applied' }]);
    expect(await api.count('tandem_provider_reports_total', { provider: 'sendgrid', state: 'duplicate' })).toBe(2);
    expect(api.nudged).toEqual([]);
  });

  test('M9 a report before our own answer accepts the send with its id, and the answer changes nothing', async () => {
    const sent = await api.claim('email');
    await api.events([api.event(sent, 'processed')]);
    expect(await api.stands(sent)).toBe('accepted processed / sent');
    await api.answer(sent);
    await api.answer(sent, { kind: 'unknown', code: 'ETIMEDOUT' });
    expect(await api.stands(sent)).toBe('accepted processed / sent');
    const [stored] = await queryRows(api.database, 'select provider_id from sends where id = $1', sent.id);
    expect(stored).toEqual({ provider_id: sent.providerId });
  });

  test('M9 a report settles a send that is unknown', async () => {
    const sent = await api.claim('email');
    await api.answer(sent, { kind: 'unknown', code: 'ECONNRESET' });
    expect(await api.stands(sent)).toBe('unknown / unknown');
    await api.events([api.event(sent, 'delivered')]);
    expect(await api.stands(sent)).toBe('accepted delivered / sent');
  });

  test('M9 what was taken for absent and is reported after all is not sent again, unless it was already', async () => {
    const absent = { kind: 'not_sent', code: 'proven_absent', retryAt: api.clock.at, counts: false } as const;
    const [waits, goesOn] = [await api.claim('email'), await api.claim('email')];
    await api.answer(waits, absent);
    await api.answer(goesOn, absent);
    await execute(
      api.database,
      "update messages set state = 'sending', send_id = 'other' where id = $1",
      goesOn.message,
    );
    expect(await api.stands(waits)).toBe('not_sent / waiting');
    await api.events([api.event(waits, 'delivered'), api.event(goesOn, 'delivered')]);
    expect(await api.stands(waits)).toBe('accepted delivered / sent');
    expect(await api.stands(goesOn)).toBe('not_sent delivered / sending');
  });

  test('M8 M10 a bounce suppresses the address, gives the message back and wakes the dispatchers', async () => {
    const sent = await api.claim('email');
    await api.events([api.event(sent, 'delivered'), api.event(sent, 'bounce', { type: 'bounce' })]);
    expect(await api.stands(sent)).toBe('undelivered bounce / waiting');
    expect(await api.suppressed(sent)).toEqual(['all bad_address']);
    expect(api.nudged.sort()).toEqual(['people', 'urgent']);
  });

  test('M10 a mail that was dropped is never tried again', async () => {
    const sent = await api.claim('email');
    await api.answer(sent);
    await api.events([api.event(sent, 'dropped')]);
    expect(await api.stands(sent)).toBe('undelivered dropped / waiting');
    expect(await api.suppressed(sent)).toEqual(['all opted_out']);
  });

  test.each([
    ['spamreport', 'all opted_out'],
    ['unsubscribe', 'optional unsubscribed'],
    ['group_unsubscribe', 'optional unsubscribed'],
  ])('M8 after %s the address is suppressed, and what was delivered stays sent', async (event, expected) => {
    const sent = await api.claim('email');
    await api.answer(sent);
    await api.events([api.event(sent, 'delivered'), api.event(sent, event)]);
    expect(await api.stands(sent)).toBe(`accepted ${event} / sent`);
    expect(await api.suppressed(sent)).toEqual([expected]);
    expect(api.nudged).toEqual([]);
  });

  test('M8 resubscribing undoes an unsubscribe, and no complaint', async () => {
    const sent = await api.claim('email');
    await api.answer(sent);
    await api.events([api.event(sent, 'group_unsubscribe'), api.event(sent, 'spamreport')]);
    await api.events([api.event(sent, 'group_resubscribe')]);
    expect(await api.suppressed(sent)).toEqual(['all opted_out']);
  });

  test('M8 a report that is told again after the person came back changes nothing; forgotten, it would', async () => {
    const sent = await api.claim('email');
    await api.answer(sent);
    const event = api.event(sent, 'unsubscribe');
    await api.events([event]);
    await lift(api.database, sent);
    await api.events([event]);
    expect(await api.suppressed(sent)).toEqual([]);
    await execute(api.database, 'delete from provider_reports where send_id = $1', sent.id);
    await api.events([event]);
    expect(await api.suppressed(sent)).toEqual(['optional unsubscribed']);
  });

  test('M9 batches, their repetitions and our own answers at the same time never disagree', async () => {
    const sent = await Promise.all(Array.from({ length: 40 }, () => api.claim('email')));
    const shuffled = fc.sample(fc.shuffledSubarray(sent, { minLength: sent.length }), 6);
    const batches = shuffled.map((order) =>
      api.events(order.flatMap((one) => [api.event(one, 'delivered'), api.event(one, 'bounce')])),
    );
    const outcomes = (order: Sent[]) =>
      order.map(({ id, providerId }) => ({ id, outcome: { kind: 'accepted', providerId } as const }));
    const answers = shuffled.map((order) => recordOutcomes(api.database, outcomes(order), api.clock.at, classified));
    expect(await Promise.all(batches)).toEqual(batches.map(() => 204));
    await Promise.all(answers);
    for (const one of sent) {
      expect(await api.stands(one)).toBe('undelivered bounce / waiting');
      expect((await reports(one)).map(({ state }) => state)).toEqual(['applied', 'applied']);
    }
  });

  test('M10 a blocked mail is tried once more after an hour, then a person is asked; a deferred one is left alone', async () => {
    const first = await api.claim('email');
    await api.answer(first);
    await api.events([api.event(first, 'deferred')]);
    expect(await api.stands(first)).toBe('accepted deferred / sent');
    await api.events([api.event(first, 'bounce', { type: 'blocked' })]);
    expect(await api.stands(first)).toBe('undelivered blocked / waiting');
    expect(await api.suppressed(first)).toEqual([]);
    const [message] = await queryRows<{ look_at: Date; retried_passing: boolean }>(
      api.database,
      'select look_at, retried_passing from messages where id = $1',
      first.message,
    );
    expect(message).toEqual({ look_at: new Date(api.clock.at + HOUR), retried_passing: true });
    const second = await api.claim('email', { retriedPassing: true });
    await api.events([api.event(second, 'bounce', { type: 'blocked' })]);
    expect(await api.stands(second)).toBe('undelivered blocked / failed provider_refused');
  });

  test('M7 what happens to a blind copy leaves the message alone and suppresses only its own address', async () => {
    const sent = await api.claim('email');
    const email = 'operations@example.org';
    await api.events([api.event(sent, 'delivered', { email }), api.event(sent, 'bounce', { email })]);
    expect(await api.stands(sent)).toBe('accepted accepted / sent');
    expect(await api.suppressed(sent)).toEqual([]);
    expect(await api.suppressed({ channel: 'email', address: email })).toEqual(['all bad_address']);
    // The recipient's own bounce of the same second is another report.
    await api.events([api.event(sent, 'bounce')]);
    expect(await api.stands(sent)).toBe('undelivered bounce / waiting');
  });

  test('M9 reports of other mail, and contradictory ones, are kept apart; one without our argument is found by its id', async () => {
    const sent = await api.claim('email');
    await api.answer(sent);
    const before = await quarantined('sendgrid');
    await api.events([
      api.event(sent, 'bounce', { tandem_send: 'snd_elsewhere' }),
      api.event(sent, 'bounce', { tandem_send: undefined, sg_message_id: 'another.recvd-1' }),
      api.event(sent, 'bounce', { sg_message_id: 'another.recvd-1' }),
    ]);
    expect(await api.stands(sent)).toBe('accepted accepted / sent');
    expect(await quarantined('sendgrid')).toBe(before + 3);
    await api.events([api.event(sent, 'delivered', { tandem_send: undefined })]);
    expect(await api.stands(sent)).toBe('accepted delivered / sent');
  });

  test('M9 an event that cannot be read is kept apart, and the others of its batch are applied', async () => {
    const sent = await api.claim('email');
    const before = await quarantined('sendgrid');
    const garbage = [null, 7, 'x', [], {}, { event: 7 }, api.event(sent, 'bounce', { timestamp: 'now' })];
    const hostile = [{ event: '\u0000' }, api.event(sent, 'bounce', { email: 'a\ud800@example.org' })];
    expect(await api.events([...garbage, api.event(sent, 'delivered'), ...hostile])).toBe(204);
    expect(await api.stands(sent)).toBe('accepted delivered / sent');
    expect(await quarantined('sendgrid')).toBe(before + garbage.length + hostile.length);
  });

  test('M9 whatever is signed is taken without a fault of ours', async () => {
    const bodies = [
      '',
      '\0',
      '"\ud800"',
      '{',
      '{}',
      'null',
      '[[[]]]',
      '['.repeat(100_000),
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      `{"a":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      JSON.stringify([{ event: 'delivered', timestamp: 1e308, email: 'x', tandem_send: { toString: 1 } }]),
      '[{"__proto__": {"event": "delivered"}, "constructor": 1}]',
      JSON.stringify(Array.from({ length: 20_000 }, () => 0)),
    ];
    for (const body of bodies) expect(await api.events(body), body.slice(0, 40)).toBe(204);
    expect(await api.events('x'.repeat(2 * 1024 * 1024))).toBe(413);
    expect(api.logged()).not.toContain('"level":50');
  });

  test('M10 a batch of a thousand events is a few statements', async () => {
    const sent = await Promise.all(Array.from({ length: 1000 }, () => api.claim('email')));
    const kinds = ['delivered', 'bounce', 'spamreport', 'processed'];
    const batch = sent.map((one, index) => api.event(one, kinds[index % 4] as string));
    api.statements.reset();
    expect(await api.events(batch)).toBe(204);
    expect(api.statements.count()).toBeLessThan(15);
    const stands = await Promise.all(sent.slice(0, 4).map(api.stands));
    expect(stands).toEqual([
      'accepted delivered / sent',
      'undelivered bounce / waiting',
      'accepted spamreport / sent',
      'accepted processed / sent',
    ]);
    expect(await api.suppressed(sent[997] as Sent)).toEqual(['all bad_address']);
  });
});

describe('reports of texts', () => {
  test('M9 a status is told by the address of the callback, applied once and forward only', async () => {
    const sent = await api.claim('sms');
    for (const status of ['delivered', 'queued', 'sent', 'delivered']) expect(await api.status(sent, status)).toBe(204);
    expect(await api.stands(sent)).toBe('accepted delivered / sent');
    const states = (await reports(sent)).map(({ status, state }) => `${status} ${state}`);
    expect(states.sort()).toEqual(['delivered applied', 'queued ignored', 'sent ignored']);
    await api.status(sent, 'undelivered', 30003);
    expect(await api.stands(sent)).toBe('accepted delivered / sent');
  });

  test('M9 whatever the order of reports and of our own answer, a text ends the same', async () => {
    const steps = ['answer', 'queued', 'sent', 'undelivered', 'undelivered'];
    const orders = fc.shuffledSubarray(steps, { minLength: steps.length });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const sent = await api.claim('sms');
        for (const step of order) {
          if (step === 'answer') await api.answer(sent);
          else expect(await api.status(sent, step, step === 'undelivered' ? 30003 : undefined)).toBe(204);
        }
        expect(await api.stands(sent)).toBe('undelivered undelivered / waiting');
      }),
      { numRuns: 25 },
    );
  });

  const fallsBack = 'undelivered undelivered / waiting';
  const refused = 'undelivered undelivered / failed provider_refused';
  const expected: Record<string, { stands: string; suppressed?: string[]; parked?: boolean; asks?: boolean }> = {
    limited: { stands: fallsBack },
    channel_broken: { stands: fallsBack, parked: true },
    our_fault: { stands: refused, asks: true },
    bad_address: { stands: fallsBack, suppressed: ['all bad_address'] },
    opted_out: { stands: fallsBack, suppressed: ['all opted_out'] },
    passing: { stands: fallsBack },
    filtered: { stands: refused, asks: true },
    region: { stands: refused, asks: true },
    unrecognized: { stands: refused, asks: true },
  };
  const codes = outcomeRules
    .filter(({ provider, on }) => provider === 'twilio' && on === 'code')
    .flatMap((rule) => rule.values.map((code) => [Number(code), rule.class] as const));

  test.each([...codes, [99_999, 'unrecognized'] as const])('M10 error %i of a callback is %s', async (code, class_) => {
    const sent = await api.claim('sms');
    await api.answer(sent);
    const before = (await tasks('send_failed')).length;
    await api.status(sent, 'undelivered', code);
    const { stands, suppressed = [], parked = false, asks = false } = expected[class_] as (typeof expected)[string];
    expect(await api.stands(sent)).toBe(stands);
    expect(await api.suppressed(sent)).toEqual(suppressed);
    expect((await readChannels(api.database, ['twilio']))[0]?.parkedAt !== null).toBe(parked);
    expect((await tasks('send_failed')).length > before).toBe(asks);
    expect(api.nudged).not.toEqual([]);
  });

  test('M9 a callback about another text than the one of that send is kept apart', async () => {
    const [one, other] = [await api.claim('sms'), await api.claim('sms')];
    await api.answer(one);
    const before = await quarantined('twilio');
    await api.status({ ...other, id: one.id }, 'undelivered', 30005);
    await api.status({ ...one, id: 'snd_nowhere' }, 'undelivered', 30005);
    const mail = await api.claim('email');
    await api.status({ ...one, id: mail.id }, 'failed', 30005);
    expect(await api.stands(one)).toBe('accepted accepted / sent');
    expect(await quarantined('twilio')).toBe(before + 3);
  });

  test('M9 whatever is signed is taken without a fault of ours', async () => {
    const forms: Record<string, string>[] = [
      {},
      { MessageSid: '\0', MessageStatus: '\0' },
      { MessageSid: 'SM1', MessageStatus: 'delivered', ErrorCode: '9'.repeat(400) },
      { MessageSid: "'; drop table sends", MessageStatus: 'delivered' },
      { MessageSid: 'SM1', MessageStatus: '__proto__', __proto__x: '1' },
      { MessageSid: '\ud800', MessageStatus: '\u{1f600}'.repeat(5000) },
    ];
    for (const form of forms) expect(await api.twilio('/webhooks/twilio/status', form)).toBe(204);
    expect(
      await api.twilio('/webhooks/twilio/status?send=%00&send=%ff', { MessageSid: 'SM2', MessageStatus: 'sent' }),
    ).toBe(204);
    expect(api.logged()).not.toContain('"level":50');
  });
});
