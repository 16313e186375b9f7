import { describe, expect, it } from 'vitest';
import { type ReminderFact, reachOf, reachOfAll } from '../../policy/delivery/reach.ts';

const sent: ReminderFact = {
  channel: 'email',
  plannedFor: '2026-11-21T14:00:00Z',
  state: 'sent',
  reason: null,
  gate: null,
  suppressedBecause: null,
  send: { provider: 'sendgrid', state: 'accepted', status: 'accepted', outcome: null },
};
const skipped = (reason: string, gate: string, suppressedBecause: string | null = null): Partial<ReminderFact> => ({
  state: 'skipped',
  reason,
  gate,
  suppressedBecause,
  send: null,
});
const lost = (outcome: string, provider = 'sendgrid', status: string | null = null): ReminderFact['send'] => ({
  provider,
  state: 'undelivered',
  status,
  outcome,
});

const table: Array<[what: string, change: Partial<ReminderFact>, reached: string, why: string | null]> = [
  ['accepted', {}, 'yes', null],
  ['delivered', { send: { ...(sent.send as object), status: 'delivered' } as ReminderFact['send'] }, 'yes', null],
  ['merged into one that went', { state: 'skipped', reason: 'merged' }, 'yes', null],
  [
    'still deferred',
    { send: { ...(sent.send as object), status: 'deferred' } as ReminderFact['send'] },
    'unknown',
    'deferred',
  ],
  ['under way', { state: 'sending' }, 'unknown', 'outcome_unknown'],
  ['unknown', { state: 'unknown' }, 'unknown', 'outcome_unknown'],
  [
    'bounced, and its address suppressed',
    { ...skipped('suppressed', 'suppressed', 'bad_address'), send: lost('bounce') },
    'no',
    'bounced',
  ],
  [
    'reported as bounced',
    { send: { ...(sent.send as object), status: 'bounce' } as ReminderFact['send'] },
    'no',
    'bounced',
  ],
  ['dropped', { state: 'waiting', send: lost('dropped') }, 'no', 'opted_out'],
  ['blocked', { state: 'failed', reason: 'provider_refused', send: lost('blocked') }, 'no', 'undelivered'],
  ['withdrawn after it was lost', { ...skipped('withdrawn', ''), send: lost('bounce') }, 'no', 'bounced'],
  [
    'a text to a dead number',
    { channel: 'sms', state: 'failed', send: lost('30005', 'twilio', 'undelivered') },
    'no',
    'number_unreachable',
  ],
  ['a text after STOP', { channel: 'sms', state: 'failed', send: lost('21610', 'twilio') }, 'no', 'opted_out'],
  [
    'a filtered text',
    { channel: 'sms', state: 'failed', send: lost('30007', 'twilio', 'undelivered') },
    'no',
    'filtered',
  ],
  ['STOP, and no mail', { channel: 'sms', ...skipped('unreachable', 'suppressed', 'stop') }, 'no', 'stop'],
  ['suppressed for a reason that is gone', skipped('suppressed', 'suppressed'), 'no', 'suppressed'],
  ['no consent, and no mail', { channel: 'sms', ...skipped('unreachable', 'consent') }, 'no', 'no_consent'],
  ['no address', skipped('unreachable', 'address'), 'no', 'no_address'],
  ['expired', skipped('expired', 'quiet_hours'), 'no', 'expired'],
  ['refused', { state: 'failed', reason: 'provider_refused', send: null }, 'no', 'provider_refused'],
  ['held back', { state: 'waiting', reason: 'held', send: null }, 'no', 'held'],
  ['waiting', { state: 'waiting', send: null }, 'no', 'waiting'],
];

describe('whether a reminder reached the mentor', () => {
  it.each(table)('W21 %s', (_what, change, reached, why) => {
    expect(reachOf({ ...sent, ...change })).toEqual({ reached, why });
  });

  it('W20 of several one that arrived is enough; else the latest reason is told', () => {
    const bounced = { ...sent, send: lost('bounce') };
    const unknown = { ...sent, state: 'unknown', plannedFor: '2026-11-20T14:00:00Z' };
    expect(reachOfAll([bounced, sent])).toEqual({ reached: 'yes', why: null });
    expect(reachOfAll([bounced, unknown])).toEqual({ reached: 'unknown', why: 'bounced' });
    expect(
      reachOfAll([bounced, { ...bounced, ...skipped('expired', ''), plannedFor: '2026-11-24T21:00:00Z' }]),
    ).toEqual({
      reached: 'no',
      why: 'expired',
    });
    expect(reachOfAll([])).toEqual({ reached: 'no', why: null });
  });
});
