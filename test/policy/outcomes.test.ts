import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf, type ProviderAnswer, retryAfter, type SendOutcome } from '../../policy/delivery/consequences.ts';
import {
  classOf,
  type OutcomeClass,
  type OutcomeRule,
  outcomeRules,
  type Provider,
} from '../../policy/delivery/outcomes.ts';
import { HOUR, MINUTE } from '../../policy/time.ts';

const now = Date.parse('2026-11-10T12:00:00Z');
const fresh = { attempts: 0, retriedPassing: false };

function outcome(of: OutcomeClass, given: Partial<ProviderAnswer> = {}, history = fresh): SendOutcome {
  return outcomeOf({ class: of, code: 'x', ...given }, history, now);
}

const values = (rule: OutcomeRule): Array<[string | number, Provider]> =>
  rule.values.flatMap((value) =>
    (rule.provider === 'any' ? (['sendgrid', 'twilio'] as const) : [rule.provider]).map(
      (provider): [string | number, Provider] => [value, provider],
    ),
  );

describe('the outcome table', () => {
  for (const rule of outcomeRules) {
    it.each(values(rule))(`M10 ${rule.on} %s of %s is ${rule.class}`, (value, provider) => {
      const said = rule.on === 'code' ? { code: Number(value), status: 400 } : { [rule.on]: value };
      expect(classOf(provider, said)).toBe(rule.class);
    });
  }

  it('M10 no answer is in two rows', () => {
    const seen = outcomeRules.flatMap((rule) =>
      values(rule).map(([value, provider]) => `${provider} ${rule.on} ${value}`),
    );
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('M9 a time-out, a reset, a broken pipe and every 5xx may have gone out', () => {
    for (const connection of ['ETIMEDOUT', 'ECONNABORTED', 'ECONNRESET', 'EPIPE', 'no_answer']) {
      expect(classOf('sendgrid', { connection }), connection).toBe('ambiguous');
      expect(classOf('twilio', { connection }), connection).toBe('ambiguous');
    }
    for (let status = 500; status < 600; status++) {
      expect(classOf('sendgrid', { status })).toBe('ambiguous');
      expect(classOf('twilio', { status, code: 20500 })).toBe('ambiguous');
    }
  });

  it('M10 a refusal that nobody has classed is for a person, and what is no refusal is not taken for one', () => {
    expect(classOf('twilio', { status: 400, code: 99999 })).toBe('unrecognized');
    expect(classOf('sendgrid', { status: 418 })).toBe('unrecognized');
    expect(classOf('twilio', { code: 99999 })).toBe('unrecognized');
    expect(classOf('twilio', { status: 200 })).toBe('ambiguous');
    expect(classOf('sendgrid', { status: 302 })).toBe('ambiguous');
    expect(classOf('twilio', { status: 202 })).toBe('ambiguous');
  });

  it('M10 the code of a provider says more than the status that it came with', () => {
    expect(classOf('twilio', { status: 403, code: 21408 })).toBe('region');
    expect(classOf('twilio', { status: 400, code: 21610 })).toBe('opted_out');
    expect(classOf('twilio', { status: 401, code: 12345 })).toBe('channel_broken');
  });
});

describe('what is done about an outcome', () => {
  it('M9 only acceptance counts as sent, and only ambiguity is unknown', () => {
    const classes = [...new Set(outcomeRules.map((rule) => rule.class)), 'ambiguous', 'unrecognized'] as OutcomeClass[];
    const sent = classes.filter((one) => outcome(one).kind === 'accepted');
    const unknown = classes.filter((one) => outcome(one).kind === 'unknown');
    expect([sent, unknown]).toEqual([['accepted'], ['ambiguous']]);
  });

  it('M10 what did not go out is tried again, ever later, half an hour at most', () => {
    expect(outcome('not_sent')).toMatchObject({ kind: 'not_sent', counts: true, retryAt: now + 30_000 });
    expect([1, 2, 3].map((attempts) => retryAfter(attempts, now) - now)).toEqual([60_000, 120_000, 240_000]);
    expect(retryAfter(100, now) - now).toBe(30 * MINUTE);
  });

  it('M10 a limited provider is left alone until it said so, and that counts as no attempt', () => {
    const limited = outcome('limited', { retryAfterSeconds: 90 });
    expect(limited).toMatchObject({ counts: false, retryAt: now + 90_000, limitedUntil: now + 90_000 });
    expect(outcome('limited')).toMatchObject({ limitedUntil: now + MINUTE });
  });

  it.each(['channel_broken', 'sandbox'] as const)('M10 %s parks the channel and loses nothing', (one) => {
    expect(outcome(one)).toMatchObject({ kind: 'not_sent', park: true, counts: false });
  });

  it.each(['our_fault', 'filtered', 'region', 'unrecognized'] as const)('M10 %s fails and asks a person', (one) => {
    expect(outcome(one)).toEqual({ kind: 'failed', code: 'x', alert: true });
  });

  it('M8 M10 a bad address and an opt-out are never tried again there; an unsubscribe stops what is not needed', () => {
    expect(outcome('bad_address')).toMatchObject({ suppress: { category: 'all', reason: 'bad_address' } });
    expect(outcome('opted_out')).toMatchObject({ suppress: { category: 'all', reason: 'opted_out' } });
    expect(outcome('unsubscribed')).toMatchObject({ suppress: { category: 'optional', reason: 'unsubscribed' } });
  });

  it('M10 a passing failure is tried once more, and no more than once', () => {
    expect(outcome('passing')).toMatchObject({ kind: 'not_sent', passing: true, retryAt: now + HOUR });
    expect(outcome('passing', {}, { attempts: 1, retriedPassing: true })).toMatchObject({ kind: 'failed' });
    expect(outcome('passing', {}, { attempts: 3, retriedPassing: false })).toMatchObject({ kind: 'not_sent' });
  });

  it('M9 M10 nothing is ever tried before the present, whatever a provider says', () => {
    const classes = fc.constantFrom(...outcomeRules.map((rule) => rule.class));
    fc.assert(
      fc.property(classes, fc.nat(1000), fc.integer({ min: 0, max: 3600 }), (of, attempts, seconds) => {
        const result = outcomeOf(
          { class: of, code: 'x', retryAfterSeconds: seconds },
          { attempts, retriedPassing: false },
          now,
        );
        return result.kind !== 'not_sent' || result.retryAt >= now;
      }),
    );
  });
});
