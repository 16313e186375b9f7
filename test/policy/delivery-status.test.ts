import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendHistory } from '../../policy/delivery/consequences.ts';
import type { Provider } from '../../policy/delivery/outcomes.ts';
import {
  afterReport,
  changesAnything,
  effectOf,
  type ReportEffect,
  type ReportedSend,
  type SendState,
  statusRules,
} from '../../policy/delivery/status.ts';
import { HOUR } from '../../policy/time.ts';

const now = Date.UTC(2026, 10, 24, 15);
const fresh: SendHistory = { attempts: 0, retriedPassing: false };

function send(
  state: SendState,
  providerStatus: string | null = state === 'accepted' ? 'accepted' : null,
): ReportedSend {
  return { state, providerStatus, history: fresh };
}

interface Said {
  status: string;
  code?: number;
  aboutCopy?: boolean;
}

function effect(provider: Provider, { status, code, aboutCopy = false }: Said, on = send('accepted')): ReportEffect {
  return effectOf({ provider, status, code: code ?? null, aboutCopy }, on, now);
}

/** The send after reports in this order, and what they did on the way. */
function told(provider: Provider, said: Said[], from: ReportedSend) {
  let at = from;
  const effects = said.map((one) => {
    const done = effect(provider, one, at);
    at = afterReport(at, done);
    return done;
  });
  return { send: at, effects, ended: effects.filter(({ outcome }) => outcome !== null).length };
}

const sendGridUnderWay = [{ status: 'processed' }, { status: 'deferred' }, { status: 'delivered' }];
const twilioUnderWay = [{ status: 'queued' }, { status: 'sending' }, { status: 'sent' }];
const open: SendState[] = ['claimed', 'unknown'];

describe('what a report changes', () => {
  it('M9 any report of an open send proves that its provider has it', () => {
    for (const { provider, statuses } of statusRules) {
      if (provider === 'any') continue;
      for (const status of statuses) {
        for (const state of open) expect(effect(provider, { status }, send(state)).proves, status).toBe('accepted');
        expect(effect(provider, { status }).proves, status).toBeNull();
      }
    }
  });

  it('M9 a status only moves forward', () => {
    expect(effect('twilio', { status: 'sent' }, send('accepted', 'delivered'))).toEqual(
      effect('twilio', { status: 'x' }),
    );
    expect(effect('twilio', { status: 'delivered' }, send('accepted', 'sent')).status).toBe('delivered');
    expect(effect('sendgrid', { status: 'delivered' }, send('accepted', 'bounce')).status).toBeNull();
    expect(
      changesAnything(effect('twilio', { status: 'undelivered', code: 30003 }, send('accepted', 'delivered'))),
    ).toBe(false);
  });

  it('M9 a mail that was delivered first and came back later came back', () => {
    const { outcome } = effect('sendgrid', { status: 'bounce' }, send('accepted', 'delivered'));
    expect(outcome).toMatchObject({ kind: 'not_sent', suppress: { category: 'all', reason: 'bad_address' } });
  });

  it('M10 what SendGrid defers is a status alone, and a blocked mail is tried once more later', () => {
    expect(effect('sendgrid', { status: 'deferred' })).toMatchObject({
      status: 'deferred',
      outcome: null,
      suppress: null,
    });
    expect(effect('sendgrid', { status: 'blocked' }).outcome).toMatchObject({ passing: true, retryAt: now + HOUR });
  });

  it('M8 an objection suppresses the address and gives nothing back', () => {
    const all = { category: 'all', reason: 'opted_out' };
    const optional = { category: 'optional', reason: 'unsubscribed' };
    expect(effect('sendgrid', { status: 'spamreport' })).toMatchObject({ outcome: null, suppress: all });
    expect(effect('sendgrid', { status: 'unsubscribe' })).toMatchObject({ outcome: null, suppress: optional });
    expect(effect('sendgrid', { status: 'group_unsubscribe' })).toMatchObject({ outcome: null, suppress: optional });
    // Also the second objection, which moves no status.
    const second = effect('sendgrid', { status: 'spamreport' }, send('accepted', 'unsubscribe'));
    expect(second).toMatchObject({ status: null, outcome: null, suppress: all });
    expect(effect('sendgrid', { status: 'group_resubscribe' })).toMatchObject({ suppress: null, lift: 'optional' });
  });

  it('M7 M8 what happens to a blind copy concerns its address alone', () => {
    const copy = effect('sendgrid', { status: 'bounce', aboutCopy: true });
    expect(copy).toMatchObject({ status: null, outcome: null, suppress: { category: 'all', reason: 'bad_address' } });
    expect(changesAnything(effect('sendgrid', { status: 'delivered', aboutCopy: true }))).toBe(false);
    expect(changesAnything(effect('sendgrid', { status: 'blocked', aboutCopy: true }))).toBe(false);
  });

  it('M9 a send that ended otherwise gets no second ending', () => {
    for (const state of ['undelivered', 'failed', 'not_sent'] as const) {
      expect(effect('twilio', { status: 'undelivered', code: 30005 }, send(state)).outcome, state).toBeNull();
    }
  });

  it('M10 what no rule names changes nothing, and a failure without a known code goes to a person', () => {
    expect(changesAnything(effect('sendgrid', { status: 'open' }))).toBe(false);
    expect(effect('twilio', { status: 'failed' }).outcome).toEqual({ kind: 'failed', code: 'failed', alert: true });
    expect(effect('twilio', { status: 'failed', code: 99999 }).outcome).toMatchObject({
      kind: 'failed',
      code: '99999',
    });
  });
});

describe('the order of reports', () => {
  const endings: [Provider, Said[], Said][] = [
    ['twilio', twilioUnderWay, { status: 'delivered' }],
    ['twilio', twilioUnderWay, { status: 'undelivered', code: 30003 }],
    ['twilio', twilioUnderWay, { status: 'failed', code: 30007 }],
    ['sendgrid', sendGridUnderWay, { status: 'bounce' }],
    ['sendgrid', sendGridUnderWay, { status: 'blocked' }],
    ['sendgrid', sendGridUnderWay, { status: 'dropped' }],
    ['sendgrid', sendGridUnderWay, { status: 'spamreport' }],
  ];

  it.each(endings)('M9 of %s never changes where they end: %j then %j', (provider, underWay, ending) => {
    const all = [...underWay, ending];
    const expected = told(provider, all, send('accepted'));
    const orders = fc.shuffledSubarray([...all, ...all], { minLength: all.length, maxLength: 2 * all.length });
    fc.assert(
      fc.property(orders, fc.constantFrom<SendState>('claimed', 'unknown', 'accepted'), (order, state) => {
        fc.pre(order.includes(ending));
        const found = told(provider, order, send(state));
        expect(found.send).toEqual(expected.send);
        expect(found.ended).toBe(expected.ended);
        expect(found.effects.filter(({ proves }) => proves).length).toBe(state === 'accepted' ? 0 : 1);
      }),
    );
  });

  it('M9 nothing ends a send twice, whatever is reported', () => {
    const statuses = statusRules.flatMap((rule) => rule.statuses.map((status) => ({ status })));
    const any = fc.array(fc.constantFrom(...statuses), { maxLength: 12 });
    fc.assert(
      fc.property(any, fc.constantFrom<Provider>('sendgrid', 'twilio'), (reports, provider) => {
        expect(told(provider, reports, send('claimed')).ended).toBeLessThanOrEqual(1);
      }),
    );
  });
});
