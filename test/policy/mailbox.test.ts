import { describe, expect, it } from 'vitest';
import type { MailboxContext } from '../../policy/mailbox/context.ts';
import { strictestCap, strictestHours } from '../../policy/mailbox/context.ts';
import { decideMailbox, type Verdict } from '../../policy/mailbox/decide.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { DAY, HOUR, type Instant, instantOf, MINUTE, toRfc3339 } from '../../policy/time.ts';
import { classify } from '../../templates/table.ts';
import { at, lesser, reminder, row, safety, staffMail, transactional } from './rows.ts';
import { openMailbox } from './support.ts';

const noon = at('12:00');

function told(verdict: Verdict): string {
  if (verdict.act === 'send') return `send ${verdict.rows.map((item) => item.key).join('+')}`;
  if (verdict.act === 'wait') return `wait ${verdict.row.key} ${toRfc3339(verdict.until)}`;
  if (verdict.act === 'skip') return `skip ${verdict.row.key} ${verdict.reason}`;
  return `fall-back ${verdict.row.key} ${verdict.to}`;
}

function decided(rows: MessageRow[], ctx: Partial<MailboxContext> = {}, now: Instant = noon): string[] {
  return decideMailbox(rows, openMailbox(ctx), now).map(told).sort();
}

const wait = (key: string, until: Instant): string => `wait ${key} ${toRfc3339(until)}`;

describe('gates', () => {
  const late = row('a', { expiresAt: noon - HOUR, notBefore: noon - DAY });
  const all: Partial<MailboxContext> = {
    removed: true,
    suppressed: { email: ['all'], sms: ['all'] },
    isMinor: true,
    heldPairs: ['pair_17'],
  };

  it('M1 the first failing gate is the reason: removed, suppressed, consent, held, expired', () => {
    expect(decided([late], all)).toEqual(['skip a removed']);
    expect(decided([late], { ...all, removed: false })).toEqual(['skip a suppressed']);
    const open = { email: [], sms: [] };
    expect(decided([late], { ...all, removed: false, suppressed: open })).toEqual(['skip a no_consent']);
    const held = decideMailbox([late], openMailbox({ heldPairs: ['pair_17'] }), noon)[0];
    expect(held).toMatchObject({ act: 'wait', reason: 'held', gate: 'safety_hold' });
    expect(held?.act === 'wait' && held.until > noon).toBe(true);
    expect(decided([late])).toEqual(['skip a expired']);
  });

  it('M1 K6 a safety hold keeps automated messages to participants, not staff mail and not safety', () => {
    const rows = [row('a'), row('b', { classification: staffMail }), row('c', { classification: safety })];
    expect(decided(rows, { heldPairs: ['pair_17'] })).toEqual(['send b', 'send c', wait('a', noon + 3 * DAY)]);
  });

  it('M5 a text that cannot go falls back to mail', () => {
    const text = row('t', { channel: 'sms' });
    expect(decided([text], { textConsent: false })).toEqual(['fall-back t email']);
    expect(decided([text], { suppressed: { email: [], sms: ['all'] } })).toEqual(['fall-back t email']);
    expect(decided([text], { hasPhone: false })).toEqual(['fall-back t email']);
  });

  it('M5 a text that is said by mail too waits for that mail and is left at it, or becomes a mail where it did not go', () => {
    const text = row('t', { channel: 'sms', mailTwin: 'm', classification: safety });
    const falling = (state: string): string[] => decided([text], { hasPhone: false, statesByKey: { m: state } });
    for (const state of ['waiting', 'sending', 'unknown']) expect(falling(state)).toEqual([wait('t', noon + MINUTE)]);
    for (const state of ['sent', 'merged']) expect(falling(state)).toEqual(['skip t merged']);
    for (const state of ['skipped', 'failed']) expect(falling(state)).toEqual(['fall-back t email']);
    expect(decided([text], { hasPhone: false })).toEqual(['fall-back t email']);
    expect(decided([text], { statesByKey: { m: 'sent' } })).toEqual(['send t']);
  });

  it('M5 where nothing is allowed the person is unreachable', () => {
    const text = row('t', { channel: 'sms' });
    expect(decided([text], { textConsent: false, hasEmail: false })).toEqual(['skip t unreachable']);
    expect(decided([text], { suppressed: { email: ['all'], sms: ['all'] } })).toEqual(['skip t unreachable']);
    expect(decided([row('m')], { hasEmail: false })).toEqual(['skip m unreachable']);
  });

  it('M1 a minor is reached only with the consent of the guardian', () => {
    expect(decided([row('a')], { isMinor: true })).toEqual(['skip a no_consent']);
    expect(decided([row('a')], { isMinor: true, guardianConsent: true })).toEqual(['send a']);
  });

  it('M6 a row whose owner has a fact on its way waits for it, safety does not', () => {
    const owners = { unsettledOwners: ['pair:program_1:pair_17'] };
    const rows = [row('a'), row('s', { classification: safety }), row('o', { owner: 'other', template: 't' })];
    expect(decided(rows, { ...owners, dailyCap: null })).toEqual(['send o', 'send s', wait('a', noon + 3 * DAY)]);
  });

  it('M6 a notice about an earlier message waits for its outcome, and goes only if that one went', () => {
    const notice = row('n', { onlyIfSent: 'flag', classification: staffMail });
    expect(decided([notice], { statesByKey: { flag: 'sent' } })).toEqual(['send n']);
    expect(decided([notice], { statesByKey: { flag: 'unknown' } })).toEqual([wait('n', noon + MINUTE)]);
    expect(decided([notice], { statesByKey: { flag: 'skipped' } })).toEqual(['skip n withdrawn']);
    expect(decided([notice])).toEqual(['skip n withdrawn']);
  });
});

describe('quiet hours', () => {
  const text = (from: Instant, until: Instant, given: Partial<MessageRow> = {}): MessageRow =>
    row('t', { channel: 'sms', notBefore: from, expiresAt: until, ...given });

  it('M2 in Tokyo the text of a New York class goes at nine in the morning there', () => {
    const slot = at('16:00');
    const there = { zone: 'Asia/Tokyo' };
    expect(decided([text(slot, at('10:00', '2026-11-11'))], there, slot - HOUR)).toEqual([
      wait('t', instantOf('2026-11-11', '09:00', 'Asia/Tokyo')),
    ]);
  });

  it('M2 where the next allowed minute is past its expiry, it is pulled earlier if it was planned in time', () => {
    const slot = at('21:00');
    const planned = text(slot, at('08:00', '2026-11-11'));
    expect(decided([planned], {}, at('10:00'))).toEqual([wait('t', at('19:59'))]);
    expect(decided([planned], {}, at('19:59'))).toEqual(['send t']);
    expect(decided([planned], {}, at('19:59') + 59_999)).toEqual(['send t']);
    expect(decided([planned], {}, at('20:00'))).toEqual(['skip t expired']);
    expect(decided([{ ...planned, planned: false }], {}, at('10:00'))).toEqual(['skip t expired']);
  });

  it.each([
    ['America/New_York', '2026-11-01'],
    ['America/New_York', '2027-03-14'],
    ['Europe/Berlin', '2026-10-25'],
    ['Australia/Lord_Howe', '2026-10-04'],
  ])('M2 V8 in %s texts begin at nine on the day of the change, %s', (zone, date) => {
    const slot = instantOf(date, '01:45', zone);
    expect(decided([text(slot, slot + DAY)], { zone }, slot)).toEqual([wait('t', instantOf(date, '09:00', zone))]);
  });

  it('M2 transactional and staff mail go at any hour, no text to a participant does', () => {
    const night = at('03:00');
    const rows = [
      row('a', { classification: transactional, notBefore: night }),
      row('b', { classification: staffMail, notBefore: night }),
      row('c', { classification: transactional, channel: 'sms', notBefore: night }),
      row('d', { classification: safety, channel: 'sms', notBefore: night }),
    ];
    expect(decided(rows, {}, night)).toEqual(['send a', 'send b', wait('c', at('09:00')), wait('d', at('09:00'))]);
  });

  it('M2 over several programs the stricter hours and cap win', () => {
    const hours = strictestHours([
      { sms: ['09:00', '20:00'], email: ['07:00', '21:00'] },
      { sms: ['08:00', '18:00'], email: ['08:00', '22:00'] },
    ]);
    expect(hours).toEqual({ sms: { from: 540, until: 1080 }, email: { from: 480, until: 1260 } });
    expect(strictestCap([null, 2, 1])).toBe(1);
    expect(strictestCap([null])).toBeNull();
  });
});

describe('the day of a person', () => {
  const sent = (given: Partial<MailboxContext['sends'][number]> = {}): MailboxContext['sends'][number] => ({
    at: at('08:00'),
    channel: 'email',
    priority: 7,
    exempt: false,
    ...given,
  });
  const tomorrow = at('07:00', '2026-11-11');

  it('M3 of two on one day the higher priority goes, the other moves to the next allowed day', () => {
    const rows = [row('low', { classification: lesser }), row('high')];
    expect(decided(rows)).toEqual(['send high', wait('low', tomorrow)]);
  });

  it('M3 the loser that would expire is capped', () => {
    const rows = [row('low', { classification: lesser, expiresAt: at('20:00') }), row('high')];
    expect(decided(rows)).toEqual(['send high', 'skip low capped']);
  });

  it('M3 the place of the day is kept for what is more important and still to come that day', () => {
    const rows = [row('low', { classification: lesser }), row('high', { notBefore: at('16:00') })];
    expect(decided(rows)).toEqual([wait('high', at('16:00')), wait('low', tomorrow)].sort());
  });

  it('M3 no place is kept for what does not pass another gate', () => {
    const rows = [row('low', { classification: lesser }), row('high', { owner: 'o', notBefore: at('16:00') })];
    expect(decided(rows, { unsettledOwners: ['o'] })).toContain('send low');
  });

  it('M3 a class reminder is never held back by something less important sent that day, the less important is', () => {
    expect(decided([row('high')], { sends: [sent()] })).toEqual(['send high']);
    expect(decided([row('high')], { sends: [sent({ priority: 2 })] })).toEqual([wait('high', tomorrow)]);
    expect(decided([row('low', { classification: lesser })], { sends: [sent()] })).toEqual([wait('low', tomorrow)]);
  });

  it('M3 of equal priority the one that expires first goes first', () => {
    const rows = [row('a'), row('b', { expiresAt: noon + DAY })];
    expect(decided(rows)).toEqual(['send b', wait('a', tomorrow)]);
  });

  it('M3 transactional, staff and safety neither count nor wait', () => {
    const rows = [
      row('t', { classification: transactional }),
      row('f', { classification: staffMail }),
      row('s', { classification: safety }),
    ];
    const none = { sends: [sent({ exempt: true }), sent({ priority: 2 })] };
    expect(decided(rows, none)).toEqual(['send f', 'send s', 'send t']);
    expect(decided([row('a')], { sends: [sent({ exempt: true, priority: 0 })] })).toEqual(['send a']);
  });

  it('M3 yesterday in the zone of the person does not count today', () => {
    const sends = [sent({ at: at('23:59', '2026-11-09'), priority: 2 })];
    expect(decided([row('a')], { sends })).toEqual(['send a']);
    expect(decided([row('a')], { sends, zone: 'America/Los_Angeles' })).toEqual(['send a']);
    expect(decided([row('a')], { sends: [sent({ at: at('00:01'), priority: 2 })] })).toEqual([wait('a', tomorrow)]);
  });

  it('M4 messages of one template and channel merge at the latest of their times', () => {
    const same = { template: 'class-reminder' };
    const rows = [row('a', same), row('b', { ...same, notBefore: at('15:00') })];
    expect(decided(rows)).toEqual([wait('a', at('15:00')), wait('b', at('15:00'))]);
    expect(decided(rows, {}, at('15:00'))).toEqual(['send a+b']);
  });

  it('M4 nothing waits for another past its own expiry, and safety never merges', () => {
    const same = { template: 'class-reminder' };
    const rows = [row('a', { ...same, expiresAt: at('14:00') }), row('b', { ...same, notBefore: at('15:00') })];
    expect(decided(rows, { dailyCap: null })).toEqual(['send a', wait('b', at('15:00'))]);
    const urgent = [row('a', { ...same, classification: safety }), row('b', { ...same, classification: safety })];
    expect(decided(urgent)).toEqual(['send a', 'send b']);
  });

  it('T9 what is urgent goes at once, and not with others of its kind, whose time is still to come', () => {
    const same = { template: 'trouble-case' };
    const rows = ['12:00', '12:00', '12:50'].map((time, index) => {
      const classification = classify('trouble-case', index < 2 ? 'immediate' : null);
      return row(`${index}`, { ...same, classification, notBefore: at(time) });
    });
    expect(decided(rows)).toEqual(['send 0', 'send 1', wait('2', at('12:50'))]);
  });

  it('M4 other programs and channels do not merge', () => {
    const rows = [
      row('a', { template: 't' }),
      row('b', { template: 't', programId: 'p2' }),
      row('c', { template: 't', channel: 'sms' }),
    ];
    expect(decided(rows, { dailyCap: null })).toEqual(['send a', 'send b', 'send c']);
  });

  it('M2 never more than three texts in 24 hours, those that go now included', () => {
    const rows = ['a', 'b', 'c', 'd'].map((key) => row(key, { channel: 'sms' }));
    expect(decided(rows, { dailyCap: null })).toEqual(['send a', 'send b', 'send c', wait('d', noon + DAY)]);
    const sends = [1, 2, 3].map((hours) => sent({ channel: 'sms', at: noon - hours * HOUR }));
    expect(decided([row('a', { channel: 'sms' })], { dailyCap: null, sends })).toEqual([wait('a', noon + 21 * HOUR)]);
  });

  it('M10 a parked channel loses nothing: a row waits for it, up to its expiry', () => {
    expect(decided([row('a')], { resumeAt: { email: noon + HOUR } })).toEqual([wait('a', noon + HOUR)]);
    expect(decided([row('a')], { resumeAt: { email: noon + 300 * DAY } })).toEqual([wait('a', noon + 3 * DAY)]);
    expect(
      decided([row('a', { classification: reminder, channel: 'sms' })], { resumeAt: { email: noon + HOUR } }),
    ).toEqual(['send a']);
  });
});
