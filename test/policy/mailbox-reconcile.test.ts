import { describe, expect, it } from 'vitest';
import { reconcile } from '../../policy/mailbox/reconcile.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { DAY, HOUR, MINUTE } from '../../policy/time.ts';
import { at, step } from './rows.ts';
import { documents, sayContext } from './support.ts';

const now = at('08:00');
const given = documents();
const say = sayContext({ ...given, programZone: given.policy.document.zone });

/** The row that a first say writes for a message. */
function written(key: string, change: Partial<MessageRow> = {}, message = step(key)): MessageRow {
  const [first] = reconcile([], [message], now, say).upsert;
  return { ...(first as MessageRow), ...change };
}

const nothing = { upsert: [], withdrawn: [], expired: [], marked: [], unmarked: [] };

describe('reconciling what was written with what stands', () => {
  it('a say that is written twice changes nothing the second time', () => {
    expect(reconcile([written('a')], [step('a')], now + MINUTE, say)).toEqual(nothing);
  });

  it('planned messages wait for their slot, others gather from their minute, urgent ones go at once', () => {
    expect(written('a').notBefore).toBe(at('12:00'));
    const flag = step('f', { planned: false, template: 'escalation-flag', slot: now });
    const [gathering] = reconcile([], [flag], now + 30_000, say).upsert;
    expect(gathering?.notBefore).toBe(now + 2 * MINUTE);
    const urgent = { ...say, classify: (name: string) => ({ ...say.classify(name), urgent: true }) };
    expect(reconcile([], [flag], now + 30_000, urgent).upsert[0]?.notBefore).toBe(now + 30_000);
  });

  it('W15 a waiting row moves with its slot and keeps its place', () => {
    const changes = reconcile([written('a')], [step('a', { slot: at('15:00') })], now + HOUR, say);
    expect(changes.upsert).toMatchObject([{ key: 'a', notBefore: at('15:00'), state: 'waiting', acceptedAt: now }]);
  });

  it('new words do not restart the gathering, and a row that fell back stays mail', () => {
    const text = step('t', { channel: 'sms', fields: { n: 1 } });
    const fallen = written('t', { channel: 'email', fallbackFrom: 'sms' }, text);
    const [moved] = reconcile([fallen], [{ ...text, fields: { n: 2 } }], now + HOUR, say).upsert;
    expect(moved).toMatchObject({ channel: 'email', fallbackFrom: 'sms', fields: { n: 2 } });
    const flag = step('f', { planned: false, template: 'escalation-flag', slot: now });
    const [later] = reconcile([written('f', {}, flag)], [{ ...flag, fields: { n: 2 } }], now + HOUR, say).upsert;
    expect(later?.notBefore).toBe(now + 2 * MINUTE);
  });

  it.each(['sending', 'sent', 'unknown', 'failed'] as const)('a row that is %s keeps its words and times', (state) => {
    expect(reconcile([written('a', { state })], [step('a', { slot: at('15:00') })], now, say)).toEqual(nothing);
  });

  it('M6 what is no longer named is withdrawn, or has expired; what is under way is marked', () => {
    expect(reconcile([written('a')], [], now, say)).toEqual({ ...nothing, withdrawn: ['a'] });
    expect(reconcile([written('a')], [], at('12:00') + 3 * DAY, say)).toEqual({ ...nothing, expired: ['a'] });
    expect(reconcile([written('a', { state: 'sending' })], [], now, say)).toEqual({ ...nothing, marked: ['a'] });
    expect(reconcile([written('a', { state: 'sending', withdrawn: true })], [], now, say)).toEqual(nothing);
    expect(reconcile([written('a', { state: 'sent' })], [], at('12:00') + 3 * DAY, say)).toEqual(nothing);
  });

  it('M6 M10 what went and is no longer named is marked, so that a report of its loss sends it no second time', () => {
    expect(reconcile([written('a', { state: 'sent' })], [], now, say)).toEqual({ ...nothing, marked: ['a'] });
    const merged = written('a', { state: 'skipped', reason: 'merged' });
    expect(reconcile([merged], [], now, say)).toEqual({ ...nothing, marked: ['a'] });
    const marked = written('a', { state: 'sent', withdrawn: true });
    expect(reconcile([marked], [step('a')], now, say)).toEqual({ ...nothing, unmarked: ['a'] });
    expect(reconcile([written('a', { state: 'failed' })], [], now, say)).toEqual(nothing);
  });

  it('M9 a marked row that is named again loses its mark', () => {
    const row = written('a', { state: 'unknown', withdrawn: true });
    expect(reconcile([row], [step('a')], now, say)).toEqual({ ...nothing, unmarked: ['a'] });
  });

  it('a skipped row revives if it was withdrawn, or is named with a later slot or expiry', () => {
    const skipped = (reason: MessageRow['reason']): MessageRow => written('a', { state: 'skipped', reason });
    const revives = (row: MessageRow, message = step('a')): boolean =>
      reconcile([row], [message], now, say).upsert.length > 0;
    expect(revives(skipped('withdrawn'))).toBe(true);
    expect(revives(skipped('expired'))).toBe(false);
    expect(revives(skipped('capped'), step('a', { slot: at('15:00') }))).toBe(true);
    expect(revives(skipped('expired'), step('a', { expiresAt: at('12:00') + 4 * DAY }))).toBe(true);
    expect(revives(skipped('merged'), step('a', { slot: at('15:00') }))).toBe(false);
    expect(revives(written('a', { state: 'skipped', reason: 'withdrawn', onlyIfSent: 'flag' }))).toBe(false);
  });

  it('W16 what is only to be recorded is written as skipped, and never takes the place of what was sent', () => {
    const recorded = step('a', { skip: 'window_too_short' });
    expect(reconcile([], [recorded], now, say).upsert).toMatchObject([
      { state: 'skipped', reason: 'window_too_short' },
    ]);
    expect(reconcile([written('a')], [recorded], now, say).upsert).toMatchObject([{ state: 'skipped' }]);
    expect(reconcile([written('a', { state: 'sent' })], [recorded], now, say)).toEqual(nothing);
  });

  it('a new holder of a role hears what the old one has not, and not what was said', () => {
    const toOld = step('flag/old', { stepKey: 'flag/coordinator', personId: 'old' });
    const toNew = step('flag/new', { stepKey: 'flag/coordinator', personId: 'new' });
    const row = written('flag/old', {}, toOld);
    const changes = reconcile([row], [toNew], now, say);
    expect([changes.upsert.map((item) => item.key), changes.withdrawn]).toEqual([['flag/new'], ['flag/old']]);
    const notAgain = { ...nothing, marked: ['flag/old'] };
    expect(reconcile([{ ...row, state: 'sent' }], [toNew], now, say)).toEqual(notAgain);
    expect(reconcile([{ ...row, state: 'skipped', reason: 'merged' }], [toNew], now, say)).toEqual(notAgain);
  });

  it('no row of another owner is touched', () => {
    expect(reconcile([written('a', { owner: 'pair:program_1:other' })], [], now, say)).toEqual(nothing);
  });
});
