import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

describe('an outage', () => {
  it('W19 a pair that first runs after weeks records its reminders as expired and sends none of them late', async () => {
    const term = await openTerm(world, { weeks: 6, endsAfterWeeks: 6, withoutPair: true });
    await world.outageUntil(term.at(19, '22:30'), () => term.openPair('pair', { unsettled: true }));
    expect(await term.heard()).toEqual([
      '3 09:00 email class-reminder/regular expired',
      '6 16:00 sms class-reminder/regular expired',
      '10 09:00 email class-reminder/missed-week expired',
      '13 16:00 sms class-reminder/missed-week expired',
    ]);
    await term.until(21, '09:00');
    expect((await term.heard()).filter((line) => line.endsWith('sent'))).toEqual([]);
    expect((await term.heard('coord')).map((line) => line.split(' ').slice(2).join(' '))).toEqual([
      'email escalation-flag sent',
    ]);
    await term.event('outreach.recorded', { by: term.person('coord') });
    await term.until(28, '09:00');
    expect((await term.heard()).filter((line) => line.endsWith('sent'))).toEqual([
      '24 09:00 email class-reminder/missed-week sent',
      '27 16:00 sms class-reminder/missed-week sent',
    ]);
  });

  it('W19 M6 rows wait for a fact on its way to their pair: one expires, the other goes in its hours', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(2, '18:00');
    const fact = () => term.event('message.sent', { by: 'mentee' }, { unsettled: true });
    await world.outageUntil(term.at(6, '22:30'), fact);
    expect(await term.heard()).toEqual([
      '3 09:00 email class-reminder/regular expired',
      '6 16:00 sms class-reminder/regular waiting',
    ]);
    await term.until(7, '09:30');
    expect((await term.heard()).at(-1)).toBe('7 09:00 sms class-reminder/regular sent');
  });

  it('W19 M6 control: a lesson on its way takes back what waited for it', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(2, '18:00');
    await world.outageUntil(term.at(3, '22:30'), () => term.lesson({}, { unsettled: true }));
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual(['3 09:00 email class-reminder/regular withdrawn']);
  });

  it('W19 a mail that was kept past its slot but not past its expiry goes the next morning', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(2, '18:00');
    const fact = () => term.event('message.sent', { by: 'mentee' }, { unsettled: true });
    await world.outageUntil(term.at(3, '22:30'), fact);
    await term.until(4, '08:00');
    expect(await term.heard()).toEqual(['4 07:00 email class-reminder/regular sent']);
  });
});
