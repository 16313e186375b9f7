import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

const [tokyo, berlin] = ['Asia/Tokyo', 'Europe/Berlin'];

/** Local time of each line. */
function times(lines: string[]): string[] {
  return lines.map((line) => line.split(' ').slice(1, 3).join(' '));
}

describe('the mailbox, live', () => {
  it('M2 a mentor in Tokyo gets mail before the night that the slot lies in, and the text in the morning', async () => {
    const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2, mentor: { zone: tokyo } });
    await term.until(7, '11:00');
    expect((await term.heard()).map((line) => line.split(' ').at(-1))).toEqual(['sent', 'sent']);
    for (const row of await term.messages()) {
      const hour = Number(
        new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: tokyo }).format(
          row.sent_at as Date,
        ),
      );
      const [from, until] = row.channel === 'sms' ? [9, 20] : [7, 21];
      expect(hour).toBeGreaterThanOrEqual(from as number);
      expect(hour).toBeLessThan(until as number);
      expect(row.sent_at?.getTime()).toBeLessThan(term.at(7, '10:00'));
    }
  });

  it('M2 a mentor in Berlin gets the mail at its slot and the text the next morning there', async () => {
    const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2, mentor: { zone: berlin } });
    await term.until(7, '11:00');
    const heard = await term.heard('mentor', berlin);
    expect(times(heard)[1]).toBe('09:00 sms');
    expect(['14:00 email', '15:00 email', '16:00 email']).toContain(times(heard)[0]);
  });

  it('M2 V8 a class far from its program keeps its own zone', async () => {
    const term = await openTerm(world, {
      weeks: 2,
      endsAfterWeeks: 2,
      zone: 'Pacific/Auckland',
      programZone: 'America/New_York',
    });
    await term.until(7, '11:00');
    expect(await term.heard()).toEqual([
      '3 09:00 email class-reminder/regular sent',
      '6 16:00 sms class-reminder/regular sent',
    ]);
  });

  it('M3 the second mail of one local day moves to the next day on which it may go', async () => {
    const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2 });
    await term.until(2, '09:00');
    await term.sent('mentor', 'class-reminder', term.at(3, '07:00'));
    await term.until(6, '09:00');
    expect(await term.heard()).toEqual([
      '4 07:00 email class-reminder/regular sent',
      '6 16:00 sms class-reminder/regular waiting',
    ]);
  });

  it('M3 something less important sent earlier that day does not hold a class reminder back', async () => {
    const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2 });
    await term.until(2, '09:00');
    await term.sent('mentor', 'survey', term.at(3, '07:00'));
    await term.until(3, '10:00');
    expect(await term.heard()).toEqual(['3 09:00 email class-reminder/regular sent']);
  });

  it('M4 M7 reminders of a mentor with two pairs travel as one, blind-copied to operations', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.putPerson('mentee2');
    await term.openPair('other', { mentee: 'mentee2' });
    await term.until(1, '12:00');
    await term.lesson({}, { pair: 'other' });
    await term.until(10, '10:00');
    const mails = (await term.messages()).filter((row) => row.channel === 'email');
    const ten = mails.filter((row) => row.planned_for.getTime() === term.at(10, '09:00'));
    expect(ten.map((row) => row.reason ?? row.state).sort()).toEqual(['merged', 'sent']);
    const whole = ten.find((row) => row.state === 'sent');
    expect(whole?.pair_ids).toEqual([term.pairId('other'), term.pairId('pair')]);
    expect(whole?.bcc).toEqual([term.person('ops')]);
    expect(ten.map((row) => row.variant).sort()).toEqual(['missed-week', 'regular']);
    const words = (await term.wordsSent()).at(-1);
    for (const name of ['Name of mentee', 'Name of mentee2']) expect(words).toContain(name);
  });

  it('M4 staff mail of one kind gathers for two minutes and travels as one', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.openPair('other');
    await term.until(14, '10:01');
    expect((await term.heard('coord')).map((line) => line.split(' ').at(-1))).toEqual(['waiting', 'waiting']);
    await term.until(14, '11:00');
    const heard = await term.heard('coord');
    expect(heard.map((line) => line.split(' ').at(-1)).sort()).toEqual(['merged', 'sent']);
    expect(heard).toContain('14 10:02 email escalation-flag sent');
  });

  it('M5 a text without consent goes as mail, and with consent given meanwhile as a text', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, mentor: { texts: false } });
    await term.until(7, '09:00');
    expect((await term.heard())[1]).toBe('6 16:00 email class-reminder/regular sent');
    expect((await term.messages())[1]).toMatchObject({ fallback_from: 'sms' });
    await term.consent('mentor', true);
    await term.until(13, '17:00');
    expect((await term.heard())[3]).toBe('13 16:00 sms class-reminder/missed-week sent');
  });

  it('M5 whom nothing reaches is unreachable: one case and one mail to operations', async () => {
    const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2, mentor: { email: null, phone: null } });
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual([
      '3 09:00 email class-reminder/regular unreachable',
      '6 16:00 sms class-reminder/regular unreachable',
    ]);
    expect(await term.cases()).toEqual(['unreachable pair open']);
    expect((await term.heard('ops')).map((line) => line.split(' ').slice(2).join(' '))).toEqual([
      'email unreachable sent',
    ]);
  });
});
