import { describe, expect, it } from 'vitest';
import type { Entry } from '../../runtime/local/provider-fake/journal.ts';
import {
  type Evidence,
  type Findings,
  findings,
  type LedgerRow,
  type LedgerSend,
  noFindings,
} from './support/checker.ts';

/** The comparison of ledger and providers is itself held against evidence that has each fault once. */

const noon = Date.parse('2026-09-02T12:00:00Z');

const row = (changes: Partial<LedgerRow> = {}): LedgerRow => ({
  id: 'msg1',
  owner: 'pair:school:one',
  channel: 'sms',
  audience: 'participant',
  state: 'sent',
  reason: null,
  pairIds: ['one'],
  zone: 'Etc/UTC',
  lookAt: null,
  sendId: 'snd1',
  ...changes,
});

const send = (changes: Partial<LedgerSend> = {}): LedgerSend => ({
  id: 'snd1',
  channel: 'sms',
  provider: 'twilio',
  address: '+15005550010',
  messageIds: ['msg1'],
  state: 'accepted',
  status: 'delivered',
  claimedAt: noon,
  ...changes,
});

const request = (changes: Partial<Entry> = {}): Entry => ({
  provider: 'twilio',
  from: '+15005550006',
  to: ['+15005550010'],
  cc: [],
  bcc: [],
  subject: null,
  body: 'The lesson waits.',
  html: null,
  headers: {},
  sendId: 'snd1',
  customArgs: {},
  statusCallback: null,
  messagingServiceSid: null,
  validityPeriodSeconds: 3600,
  at: new Date(noon).toISOString(),
  arrivedAt: new Date(noon).toISOString(),
  id: 'SM1',
  accepted: true,
  status: 201,
  fault: null,
  reports: [],
  ...changes,
});

const reported = (status: string, changes: Partial<Entry['reports'][number]> = {}): Entry['reports'] => [
  {
    recipient: '+15005550010',
    status,
    errorCode: null,
    reason: null,
    at: new Date(noon).toISOString(),
    toldAt: new Date(noon).toISOString(),
    turn: 0,
    times: 1,
    lost: false,
    beforeAnswer: false,
    ...changes,
  },
];

const at = (millis: number): Pick<Entry, 'at' | 'arrivedAt'> => ({
  at: new Date(noon + millis).toISOString(),
  arrivedAt: new Date(noon + millis).toISOString(),
});

/** One message that went once, unless changed. */
const found = (changes: Partial<Evidence> = {}): Findings =>
  findings({
    expected: ['msg1'],
    rows: [row()],
    sends: [send()],
    requests: [request()],
    withdrawn: [],
    suppressed: [],
    closed: [],
    textHours: ['09:00', '20:00'],
    at: noon + 60_000,
    ...changes,
  });

const tooMany = (retryAfterSeconds: number): Partial<Entry> => ({
  accepted: false,
  id: null,
  fault: { answer: 'status', status: 429, retryAfterSeconds },
});

const second = (changes: Partial<Entry> = {}): Entry => request({ sendId: 'snd2', id: 'SM2', ...changes });
const both = [send({ state: 'undelivered' }), send({ id: 'snd2' })];

describe('the comparison of the ledger with what the providers saw', () => {
  it('M9 finds nothing where every message went once', () => {
    expect(found()).toEqual(noFindings);
  });

  it.each<[string, keyof Findings, Partial<Evidence>]>([
    ['a message that the ledger calls sent and nobody has', 'lost', { requests: [] }],
    ['a message that is not on the ledger', 'lost', { expected: ['msg1', 'msg2'] }],
    ['a message that was accepted again', 'twice', { requests: [request(), request({ id: 'SM2' })] }],
    ['a message that went in two sends', 'twice', { sends: both, requests: [request(), second()] }],
    ['an acceptance of no known send', 'foreign', { requests: [request(), second()] }],
    ['an acceptance for another address', 'foreign', { sends: [send({ address: '+15005550011' })] }],
    [
      'an acceptance that the ledger denies',
      'denied',
      { rows: [row({ state: 'failed', reason: 'provider_refused' })] },
    ],
    ['a text at night', 'untimely', { rows: [row({ zone: 'Asia/Tokyo' })] }],
    ['a text that may arrive at night', 'untimely', { requests: [request({ validityPeriodSeconds: 9 * 3600 })] }],
    ['a text to a suppressed number', 'suppressed', { suppressed: [{ address: '+15005550010', at: noon - 1000 }] }],
    ['a claim of what had been withdrawn', 'withdrawn', { withdrawn: [{ messageId: 'msg1', at: noon - 1 }] }],
    ['a claim within a limit', 'impatient', { requests: [request({ ...tooMany(5), ...at(-2000) }), request()] }],
    [
      'a row that nobody looks at',
      'stuck',
      { rows: [row({ state: 'waiting', sendId: null })], sends: [], requests: [] },
    ],
    ['a row that is sending without a claim', 'stuck', { rows: [row({ state: 'sending' })] }],
    ['a row that is unknown while its send is not', 'stuck', { rows: [row({ state: 'unknown' })] }],
    ['a row that was given up without a reason', 'stuck', { rows: [row({ state: 'skipped' })], requests: [] }],
  ])('M9 finds %s', (_what, kind, changes) => {
    const { [kind]: own, ...others } = found(changes);
    expect(own).toHaveLength(1);
    expect({ ...others, [kind]: [] }).toEqual(noFindings);
  });

  it('M4 finds a merged row for which no other speaks, and none where one does', () => {
    const merged = row({ id: 'msg2', state: 'skipped', reason: 'merged', pairIds: ['two'] });
    const sends = [send({ messageIds: ['msg1', 'msg2'] })];
    expect(found({ rows: [row(), merged], sends }).unmerged).toEqual(['msg2']);
    expect(found({ rows: [row({ pairIds: ['one', 'two'] }), merged], sends })).toEqual(noFindings);
  });

  it('M9 takes a message that went again after its loss was reported for one that went once', () => {
    const requests = [request({ reports: reported('undelivered') }), second()];
    expect(found({ rows: [row({ sendId: 'snd2' })], sends: both, requests })).toEqual(noFindings);
  });

  it.each<[string, Entry['reports']]>([
    ['was not told', reported('undelivered', { lost: true })],
    ['was told afterwards', reported('undelivered', { toldAt: new Date(noon + 1).toISOString() })],
    ['was about a blind copy', reported('bounce', { recipient: 'operations@example.org' })],
    ['was followed by the arrival', [...reported('undelivered'), ...reported('delivered')]],
  ])('M9 finds a message that went again although its loss %s', (_what, reports) => {
    const again = { rows: [row({ sendId: 'snd2' })], sends: both, requests: [request({ reports }), second()] };
    expect(found(again).twice).toEqual(['msg1']);
  });

  it.each<[string, Partial<Evidence>]>([
    ['waits for its time', { rows: [row({ state: 'waiting', sendId: null, lookAt: noon + 3_600_000 })] }],
    ['waits for its channel', { rows: [row({ state: 'waiting', sendId: null })], closed: ['twilio'] }],
    ['is unknown', { rows: [row({ state: 'unknown' })], sends: [send({ state: 'unknown' })] }],
    ['was given up for a reason', { rows: [row({ state: 'skipped', reason: 'withdrawn', sendId: null })] }],
  ])('M9 lets what %s be', (_what, changes) => {
    expect(found({ sends: [], requests: [], ...changes })).toEqual(noFindings);
  });

  it.each<[string, number, string[]]>([
    ['before it was recorded', -600, []],
    ['while it held', -400, ['snd1']],
    ['when it was over', 0, []],
  ])('M10 judges a claim %s by the limit', (_what, millis, expected) => {
    const requests = [request({ ...tooMany(2), ...at(-2000) }), request()];
    expect(found({ requests, sends: [send({ claimedAt: noon + millis })] }).impatient).toEqual(expected);
  });
});
